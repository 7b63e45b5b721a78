/**
 * The timers of one machine. Each fires as a message of the machine's process, never on a foreign stack; one that was cancelled
 * never fires, even if its message is in the mailbox already. OTP: the timers of `gen_statem`.
 */
import { cancelTimer, self, sendAfter, type TimerRef } from '@coppice/core';

/** By what a timer reaches its process. */
export interface TimerMessage {
  readonly type: '$statem_timer';
  readonly id: number;
}

interface Timer {
  readonly ref: TimerRef;
  readonly fire: () => void;
}

/** Timers by number. */
export class Timers {
  readonly #timers = new Map<number, Timer>();
  #last = 0;

  /** Calls `fire` in a turn of the calling process after `ms`, never for an infinite `ms`. Gives the number for `cancel`. */
  start(ms: number, fire: () => void): number {
    this.#last += 1;
    const id = this.#last;
    if (ms === Number.POSITIVE_INFINITY) return id;
    const message: TimerMessage = { type: '$statem_timer', id };
    this.#timers.set(id, { ref: sendAfter(self<TimerMessage>(), message, ms), fire });
    return id;
  }

  /** A timer that has fired, or never was, is none. */
  cancel(id: number): void {
    const timer = this.#timers.get(id);
    if (timer !== undefined) cancelTimer(timer.ref);
    this.#timers.delete(id);
  }

  /** The message of a timer has come. */
  fire(id: number): void {
    const timer = this.#timers.get(id);
    this.#timers.delete(id);
    timer?.fire();
  }
}
