/** A task as its users see it: work in another process whose value its owner awaits, once. OTP: Elixir's `%Task{}`. */
import { describe, isPid, isRef, type MonitorRef, type Pid, self } from '@coppice/core';

declare const yields: unique symbol;

/** Work whose value its owner awaits, once. Plain data, and not a promise: `await task` gives the task itself. OTP: `Task.t()`. */
export interface Task<out T> {
  /** The process that works; `undefined` for a completed task, which has none. */
  readonly pid: Pid<never> | undefined;
  /** The owner's monitor of that process, and the alias by which the value comes. */
  readonly ref: MonitorRef;
  /** Who started it: the one process that may await it. */
  readonly owner: Pid<never>;
  /** Type-level only; absent at run time. */
  readonly [yields]: T;
}
/** A task that has a process: all but completed ones. */
export interface SpawnedTask<out T> extends Task<T> {
  readonly pid: Pid<never>;
}
/** The value of a task's type. */
export type TaskValue<X> = X extends Task<infer T> ? T : never;
/** The values of several tasks, in their order. */
export type TaskValues<L extends readonly Task<unknown>[]> = { -readonly [I in keyof L]: TaskValue<L[I]> };

/** What a task's body is given. */
export interface TaskContext {
  /** Aborts when the task's process exits: pass it to `fetch`, timers, streams. */
  readonly signal: AbortSignal;
}
/** The work: what it returns, or what that resolves with, is the task's value; what it throws is its process's exit reason. */
export type TaskBody<T> = (context: TaskContext) => T;

/** A task of the calling process. */
export function makeTask<T>(pid: Pid<never>, ref: MonitorRef, owner: Pid<never>): SpawnedTask<T>;
export function makeTask<T>(pid: undefined, ref: MonitorRef, owner: Pid<never>): Task<T>;
export function makeTask<T>(pid: Pid<never> | undefined, ref: MonitorRef, owner: Pid<never>): Task<T> {
  return { pid, ref, owner } as Task<T>; // the caller's `T` is what its body gives; the brand is absent at run time
}

/** Checks a task given by a caller: it must be one, and the calling process its owner. Throws `TypeError`. */
export function requireOwned(task: Task<unknown>, parameter: string): void {
  requireTask(task, parameter);
  if (task.owner === self()) return;
  throw new TypeError(
    `${parameter} must be a task of the calling process: the owner of ${describeTask(task)} is ${task.owner}, the caller is ${self()}`,
  );
}

/** Checks a list of tasks given by a caller, each as {@link requireOwned} does. Throws `TypeError`. */
export function requireAllOwned(tasks: readonly Task<unknown>[], parameter: string): void {
  if (!Array.isArray(tasks))
    throw new TypeError(`${parameter} must be an array of tasks, got ${describe(tasks)}`);
  for (const [index, task] of tasks.entries()) requireOwned(task, `${parameter}[${index}]`);
}

/** A task for an error message. */
export function describeTask({ pid, ref }: Task<unknown>): string {
  return pid === undefined ? `the completed task ${ref}` : `the task ${pid}`;
}

function requireTask(task: unknown, parameter: string): void {
  if (typeof task === 'object' && task !== null && 'owner' in task && 'ref' in task) {
    if (isPid(task.owner) && isRef(task.ref)) return;
  }
  const hint = task instanceof Promise ? ': await the function that starts it first' : '';
  throw new TypeError(`${parameter} must be a task, got ${describe(task)}${hint}`);
}
