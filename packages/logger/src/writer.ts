/**
 * Writes reports with pino, and lets nobody suffer for it: at most so many lines and so much time, told afterwards; what pino throws goes to stderr
 * with the report; and pino runs as no process, so that what its streams throw later is no process's exit.
 */
import { applyAfter, cancelTimer, formatValue, monotonicTime, realClock, runOutside } from '@coppice/core';
import type { Logger as Pino } from 'pino';
import { metadataAlong } from './metadata.ts';
import { RateLimit, SECOND_MS } from './rate-limit.ts';
import type { Level, Report } from './report.ts';

/** Kinds that a summary names; the rest are only counted. */
const NAMED_KINDS = 10;

export class ReportWriter {
  readonly #pino: Pino;
  readonly #limit = new RateLimit();
  /** Takes back the timer of the summary. */
  #stopTimer: (() => void) | undefined;
  #isWriting = false;

  constructor(pino: Pino) {
    this.#pino = pino;
  }

  write(report: Report): void {
    const { level, kind, isTerminal, message, processes, fields } = report;
    if (!this.#pino.isLevelEnabled(level)) return;
    // A pino whose stream sends messages may cause reports itself: they must not be written, or it would never end.
    if (!this.#isWriting && this.#limit.isSummaryDue(clock())) this.#writeSummary();
    const now = clock();
    if (this.#isWriting) this.#limit.hold(kind, now);
    else if (this.#limit.admit(kind, now, isTerminal)) {
      const metadata = metadataAlong(processes);
      this.#put(level, message, () => ({ ...metadata, ...fields() }));
    }
    if (this.#limit.holdsBack) this.#stopTimer ??= startTimer(() => this.#onTimer());
  }

  /** Tells what is held back. */
  close(): void {
    this.#stopTimer?.();
    if (this.#limit.holdsBack) this.#writeSummary();
  }

  #onTimer(): void {
    this.#stopTimer = undefined;
    if (this.#limit.isSummaryDue(clock())) this.#writeSummary();
    else if (this.#limit.holdsBack) this.#stopTimer = startTimer(() => this.#onTimer());
  }

  #writeSummary(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    const { count, kinds } = this.#limit.takeHeldBack();
    const named = [...kinds].toSorted(([, a], [, b]) => b - a).slice(0, NAMED_KINDS);
    const most = named[0]?.[0] ?? '';
    this.#put('warn', `held back ${count} reports, most of them: ${most}`, () => ({
      heldBack: { count, kinds: Object.fromEntries(named) },
    }));
  }

  #put(level: Level, message: string, fields: () => object): void {
    const before = clock();
    this.#isWriting = true;
    runOutside(() => {
      try {
        this.#pino[level](fields(), message);
      } catch (error) {
        console.error(`pino threw ${formatValue(error)}; what was to be logged: ${message}`);
      }
    });
    this.#isWriting = false;
    const after = clock();
    this.#limit.spend(after - before, after);
  }
}

/** Of the node whose process tells; of the host where nobody is known. */
function clock(): number {
  try {
    return monotonicTime();
  } catch {
    return realClock.now();
  }
}

/** `undefined` where there is no process to start it as: then the next report brings the summary. */
function startTimer(fire: () => void): (() => void) | undefined {
  try {
    const timer = applyAfter(SECOND_MS, fire);
    return () => {
      cancelTimer(timer);
    };
  } catch {
    return undefined;
  }
}
