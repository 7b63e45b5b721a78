/** What the owner of a task gets of it: the reply with its value, or the DOWN of its process. */
import {
  type CallSite,
  type Down,
  demonitor,
  ExitError,
  type ExitReason,
  Gen,
  type Outcome,
} from '@coppice/core';
import type { Task } from './task.ts';

/** A function of `Task` and what it was called with, for the exit that may come of it. OTP: `{Task, function, args}`. */
export function siteOf(name: string, ...args: readonly unknown[]): CallSite {
  return { module: 'Task', function: name, args };
}

/** The outcome in an answer; from now on nothing more comes of the task. Throws `ExitError` if its node was lost. */
export function outcomeOf<T>(task: Task<T>, answer: Gen.Answer, site: CallSite): Outcome<T> {
  if (answer.type === 'DOWN') return { ok: false, reason: reasonOf(answer, site) };
  demonitor(task.ref, { flush: true });
  return { ok: true, value: answer.value as T }; // what the task's body gave
}

/** Why the process ended. Throws `ExitError` if its node was lost: then that is not known. OTP: `{:nodedown, node}`. */
export function reasonOf({ reason, object }: Down, site: CallSite): ExitReason {
  if (reason === 'noconnection') throw new ExitError({ nodedown: object.node }, site);
  return reason;
}

/** Nothing of the task reaches the caller any more, neither its reply nor its DOWN. */
export function forget({ ref }: Task<unknown>): void {
  demonitor(ref);
  while (Gen.take(ref) !== undefined);
}
