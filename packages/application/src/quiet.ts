/** Promises of this package never count as unhandled rejections: one that was forgotten is nobody's crash. */

/** `promise`, whose rejection may be ignored. */
export function quietly<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
