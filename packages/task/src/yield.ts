/** Looking for the outcomes of tasks for a while. OTP: `Task.yield/2`, `Task.yield_many/2`. */
import {
  type Awaitable,
  type CallSite,
  describe,
  Gen,
  monotonicTime,
  type Outcome,
  ProcLib,
  requireTimeout,
  sleep,
  type Timeout,
} from '@coppice/core';
import { outcomeOf, siteOf } from './answer.ts';
import { TaskConsumedError } from './errors.ts';
import { ignore, shutdown } from './shutdown.ts';
import { requireAllOwned, requireOwned, type Task, type TaskValue } from './task.ts';
import { requireOptions } from './task-body.ts';

const DEFAULT_TIMEOUT_MS = 5_000;

/** How `yieldMany` looks. */
export interface YieldManyOptions {
  /** Ends the look when so many tasks have an outcome, and leaves the others alone. Default: the number of tasks. */
  readonly limit?: number;
  /** One for all, in ms; default 5000. */
  readonly timeout?: Timeout;
  /**
   * What becomes of the tasks that run on when the time is up: `'nothing'` (default), they can be awaited or looked at again; `'ignore'`, as by `ignore`;
   * `'kill_task'`, as by `shutdown(task, 'brutal_kill')`.
   */
  readonly onTimeout?: 'nothing' | 'ignore' | 'kill_task';
}

/** The outcomes of several tasks, in their order. */
export type TaskOutcomes<L extends readonly Task<unknown>[]> = {
  -readonly [I in keyof L]: Outcome<TaskValue<L[I]>> | undefined;
};

/**
 * Resolves with the task's outcome, or with `undefined` if it has none after `timeout` ms (default 5000): then it can be looked at again, awaited or shut
 * down. Never rejects for how the task ended; but a linked task that crashes ends a caller that does not trap exits. Rejects with `TypeError` if the caller
 * is not the owner. Of a task whose outcome was taken before nothing comes: `undefined` after the time. OTP: `Task.yield/2`.
 */
export function yieldTask<T>(
  task: Task<T>,
  timeout: Timeout = DEFAULT_TIMEOUT_MS,
): Promise<Outcome<T> | undefined> {
  return ProcLib.quietly(outcomeWithin(task, timeout));
}

/**
 * Resolves with an outcome for each of `tasks`, in their order, `undefined` for those that run on: when all have ended, `limit` of them have, or the
 * time is up. The second argument may be the timeout alone. Otherwise as `yield`. OTP: `Task.yield_many/2`.
 */
export function yieldMany<const L extends readonly Task<unknown>[]>(
  tasks: L,
  options: YieldManyOptions | Timeout = {},
): Promise<TaskOutcomes<L>> {
  const given = typeof options === 'object' ? options : { timeout: options };
  return ProcLib.quietly(outcomesWithin(tasks, given)) as Promise<TaskOutcomes<L>>; // one for each task, in their order
}

async function outcomeWithin<T>(task: Task<T>, timeout: Timeout): Promise<Outcome<T> | undefined> {
  requireOwned(task, 'task');
  requireTimeout(timeout, 'timeout');
  const site = siteOf('yield', task, timeout);
  const isPending = Gen.isPending(task.ref);
  const answer = isPending ? await Gen.wait(task.ref, timeout) : Gen.take(task.ref);
  if (answer !== undefined) return outcomeOf(task, answer, site);
  if (!isPending) await waitInVain([task], timeout, site);
  return undefined;
}

async function outcomesWithin(
  tasks: readonly Task<unknown>[],
  options: YieldManyOptions,
): Promise<(Outcome<unknown> | undefined)[]> {
  requireAllOwned(tasks, 'tasks');
  requireOptions(options);
  const { timeout = DEFAULT_TIMEOUT_MS, limit = tasks.length, onTimeout = 'nothing' } = options;
  requireTimeout(timeout, 'timeout');
  requireLimit(limit, tasks.length);
  requireOnTimeout(onTimeout);
  const refs = tasks.map(({ ref }) => ref);
  const enough = Math.min(limit, new Set(refs).size);
  const startedAt = monotonicTime();
  const answers = await Gen.waitMany(refs, { timeout, isEnough: (_answer, count) => count >= enough });
  const site = siteOf('yieldMany', tasks, timeout);
  const isTimeUp = answers.size < enough;
  if (isTimeUp)
    await waitInVain(tasks, timeout === 'infinity' ? timeout : timeout - monotonicTime() + startedAt, site);
  const outcomes: (Outcome<unknown> | undefined)[] = [];
  for (const task of tasks) {
    const answer = answers.get(task.ref);
    outcomes.push(
      answer === undefined
        ? await leave(task, isTimeUp ? onTimeout : 'nothing')
        : outcomeOf(task, answer, site),
    );
  }
  return outcomes;
}

/** Waits for what cannot come, as OTP does. Rejects with `TaskConsumedError` if that would be for ever. */
async function waitInVain(tasks: readonly Task<unknown>[], timeout: Timeout, site: CallSite): Promise<void> {
  const [consumed] = tasks.filter(({ ref }) => !Gen.isPending(ref));
  if (timeout === 'infinity' && consumed !== undefined) throw new TaskConsumedError(consumed, site);
  if (timeout !== 'infinity' && timeout > 0) await sleep(timeout);
}

function leave(
  task: Task<unknown>,
  onTimeout: 'nothing' | 'ignore' | 'kill_task',
): Awaitable<Outcome<unknown> | undefined> {
  switch (onTimeout) {
    case 'nothing':
      return undefined;
    case 'ignore':
      return ignore(task);
    case 'kill_task':
      return shutdown(task, 'brutal_kill');
  }
}

function requireLimit(limit: unknown, count: number): void {
  if (typeof limit !== 'number')
    throw new TypeError(`limit must be a whole number from 1, got ${describe(limit)}`);
  if (count > 0 && !(Number.isInteger(limit) && limit >= 1))
    throw new RangeError(`limit must be a whole number from 1, got ${limit}`);
}

function requireOnTimeout(onTimeout: unknown): void {
  if (onTimeout === 'nothing' || onTimeout === 'ignore' || onTimeout === 'kill_task') return;
  throw new TypeError(`onTimeout must be 'nothing', 'ignore' or 'kill_task', got ${describe(onTimeout)}`);
}
