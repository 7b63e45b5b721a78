/** Tasks of a supervisor whose value the caller awaits. OTP: `Task.Supervisor.async/3`, `Task.Supervisor.async_nolink/3`. */
import { ProcLib, self } from '@coppice/core';
import { bindToSelf } from './as-self.ts';
import { requireShutdown } from './shutdown.ts';
import { startSupervised } from './supervised-task.ts';
import { makeTask, type SpawnedTask, type TaskBody } from './task.ts';
import { requireBody, requireOptions, taskOptions } from './task-body.ts';
import { requireSupervisor, type SupervisedTaskOptions, type TaskSupervisorRef } from './task-supervisor.ts';

/**
 * Starts `body` as a child of `supervisor`, owned by the caller and linked to both. Resolves with the task as soon as that is started: its value is for
 * `Task.await`. A crash of the task ends a caller that does not trap exits, as with `Task.async`; see `asyncNolink`. Rejects with `MaxChildrenError` when the
 * supervisor is full, with `ExitError` (`'noproc'`) when there is none, with `TypeError` for bad arguments. OTP: `Task.Supervisor.async/3`.
 */
export function asyncTask<T>(
  supervisor: TaskSupervisorRef,
  body: TaskBody<T>,
  options: SupervisedTaskOptions = {},
): Promise<SpawnedTask<Awaited<T>>> {
  return startTask(supervisor, body, options, true);
}

/**
 * {@link asyncTask}, not linked to the caller: neither ends the other. A crash of the task is what `Task.await` rejects with, or an outcome of `Task.yield`;
 * or, in a server that waits for neither, a `DOWN` with the task's `ref`, as a value is a reply with it. OTP: `Task.Supervisor.async_nolink/3`.
 */
export function asyncNolink<T>(
  supervisor: TaskSupervisorRef,
  body: TaskBody<T>,
  options: SupervisedTaskOptions = {},
): Promise<SpawnedTask<Awaited<T>>> {
  return startTask(supervisor, body, options, false);
}

function startTask<T>(
  supervisor: TaskSupervisorRef,
  body: TaskBody<T>,
  options: SupervisedTaskOptions,
  isLinked: boolean,
): Promise<SpawnedTask<Awaited<T>>> {
  try {
    requireOptions(options);
    const { shutdown } = options;
    requireSupervisor(supervisor);
    requireBody(body, 'body');
    if (shutdown !== undefined) requireShutdown(shutdown, 'shutdown');
    const owner = self();
    const spawn = taskOptions(body, true); // linked to the supervisor, which spawns it
    const work = { body, owner, spawn, shutdown, isLinked, asSelf: bindToSelf() };
    return ProcLib.quietly(startSupervised(supervisor, work, (pid, ref) => makeTask(pid, ref, owner)));
  } catch (error) {
    return ProcLib.rejected(error);
  }
}
