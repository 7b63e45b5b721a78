/** Waiting for the values of tasks. OTP: `Task.await/2`, `Task.await_many/2`. */
import {
  type CallSite,
  type Down,
  demonitor,
  ExitError,
  Gen,
  isDown,
  isReply,
  ProcLib,
  requireTimeout,
  type Timeout,
} from '@coppice/core';
import { forget, reasonOf, siteOf } from './answer.ts';
import { TaskConsumedError } from './errors.ts';
import { requireAllOwned, requireOwned, type Task, type TaskValues } from './task.ts';

const DEFAULT_TIMEOUT_MS = 5_000;

/**
 * Resolves with the task's value. Rejects with `ExitError`: the reason for which the task's process ended, or `'timeout'` after `timeout` ms
 * (default 5000); then the task runs on, and what it replies is dropped. A task is awaited once, by its owner: else `TaskConsumedError` or `TypeError`.
 *
 * Uncaught, the rejection ends the caller. And catching it does not save a caller that is linked to the task, which `Task.async` makes, from
 * a crash of the task: the link's exit signal comes first, and ends a caller that does not trap exits. OTP: `Task.await/2`.
 */
export function awaitTask<T>(task: Task<T>, timeout: Timeout = DEFAULT_TIMEOUT_MS): Promise<T> {
  try {
    requireOwned(task, 'task');
    requireTimeout(timeout, 'timeout');
    const isPending = Gen.isPending(task.ref);
    // What has come already is in the mailbox; what was taken is not, and no time would bring it.
    return Gen.receiveResponse(task.ref, isPending ? timeout : 0, (answer) => {
      if (isReply(answer)) return answer.value as T; // what the task's body gave
      const site = siteOf('await', task, timeout);
      if (answer === undefined && !isPending) throw new TaskConsumedError(task, site);
      throw new ExitError(isDown(answer) ? reasonOf(answer, site) : 'timeout', site);
    });
  } catch (error) {
    return ProcLib.rejected(error);
  }
}

/**
 * Resolves with the values of `tasks`, in their order; a tuple of tasks gives a tuple of values. `timeout` (default 5000 ms) is one for all. Rejects as
 * `await` does, as soon as one of the tasks fails; the others run on, and what they reply is dropped. OTP: `Task.await_many/2`.
 */
export function awaitMany<const L extends readonly Task<unknown>[]>(
  tasks: L,
  timeout: Timeout = DEFAULT_TIMEOUT_MS,
): Promise<TaskValues<L>> {
  return ProcLib.quietly(valuesOf(tasks, timeout)) as Promise<TaskValues<L>>; // one value for each task, in their order
}

async function valuesOf(tasks: readonly Task<unknown>[], timeout: Timeout): Promise<unknown[]> {
  requireAllOwned(tasks, 'tasks');
  requireTimeout(timeout, 'timeout');
  const refs = tasks.map(({ ref }) => ref);
  const answers = await Gen.waitMany(refs, { timeout, isEnough: isDown });
  const down = [...answers.values()].find(isDown);
  const missing = tasks.filter(({ ref }) => !answers.has(ref));
  if (down !== undefined || missing.length > 0)
    throw failureOf(tasks, missing, down, siteOf('awaitMany', tasks, timeout));
  for (const ref of refs) demonitor(ref, { flush: true });
  return refs.map((ref) => valueIn(answers.get(ref)));
}

function failureOf(
  tasks: readonly Task<unknown>[],
  missing: readonly Task<unknown>[],
  down: Down | undefined,
  site: CallSite,
): ExitError {
  const consumed = missing.find(isConsumed);
  for (const task of tasks) forget(task);
  if (down !== undefined) return new ExitError(reasonOf(down, site), site);
  return consumed === undefined ? new ExitError('timeout', site) : new TaskConsumedError(consumed, site);
}

/** Nothing can come of the task any more, and nothing has. */
function isConsumed({ ref }: Task<unknown>): boolean {
  return !Gen.isPending(ref) && Gen.take(ref) === undefined;
}

function valueIn(answer: Gen.Answer | undefined): unknown {
  return isReply(answer) ? answer.value : undefined;
}
