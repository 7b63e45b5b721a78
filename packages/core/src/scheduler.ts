/**
 * The run queue and its loop. A process that has work is in the queue once; a turn gives it a bounded number of messages; after
 * {@link BUDGET_MS} the loop gives the event loop back, so that processes that never stop delay no socket and no timer.
 *
 * The clock is read behind the promise reactions of a batch (inside it only the resolving would be measured), and not more often
 * than once per `#batch` turns; the batch adapts to what turns cost. The loop stays armed during a batch: else the first
 * synchronous part of a body would start a second loop, and the budget would multiply. For the same reason a slice ends only when
 * the event loop has really gone round (`#boundary`), not whenever the queue is empty.
 */
import { immediate, microtask } from './clock.ts';
import { runOutside } from './current.ts';
import { Fifo } from './fifo.ts';
import type { Pid } from './pid.ts';
import type { Process } from './process.ts';

/** Picks the next process to run. Production is first-in first-out; a test may put a seeded order here. */
export interface Scheduler {
  /** Index in `ready`, which is never empty. */
  next(ready: readonly Pid<never>[]): number;
}

/** What the loop runs. */
export interface Work {
  /** Applies at most `limit` queued signals; `false` if some are left. */
  drain(limit: number): boolean;
  /** No signal is queued. */
  readonly isQuiet: boolean;
  /** Gives a process its turn. */
  turn(process: Process): void;
  /** Nothing is runnable and no signal is queued, at the end of a round of the event loop. */
  idle(): void;
}

/** Longest time for which the loop keeps the event loop, beside a turn or callback that takes longer by itself. */
const BUDGET_MS = 1;
const LARGEST_BATCH = 256;
/** Within a batch too the clock is read now and then: a turn, or a signal, may cost a thousand times what the last one did. */
const TURNS_PER_READ = 16;

export interface RunQueue {
  /** Puts a process in; it must not be in. */
  push(process: Process): void;
  /** Makes sure that the loop runs soon. */
  arm(): void;
  /** Takes one from what bodies may receive before they must give the others a turn. */
  takeQuota(): boolean;
  /** Longest slice so far, in turns and signals: what a timer may have had to wait for. */
  readonly longestSliceMs: number;
}

/** First-in first-out, in batches. */
export class BatchQueue implements RunQueue {
  readonly #work: Work;
  readonly #now: () => number;
  readonly #ready = new Fifo<Process>();
  #batch = 16;
  #quota = 0;
  #spent = 0;
  #isArmed = false;
  #awaitsBoundary = false;
  #isPaused = false;
  #sliceStart = 0;
  #lastRead = 0;
  longestSliceMs = 0;

  /** `now` gives monotonic milliseconds. */
  constructor(work: Work, now: () => number) {
    this.#work = work;
    this.#now = now;
  }

  push(process: Process): void {
    this.#ready.push(process);
    if (!this.#isArmed) this.arm();
  }

  takeQuota(): boolean {
    if (this.#quota <= 0) return false;
    this.#quota -= 1;
    this.#spent += 1;
    return this.#quota % TURNS_PER_READ !== 0 || this.#hasTime();
  }

  arm(): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    if (!this.#awaitsBoundary) this.#startSlice();
    if (this.#isOverBudget()) this.#isPaused = true;
    else runOutside(this.#requestBatch);
  }

  #startSlice(): void {
    const now = this.#now();
    this.#sliceStart = now;
    this.#lastRead = now;
    this.#spent = 0;
    this.#awaitBoundary();
  }

  #awaitBoundary(): void {
    this.#awaitsBoundary = true;
    runOutside(this.#requestBoundary);
  }

  readonly #requestBoundary = (): void => immediate(this.#boundary);
  readonly #requestBatch = (): void => microtask(this.#runBatch);

  /**
   * The event loop has gone round: a new slice begins, if the last one is not done. Only now is all known to be done: what waits for that (the host's
   * timer, the program's hold) would else start and stop between any two awaits of a body, which takes longer than a call.
   */
  readonly #boundary = (): void => {
    this.#awaitsBoundary = false;
    this.#quota = 0;
    if (!this.#isPaused) return this.#work.idle();
    this.#isPaused = false;
    this.#startSlice();
    this.#runBatch();
  };

  readonly #runBatch = (): void => {
    const work = this.#work;
    this.#quota = this.#batch;
    let mayGoOn = this.#drain();
    while (mayGoOn && this.#quota > 0) {
      const process = this.#ready.shift();
      if (process === undefined) break;
      this.#quota -= 1;
      this.#spent += 1;
      work.turn(process);
      if (this.#quota % TURNS_PER_READ === 0) mayGoOn = this.#hasTime();
    }
    microtask(this.#behindBatch);
  };

  /** Applies the signals that are queued, as far as the time goes; `false` if some are left. */
  #drain(): boolean {
    for (let left = LARGEST_BATCH; left > 0; left -= TURNS_PER_READ) {
      if (this.#work.isQuiet || this.#work.drain(TURNS_PER_READ)) return true;
      if (!this.#hasTime()) break;
    }
    return false;
  }

  /** Runs behind the first continuations of the bodies that the batch has resumed. */
  readonly #behindBatch = (): void => {
    const { isQuiet } = this.#work;
    if ((this.#spent >= this.#batch || !isQuiet) && this.#isOverBudget()) return this.#pause();
    if (this.#ready.length > 0 || !isQuiet) return this.#runBatch();
    // A body that goes on now takes what is left of the quota, then parks: that arms the loop again, within the same slice.
    this.#isArmed = false;
  };

  /** Whether the slice may go on; else nothing more is taken from the quota. */
  #hasTime(): boolean {
    if (this.#now() - this.#sliceStart <= BUDGET_MS) return true;
    this.#quota = 0;
    return false;
  }

  /** Reads the clock and adapts the batch to what the turns since the last time have cost. */
  #isOverBudget(): boolean {
    const now = this.#now();
    const tookMs = now - this.#lastRead;
    if (tookMs > BUDGET_MS / 4) this.#batch = Math.max(1, this.#batch >> 1);
    else if (this.#spent >= this.#batch && tookMs < BUDGET_MS / 16)
      this.#batch = Math.min(LARGEST_BATCH, this.#batch << 1);
    this.#lastRead = now;
    this.#spent = 0;
    return now - this.#sliceStart > BUDGET_MS;
  }

  #pause(): void {
    this.longestSliceMs = Math.max(this.longestSliceMs, this.#lastRead - this.#sliceStart);
    this.#quota = 0;
    this.#isPaused = true; // stays armed: the boundary goes on
    // After a throw that the host's global handlers took, it runs the immediates that wait before the reactions that were queued: the boundary is behind us.
    if (!this.#awaitsBoundary) this.#awaitBoundary();
  }
}

/**
 * One turn at a time, in the order that a {@link Scheduler} picks. Between two turns the event loop goes round, so every body has
 * parked, finished, or waits on something foreign: the same picks give the same run.
 */
export class SteppedQueue implements RunQueue {
  readonly #work: Work;
  readonly #scheduler: Scheduler;
  readonly #ready: Process[] = [];
  readonly #pids: Pid<never>[] = [];
  #isArmed = false;
  readonly longestSliceMs = 0;

  constructor(work: Work, scheduler: Scheduler) {
    this.#work = work;
    this.#scheduler = scheduler;
  }

  push(process: Process): void {
    this.#ready.push(process);
    this.#pids.push(process.pid);
    this.arm();
  }

  takeQuota(): boolean {
    return false; // every receive is a step
  }

  arm(): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    runOutside(() => immediate(this.#step));
  }

  readonly #step = (): void => {
    while (!this.#work.drain(Number.POSITIVE_INFINITY));
    if (this.#ready.length === 0) {
      this.#isArmed = false;
      this.#work.idle();
      return;
    }
    const index = this.#scheduler.next(this.#pids);
    const process = this.#ready[index];
    if (process === undefined)
      throw new RangeError(`scheduler must pick an index below ${this.#ready.length}, got ${index}`);
    this.#ready.splice(index, 1);
    this.#pids.splice(index, 1);
    this.#work.turn(process);
    immediate(this.#step);
  };
}
