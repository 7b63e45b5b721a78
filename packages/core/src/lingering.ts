/**
 * Processes that have exited and whose code has not come to its end: it waits for something foreign, or does not stop. JavaScript cannot
 * end it; it can be counted, and is reported after {@link REPORT_AFTER_MS}. Nothing here keeps such code from being collected.
 */
import { immediate } from './clock.ts';
import type { Lingering, Process } from './process.ts';
import { emit, hasSubscribers, writeError } from './telemetry.ts';
import type { TimerQueue } from './timer-queue.ts';

const REPORT_AFTER_MS = 30_000;

export class LingeringProcesses implements Lingering {
  readonly #timers: TimerQueue;
  /** Just exited; most end within the same turn of the event loop and cost nothing more. */
  #fresh: Set<Process> | undefined;
  readonly #known = new Set<number>();
  readonly #collected = new FinalizationRegistry<number>((id) => this.#known.delete(id));

  constructor(timers: TimerQueue) {
    this.#timers = timers;
  }

  get size(): number {
    return this.#known.size + (this.#fresh?.size ?? 0);
  }

  add(process: Process): void {
    if (this.#fresh === undefined) {
      this.#fresh = new Set();
      immediate(() => this.#settle());
    }
    this.#fresh.add(process);
  }

  delete(process: Process): void {
    this.#fresh?.delete(process);
    this.#known.delete(process.pid.id);
  }

  #settle(): void {
    for (const process of this.#fresh ?? []) this.#watch(process);
    this.#fresh = undefined;
  }

  #watch(process: Process): void {
    this.#known.add(process.pid.id);
    this.#collected.register(process, process.pid.id);
    const { pid, initialCall } = process;
    const spawnedAt = process.extension?.spawnSite;
    const report = (): void => {
      if (!this.#known.has(pid.id)) return;
      const event = { pid, initialCall, spawnedAt, ms: REPORT_AFTER_MS };
      if (hasSubscribers('coppice.process.lingering')) return emit('coppice.process.lingering', event);
      const where = spawnedAt === undefined ? '' : `\n  spawned ${spawnedAt.trim()}`;
      writeError(`process ${pid} exited 30 s ago, and its code still runs or waits: ${initialCall}${where}`);
    };
    this.#timers.start(REPORT_AFTER_MS, report, false);
  }
}
