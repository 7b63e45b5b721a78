/**
 * Running code as the supervisor after an `await`. On Node who runs follows the promise; in browsers it does not, so each synchronous piece of a
 * supervisor's asynchronous work is bound.
 */
import { bindSelf, self } from '@coppice/core';

/** Runs `work` as the process that made this. */
export type AsSelf = <T>(work: () => T) => T;

/** For the calling process. */
export function bindToSelf(): AsSelf {
  return bindSelf(<T>(work: () => T): T => work());
}

/** Throws `ProcessExited` if the process that runs this has exited, so that its code stops here. */
export function requireAlive(): void {
  self();
}
