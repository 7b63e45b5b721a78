/** Those who wait for virtual time to pass: the calls of `advance` and `settle` that are pending, and what ends each. */
import { onExit, type Pid, ProcessExited, self } from '@coppice/core';
import type { VirtualClock } from './virtual-clock.ts';

/** Turns after which what runs is taken never to come to rest. */
const ENDLESS_TURNS = 10_000;
/** Timers after which `settle` without a limit is taken never to end. */
const ENDLESS_TIMERS = 50_000;

/** `'advance'`: time passes to its end. `'settle'`: until no timer is pending. `'quiesce'`: no time passes, and what never rests is left. */
export type MoveKind = 'advance' | 'settle' | 'quiesce';

interface Move {
  readonly kind: MoveKind;
  readonly until: number;
  /** The process whose code waits here. */
  readonly by: Pid<never> | undefined;
  /** Turns or timers that are left to it. */
  left: number;
  readonly end: (error?: Error) => void;
}

export class Moves {
  readonly #clock: VirtualClock;
  readonly #pending = new Set<Move>();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** Waits for `ms` from now. Rejects with `ProcessExited` when the calling process ends, with `RangeError` when a `settle` has no end. */
  add(kind: MoveKind, ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const by = callingProcess();
      let forget = (): void => {};
      const move: Move = {
        kind,
        until: this.#clock.now() + ms,
        by,
        left: kind === 'quiesce' ? ENDLESS_TURNS : ENDLESS_TIMERS,
        end: (error) => {
          this.#pending.delete(move);
          forget();
          if (error === undefined) resolve();
          else reject(error);
        },
      };
      this.#pending.add(move);
      if (by !== undefined) forget = onExit(by, (reason) => move.end(new ProcessExited(by, reason)));
    });
  }

  /** Whether one waits that no time pass. */
  get isQuiescing(): boolean {
    return this.#first()?.kind === 'quiesce';
  }

  isAwaitedBy(pid: Pid<never>): boolean {
    for (const move of this.#pending) if (move.by === pid) return true;
    return false;
  }

  /** A process had a turn: what never rests is waited for no longer. */
  turned(): void {
    for (const move of this.#pending) {
      if (move.kind !== 'quiesce') continue;
      move.left -= 1;
      if (move.left < 0) move.end();
    }
  }

  /** Nothing is runnable: moves time for the one who waits for the least, or ends its wait. `false` if nobody waits. */
  follow(): boolean {
    const move = this.#first();
    if (move === undefined) return false;
    const { nextDue } = this.#clock;
    if (nextDue !== undefined && nextDue <= move.until && move.kind !== 'quiesce') this.#fire(move);
    else {
      if (move.kind === 'advance' || nextDue !== undefined) this.#clock.moveTo(move.until);
      move.end();
    }
    return true;
  }

  #fire(move: Move): void {
    if (move.until === Number.POSITIVE_INFINITY) move.left -= 1;
    if (move.left >= 0) this.#clock.fireNext();
    else
      move.end(
        new RangeError(
          `settle() has fired ${ENDLESS_TIMERS} timers and there are more: give it a limit in ms`,
        ),
      );
  }

  #first(): Move | undefined {
    let first: Move | undefined;
    for (const move of this.#pending) if (first === undefined || move.until < first.until) first = move;
    return first;
  }
}

function callingProcess(): Pid<never> | undefined {
  try {
    return self();
  } catch {
    return undefined; // called from outside of any process
  }
}
