/** Going on with a value that may still be to come: at once if it is there, so that what needs no promise costs none. */
import { type Awaitable, isPromiseLike } from '@coppice/core';

/** What `next` makes of `value`, when that is there. Not called `then`: a module that exports that is a thenable, and importing it calls it. */
export function whenReady<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return isPromiseLike(value) ? value.then(next) : next(value);
}
