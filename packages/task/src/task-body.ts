/** The code of a task's process: the body, and where its value goes. OTP: Elixir's `Task.Supervised`. */
import {
  type Body,
  callers,
  describe,
  Gen,
  isPromiseLike,
  type MonitorOptions,
  type Pid,
  self,
} from '@coppice/core';
import type { TaskBody } from './task.ts';

/** The value comes by the monitor's reference, until the task's end is known or the owner has stopped waiting. */
export const BY_MONITOR: MonitorOptions = { alias: 'demonitor' };

/** What the spawn of every task's process says. */
export interface TaskSpawn {
  readonly link: boolean;
  readonly callers: readonly Pid<never>[];
  readonly initialCall: string;
  readonly reportsExits: boolean;
}

/** How the calling process spawns a task's. */
export function taskOptions(body: (...args: never) => unknown, link: boolean): TaskSpawn {
  return { link, callers: callersOfTask(), initialCall: initialCallOf(body), reportsExits: true };
}

/** On whose behalf a task works that the calling process starts, nearest first. OTP: `$callers`. */
export function callersOfTask(): readonly Pid<never>[] {
  return [self(), ...callers()];
}

/** What reports call a task's process. */
export function initialCallOf(body: (...args: never) => unknown): string {
  return body.name === '' ? 'Task' : `Task ${body.name}`;
}

/** A process body that runs a task's and tells nobody of its value. */
export function silent(body: TaskBody<unknown>): Body<never> {
  return (context) => after(body(context), ignoreValue);
}

/** Gives the value to `to`, when it is there. */
export function replyWith(value: unknown, to: Gen.From): void | Promise<void> {
  return after(value, (settled) => Gen.reply(to, settled));
}

/** Checks a task's body. Throws `TypeError`. */
export function requireBody(body: unknown, parameter: string): void {
  if (typeof body === 'function') return;
  const hint = body instanceof Promise ? ': the function that makes it' : '';
  throw new TypeError(`${parameter} must be a function, got ${describe(body)}${hint}`);
}

/** Checks options. Throws `TypeError`: a number in their place would otherwise be ignored. */
export function requireOptions(options: unknown): void {
  if (typeof options === 'object' && options !== null) return;
  throw new TypeError(`options must be an object, got ${describe(options)}`);
}

function after(value: unknown, then: (settled: unknown) => void): void | Promise<void> {
  if (!isPromiseLike(value)) return then(value);
  return Promise.resolve(value).then(then);
}

function ignoreValue(): void {}
