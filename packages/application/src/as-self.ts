/**
 * Running code as a process after an `await`. On Node who runs follows the promise; in browsers it does not, so each synchronous piece of a
 * process's asynchronous work is bound.
 */
import { bindSelf } from '@coppice/core';

/** Runs `work` as the process that made this. */
export type AsSelf = <T>(work: () => T) => T;

/** For the calling process. */
export function bindToSelf(): AsSelf {
  return bindSelf(<T>(work: () => T): T => work());
}
