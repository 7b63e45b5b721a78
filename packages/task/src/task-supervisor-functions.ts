/** The functions of the `TaskSupervisor` namespace: tasks as children of a supervisor, which stops them when it stops. OTP: Elixir's `Task.Supervisor`. */
import {
  type ChildOptions,
  type ChildSpec,
  type ExitReason,
  isPid,
  type Name,
  type Named,
  type Pid,
  ProcLib,
  type Timeout,
  typedName,
} from '@coppice/core';
import {
  DynamicSupervisor,
  type DynamicSupervisorFlags,
  type DynamicSupervisorModule,
  type DynamicSupervisorOptions,
} from '@coppice/supervisor';
import { childSpecOf, startIn } from './supervised-task.ts';
import type { TaskBody } from './task.ts';
import { requireBody, requireOptions, silent, taskOptions } from './task-body.ts';
import {
  asDynamic,
  requireSupervisor,
  type StartChildOptions,
  type TaskSupervisorOptions,
  type TaskSupervisorPid,
  type TaskSupervisorRef,
} from './task-supervisor.ts';

export { asyncNolink, asyncTask as async } from './supervised-async.ts';
export { asyncStream, asyncStreamNolink } from './supervised-stream.ts';

/** A typed name of a task supervisor. */
export function name(name: Name): Named<TaskSupervisorPid> {
  return typedName(name);
}

/**
 * Starts a supervisor of tasks, linked to the caller. Rejects with `SpecError` (a `TypeError`) for an option that cannot be, and with
 * `AlreadyStartedError` when the name is taken. OTP: `Task.Supervisor.start_link/1`.
 */
export function startLink(options: TaskSupervisorOptions = {}): Promise<TaskSupervisorPid> {
  return ProcLib.quietly(startSupervisor(options));
}

/**
 * Child spec of a task supervisor: type `'supervisor'`, shutdown `'infinity'`. Default id: the `id` option, else the name, else `'TaskSupervisor'`.
 * Throws `SpecError` (a `TypeError`) for an option that cannot be. OTP: `Task.Supervisor.child_spec/1`.
 */
export function childSpec(
  options: TaskSupervisorOptions & ChildOptions = {},
): ChildSpec<TaskSupervisorPid, never> {
  const flags = requireFlags(options);
  const spec: ChildSpec = supervisors.childSpec(flags, flags);
  return spec as ChildSpec<TaskSupervisorPid, never>; // its start is that of `supervisors`
}

/**
 * Starts `body` as a child that nobody awaits, linked to the supervisor only: its value is dropped, its crash is reported. Resolves with its pid. Rejects as
 * `async` does, and with `SpecError` (a `TypeError`) for a `restart` that there is not. OTP: `Task.Supervisor.start_child/3`.
 */
export function startChild(
  supervisor: TaskSupervisorRef,
  body: TaskBody<unknown>,
  options: StartChildOptions = {},
): Promise<Pid<never>> {
  return ProcLib.quietly(startUnowned(supervisor, body, options));
}

/** Stops a task within its shutdown time. Rejects with `ChildError('not_found')` if `pid` is none of the supervisor's. OTP: `Task.Supervisor.terminate_child/2`. */
export function terminateChild(supervisor: TaskSupervisorRef, pid: Pid<never>): Promise<void> {
  return DynamicSupervisor.terminateChild(asDynamic(supervisor), pid);
}

/** The running tasks. OTP: `Task.Supervisor.children/1`. */
export function children(supervisor: TaskSupervisorRef): Promise<readonly Pid<never>[]> {
  return ProcLib.quietly(runningIn(supervisor));
}

/** Stops the supervisor, which stops its tasks, all at once, each within its shutdown time. OTP: `Supervisor.stop/3`. */
export function stop(
  supervisor: TaskSupervisorRef,
  reason: ExitReason = 'normal',
  timeout: Timeout = 'infinity',
): Promise<void> {
  return DynamicSupervisor.stop(asDynamic(supervisor), reason, timeout);
}

const supervisors: DynamicSupervisorModule<[flags: DynamicSupervisorFlags]> = DynamicSupervisor.define(
  'TaskSupervisor',
  (flags: DynamicSupervisorFlags) => flags,
);

async function startSupervisor(options: TaskSupervisorOptions): Promise<TaskSupervisorPid> {
  const given = requireFlags(options);
  const pid: Pid<never> = await supervisors.startLink(given, given);
  return pid as TaskSupervisorPid; // a supervisor of `supervisors`
}

/** Checks the options, which are those of a dynamic supervisor under another pid's name. Throws `SpecError`. */
function requireFlags(
  options: TaskSupervisorOptions & ChildOptions,
): DynamicSupervisorOptions & ChildOptions {
  const given = options as DynamicSupervisorOptions & ChildOptions;
  DynamicSupervisor.childSpec(given);
  return given;
}

async function startUnowned(
  supervisor: TaskSupervisorRef,
  body: TaskBody<unknown>,
  options: StartChildOptions,
): Promise<Pid<never>> {
  requireOptions(options);
  const { restart, shutdown } = options;
  requireSupervisor(supervisor);
  requireBody(body, 'body');
  const spec = childSpecOf(silent(body), { spawn: taskOptions(body, true), shutdown, restart });
  return startIn(supervisor, spec, (pid) => pid);
}

async function runningIn(supervisor: TaskSupervisorRef): Promise<readonly Pid<never>[]> {
  const infos = await DynamicSupervisor.whichChildren(asDynamic(supervisor));
  return infos.map(({ child }) => child).filter(isPid);
}
