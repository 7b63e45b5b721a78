/**
 * `promise`, which from now on never counts as an unhandled rejection: one that was forgotten, or that a process left
 * pending when it was killed, is nobody's crash.
 */
export function quietly<T>(promise: Promise<T>): Promise<T> {
  promise.catch(ignoreRejection);
  return promise;
}

/** A promise that is rejected so. */
export function rejected(error: unknown): Promise<never> {
  return quietly(Promise.reject(error));
}

function ignoreRejection(): void {}
