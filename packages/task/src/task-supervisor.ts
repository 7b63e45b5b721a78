/** Task supervisors as their users see them. OTP: Elixir's `Task.Supervisor`. */
import {
  formatName,
  isPid,
  type Name,
  type NameFor,
  type Pid,
  plainName,
  type Restart,
  requireName,
  type ShutdownTime,
  type StandsFor,
} from '@coppice/core';
import type { DynamicSupervisorRef, RestartLimit } from '@coppice/supervisor';

declare const runsTasks: unique symbol;

/** Pid of a task supervisor. */
export interface TaskSupervisorPid extends Pid<never> {
  readonly [runsTasks]: true;
}
/** A task supervisor by pid, typed name or untyped name; also one partition of many, by `PartitionSupervisor.via`. */
export type TaskSupervisorRef = TaskSupervisorPid | StandsFor<TaskSupervisorPid> | Name;

/** Options of a task supervisor. The restart limit is for tasks that are restarted: by default none are. */
export interface TaskSupervisorOptions extends RestartLimit {
  /** Registered before the supervisor is started; a taken one: `AlreadyStartedError`. */
  readonly name?: NameFor<TaskSupervisorPid>;
  /** Tasks at most; default `'infinity'`. */
  readonly maxChildren?: number | 'infinity';
  /** For reports and `processTree`. */
  readonly label?: unknown;
}

/** How a supervised task is stopped with its supervisor. */
export interface SupervisedTaskOptions {
  /** Ms between `shutdown` and `kill`, `'infinity'`, or `'brutal_kill'`; default 5000. Of effect for a task that traps exits: others end at once. */
  readonly shutdown?: ShutdownTime;
}
/** How a task is started that nobody awaits. */
export interface StartChildOptions extends SupervisedTaskOptions {
  /** Default `'temporary'`: not restarted. `'transient'`: restarted after an abnormal exit; `'permanent'`: always. */
  readonly restart?: Restart;
}

/** A task supervisor is a dynamic one whose children are tasks. */
export function asDynamic(supervisor: TaskSupervisorRef): DynamicSupervisorRef {
  return supervisor as DynamicSupervisorRef; // made by this package as one, or an untyped name
}

/** A task supervisor for an error message. */
export function formatSupervisor(supervisor: TaskSupervisorRef): string {
  return isPid(supervisor) ? supervisor.toString() : formatName(plainName(supervisor));
}

/** Checks a reference given by a caller. Throws `TypeError`. */
export function requireSupervisor(supervisor: TaskSupervisorRef): void {
  if (!isPid(supervisor)) requireName(supervisor, 'supervisor');
}
