/** Promises of the runtime, none of which ever counts as an unhandled rejection, and those that others give to it. */
import { CoppiceError } from './errors.ts';
import { safely } from './exit-reason.ts';

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
    safely(() => Error.captureStackTrace?.(error, fail), undefined);
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
  return isPromiseLike(value) ? Promise.resolve(value) : undefined;
}

/** Whether `await` would wait for `value`: a promise, or anything with a `then` method. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return 'then' in value && typeof value.then === 'function';
}
