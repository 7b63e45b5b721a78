/**
 * Processes that have exited and whose code has not come to its end: it waits for something foreign, or does not stop. JavaScript cannot
 * end it; it can be counted, and is reported after {@link REPORT_AFTER_MS}. Nothing here keeps such code from being collected.
 */
import { immediate } from './clock.ts';
import { isRuntimeFrame } from './crash-report.ts';
import { report } from './emit-as-main.ts';
import type { Lingering, Process } from './process.ts';
import type { LingeringEvent } from './telemetry.ts';
import type { Timer, TimerQueue } from './timer-queue.ts';

const REPORT_AFTER_MS = 30_000;

/** Code that still runs or waits, and whose it was. */
export type LingeringCode = Omit<LingeringEvent, 'ms'>;

interface Known {
  readonly code: LingeringCode;
  /** Will report it. */
  readonly timer: Timer;
}

export class LingeringProcesses implements Lingering {
  readonly #timers: TimerQueue;
  /** Just exited; most end within the same turn of the event loop and cost nothing more. */
  #fresh: Set<Process> | undefined;
  readonly #known = new Map<number, Known>();
  readonly #collected = new FinalizationRegistry<number>((id) => this.#forget(id));

  constructor(timers: TimerQueue) {
    this.#timers = timers;
  }

  get size(): number {
    return this.#known.size + (this.#fresh?.size ?? 0);
  }

  /** All of them. */
  list(): readonly LingeringCode[] {
    return [...[...this.#known.values()].map(({ code }) => code), ...[...(this.#fresh ?? [])].map(codeOf)];
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
    this.#forget(process.pid.id);
  }

  #forget(id: number): void {
    const known = this.#known.get(id);
    if (known === undefined) return;
    this.#known.delete(id);
    this.#timers.cancel(known.timer);
  }

  #settle(): void {
    for (const process of this.#fresh ?? []) this.#watch(process);
    this.#fresh = undefined;
  }

  #watch(process: Process): void {
    const code = codeOf(process);
    const { host, pid } = process;
    const { id } = pid;
    const tell = (): void =>
      report(host, 'coppice.process.lingering', { ...code, ms: REPORT_AFTER_MS }, format);
    const timer = this.#timers.start(REPORT_AFTER_MS, tell, false);
    this.#known.set(id, { code, timer });
    this.#collected.register(process, id);
  }
}

function format({ pid, initialCall, spawnedAt }: LingeringEvent): string {
  const where = spawnedAt === undefined ? '' : `\nspawned ${spawnedAt.trim()}`;
  return `process ${pid} exited 30 s ago, and its code still runs or waits: ${initialCall}${where}`;
}

function codeOf({ pid, initialCall, extension }: Process): LingeringCode {
  return { pid, initialCall, spawnedAt: callerIn(extension?.spawnSite) };
}

/** The first line of a stack that is not of the runtime. */
function callerIn(site: Error | undefined): string | undefined {
  return site?.stack?.split('\n').find((line) => /^\s+at /.test(line) && !isRuntimeFrame(line));
}
