/** A wait for one thing outside the mailbox: a reply, the end of a sleep. A process may have several at once. */
import { CoppiceError } from './errors.ts';
import { Item } from './list.ts';
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

/**
 * {@link rejectQuietly} of an error that the runtime has just made: its stack tells which functions await the promise, not the scheduler's. The host finds them
 * from the reaction that runs, by promises that nothing else waits for; so the error gets its stack in one, before anything is attached to `promise`.
 */
export function rejectWhereAwaited(
  promise: Promise<unknown>,
  resolve: (value: Promise<never>) => void,
  error: unknown,
): void {
  if (!(error instanceof CoppiceError)) return rejectQuietly(promise, resolve, error);
  const fail = (): never => {
    Error.captureStackTrace?.(error, fail);
    void quietly(promise);
    throw error;
  };
  resolve(Promise.resolve().then(ignore).then(fail)); // the first lets the second be what `promise` waits for
}

/** Rejects a promise of the runtime so that it never counts as an unhandled rejection, whether or not someone awaits it. */
export function rejectQuietly(
  promise: Promise<unknown>,
  resolve: (value: Promise<never>) => void,
  error: unknown,
): void {
  void quietly(promise);
  resolve(rejected(error));
}

/** A rejected promise that never counts as an unhandled rejection. */
export function rejected(error: unknown): Promise<never> {
  return quietly(Promise.reject(error));
}

/**
 * `promise`, which from now on never counts as an unhandled rejection: one that was forgotten, or left pending by a process that ended, is nobody's crash.
 * Await what this gives, not `promise` itself: then the stack of an error made in between tells who awaits it.
 */
export function quietly<T>(promise: Promise<T>): Promise<T> {
  // Attached when it has failed, not before: the host follows awaiting functions along promises that only one thing waits for.
  const quiet = promise.then(undefined, (error: unknown): never => {
    quiet.catch(ignore);
    throw error;
  });
  return quiet;
}

function ignore(): void {}

/**
 * What a callback or body gave, as a promise of the host, if it goes on asynchronously. A foreign thenable may call back as anybody, twice or at once,
 * and may throw when it is looked at, which goes to the caller.
 */
export function asPromise(value: unknown): Promise<unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Promise) return value;
  return 'then' in value && typeof value.then === 'function' ? Promise.resolve(value) : undefined;
}
