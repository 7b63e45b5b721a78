/** Values that may be promises: what is there already is handled without one. */
import { type Awaitable, bindSelf, isPromiseLike } from '@coppice/core';

/** `next` of a value: now, or when `pending` has settled, as the same process. */
export function andThen<R>(pending: unknown, next: (value: unknown) => Awaitable<R>): Awaitable<R> {
  return isPromiseLike(pending) ? pending.then(bindSelf(next)) : next(pending);
}
