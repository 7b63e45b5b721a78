/** Promises of the runtime never count as unhandled rejections. */

/** `promise`, which from now on is nobody's crash if it is forgotten, or left pending by a process that was killed. */
export function quietly<T>(promise: Promise<T>): Promise<T> {
  promise.catch(ignoreRejection);
  return promise;
}

/** A rejection of that kind. */
export function rejected(error: unknown): Promise<never> {
  return quietly(Promise.reject(error));
}

function ignoreRejection(): void {}
