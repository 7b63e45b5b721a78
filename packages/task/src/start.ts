/** Starting tasks. OTP: `Task.async/1`, `Task.start/1`, `Task.start_link/1`, `Task.completed/1`. */
import {
  type ChildOptions,
  type ChildSpec,
  Gen,
  type MonitorRef,
  monitor,
  type Pid,
  self,
  spawn,
  spawnMonitor,
} from '@coppice/core';
import { makeTask, type SpawnedTask, type Task, type TaskBody } from './task.ts';
import {
  BY_MONITOR,
  callersOfTask,
  initialCallOf,
  replyWith,
  requireBody,
  silent,
  taskOptions,
} from './task-body.ts';

/**
 * Starts `body` in a process linked to the caller, which owns the task and may `await` it. The value also comes as a message, a reply and then a
 * `DOWN` with the task's `ref`, if nobody awaits it: a server can handle those. Throws `TypeError` if `body` is not a function.
 *
 * The link works both ways: a crash of the body ends the caller with the body's reason, whether or not it awaits, unless it traps exits.
 * Use `TaskSupervisor.asyncNolink` where a failure should be data. OTP: `Task.async/1`.
 *
 * ```ts
 * const task = Task.async(() => slowSum([1, 2, 3]));
 * doOtherWork();
 * const sum = await Task.await(task);
 * ```
 */
export function asyncTask<T>(body: TaskBody<T>): SpawnedTask<Awaited<T>> {
  requireBody(body, 'body');
  const owner = self();
  // A body never runs on its starter's stack, so `child` is there when it does. The options are written out: a spread would double the time of all this.
  const child: { readonly pid: Pid<never>; readonly ref: MonitorRef } = spawnMonitor(
    (context) => replyWith(body(context), { pid: owner, ref: child.ref }),
    {
      link: true,
      monitor: BY_MONITOR,
      callers: callersOfTask(),
      initialCall: initialCallOf(body),
      reportsExits: true,
    },
  );
  return makeTask(child.pid, child.ref, owner);
}

/** Starts `body` in a process that is neither linked to the caller nor owned by it: fire and forget. Its crash is reported. OTP: `Task.start/1`. */
export function start(body: TaskBody<unknown>): Pid<never> {
  requireBody(body, 'body');
  return spawn(silent(body), taskOptions(body, false));
}

/** {@link start}, linked to the caller: what a supervisor starts. OTP: `Task.start_link/1`. */
export function startLink(body: TaskBody<unknown>): Pid<never> {
  requireBody(body, 'body');
  return spawn(silent(body), taskOptions(body, true));
}

/**
 * A child spec for a task that runs under a supervisor, beside its other children. Default: id `'Task'`, restart `'temporary'`, so a task that has
 * ended, well or not, is not started again. OTP: `Task.child_spec/1`.
 */
export function childSpec(body: TaskBody<unknown>, options: ChildOptions = {}): ChildSpec<Pid<never>, never> {
  requireBody(body, 'body');
  return {
    id: 'Task',
    restart: 'temporary',
    modules: ['Task'],
    ...options,
    start: async () => startLink(body),
  };
}

/** A task that has its value already, and no process: for code that must give a task. Its `pid` is `undefined`. OTP: `Task.completed/1`. */
export function completed<T>(value: T): Task<T> {
  const owner = self();
  const ref = monitor(owner, { alias: 'reply_demonitor' }); // an address for one reply
  Gen.reply({ pid: owner, ref }, value);
  return makeTask(undefined, ref, owner);
}
