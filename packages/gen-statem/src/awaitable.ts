/** Values that may be promises: what is there already is handled without one. */
import { type Awaitable, bindSelf } from '@coppice/core';

/** `next` of a value: now, or when `pending` has settled, as the same process. */
export function andThen<R>(pending: unknown, next: (value: unknown) => Awaitable<R>): Awaitable<R> {
  return isPromiseLike(pending) ? pending.then(bindSelf(next)) : next(pending);
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
