/** Ending tasks, and doing without them. OTP: `Task.shutdown/2`, `Task.ignore/1`. */
import {
  type Down,
  demonitor,
  describe,
  exit,
  Gen,
  isDown,
  monitor,
  type Outcome,
  type Pid,
  ProcLib,
  requireTimeout,
  type ShutdownTime,
  unlink,
} from '@coppice/core';
import { forget, outcomeOf, reasonOf, siteOf } from './answer.ts';
import { requireOwned, type Task } from './task.ts';

const DEFAULT_SHUTDOWN_MS = 5_000;

/**
 * Unlinks the task and ends it: by a `shutdown` signal, and after `time` ms (default 5000) by `kill`; `'brutal_kill'`: by `kill` at once. Resolves when its
 * process has ended, with its value if there was time to reply, with `undefined` if it ended as it was told to, else with `{ ok: false, reason }`: its own
 * reason, `'killed'` if it did not heed `shutdown`, `'noproc'` if its outcome was taken before. A task that does not trap exits ends at once, whatever `time`.
 * Rejects with `TypeError` if the caller is not the owner. OTP: `Task.shutdown/2`.
 */
export function shutdown<T>(
  task: Task<T>,
  time: ShutdownTime = DEFAULT_SHUTDOWN_MS,
): Promise<Outcome<T> | undefined> {
  return ProcLib.quietly(shutDown(task, time));
}

/**
 * Does without the task: it is unlinked and runs on, and nothing of it reaches the caller any more. Gives the outcome if it is there. Throws
 * `TypeError` if the caller is not the owner. OTP: `Task.ignore/1`.
 */
export function ignore<T>(task: Task<T>): Outcome<T> | undefined {
  requireOwned(task, 'task');
  const answer = Gen.take(task.ref);
  if (task.pid !== undefined) unlink(task.pid);
  if (answer !== undefined) return outcomeOf(task, answer, siteOf('ignore', task));
  forget(task);
  return undefined;
}

/** Checks how a task is to be ended. Throws `TypeError` or `RangeError`. */
export function requireShutdown(time: unknown, parameter: string): asserts time is ShutdownTime {
  if (time === 'brutal_kill') return;
  if (typeof time === 'string' && time !== 'infinity')
    throw new TypeError(
      `${parameter} must be milliseconds, 'infinity' or 'brutal_kill', got ${describe(time)}`,
    );
  requireTimeout(time, parameter);
}

async function shutDown<T>(task: Task<T>, time: ShutdownTime): Promise<Outcome<T> | undefined> {
  requireOwned(task, 'task');
  requireShutdown(time, 'time');
  if (task.pid === undefined) return ignore(task);
  const end = await endProcess(task.pid, time);
  const { reply, down } = takeAll(task);
  const site = siteOf('shutdown', task, time);
  if (reply !== undefined) return outcomeOf(task, reply, site);
  // The process was gone before: its own monitor knows why, unless that was taken.
  const reason = reasonOf(end.reason === 'noproc' && down !== undefined ? down : end, site);
  return reason === (time === 'brutal_kill' ? 'killed' : 'shutdown') ? undefined : { ok: false, reason };
}

async function endProcess(pid: Pid<never>, time: ShutdownTime): Promise<Down> {
  const ref = monitor(pid);
  unlink(pid);
  exit(pid, time === 'brutal_kill' ? 'kill' : 'shutdown');
  const end = await Gen.wait(ref, time === 'brutal_kill' ? 'infinity' : time);
  if (isDown(end)) return end;
  exit(pid, 'kill');
  return (await Gen.wait(ref, 'infinity')) as Down; // a monitor without an alias: no reply comes by it
}

/** What of the task lies in the mailbox; nothing more comes of it. */
function takeAll({ ref }: Task<unknown>): {
  readonly reply: Gen.Answer | undefined;
  readonly down: Down | undefined;
} {
  demonitor(ref);
  let reply: Gen.Answer | undefined;
  let down: Down | undefined;
  for (let answer = Gen.take(ref); answer !== undefined; answer = Gen.take(ref)) {
    if (isDown(answer)) down = answer;
    else reply = answer;
  }
  return { reply, down };
}
