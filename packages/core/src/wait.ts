/** A wait for one thing outside the mailbox: a reply, the end of a sleep. A process may have several at once. */
import { Item } from './list.ts';
import { rejectWhereAwaited } from './promise.ts';
import type { Timer } from './timer-queue.ts';

export class Wait {
  readonly item: Item<Wait>;
  readonly promise: Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  /** Makes of what ended the wait what its promise resolves with; a throw rejects. */
  readonly #finish: ((outcome: unknown) => unknown) | undefined;
  timer: Timer | undefined;
  /** Lets the program end, if the wait held it. */
  release: (() => void) | undefined;
  /** Takes what comes; `false`: more is waited for. The end of the time is not for it. */
  take: ((outcome: unknown) => boolean) | undefined;
  /** Runs in the moment of the end, which may be earlier than the turn in which the promise settles: what comes now is for the mailbox. */
  onEnd: (() => void) | undefined;

  constructor(finish: ((outcome: unknown) => unknown) | undefined) {
    let settle!: (value: unknown) => void;
    this.promise = new Promise<unknown>((resolve) => {
      settle = resolve;
    });
    this.resolve = settle;
    this.#finish = finish;
    this.item = new Item<Wait>(this);
    this.timer = undefined;
    this.release = undefined;
    this.take = undefined;
    this.onEnd = undefined;
  }

  settle(outcome: unknown): void {
    if (this.#finish === undefined) return this.resolve(outcome);
    try {
      this.resolve(this.#finish(outcome));
    } catch (error) {
      rejectWhereAwaited(this.promise, this.resolve, error);
    }
  }
}
