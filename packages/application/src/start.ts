/** Starting and stopping applications. OTP: `application:start/2`, `ensure_all_started/2`, `stop/1`. */
import {
  describe,
  type ExitReason,
  errorIn,
  formatValue,
  ProcLib,
  processInfo,
  type Restart,
  self,
} from '@coppice/core';
import type { Application } from './application.ts';
import { ask } from './controller-call.ts';
import { type Definition, definitionOf } from './definition.ts';
import { ApplicationError } from './errors.ts';
import { loadOnce } from './load.ts';
import { applications } from './table.ts';

/**
 * Starts an application; resolves when its tree runs and its start phases are done. `restart` says what its end means: with `'temporary'` (the default) it is reported;
 * with `'permanent'` all other applications are stopped and the node goes down, which ends the program with exit code 1; with `'transient'` too, unless the reason is
 * `'normal'`. A start that fails counts as such an end. Who asks while it is being started waits with the others. Rejects with `ApplicationError`: it is started, one of
 * its `applications` is not or has ended, its configuration can't be, or its start failed. OTP: `Application.start/2`.
 */
export function start(app: Application, restart: Restart = 'temporary'): Promise<void> {
  return ProcLib.quietly(startChecked(app, restart));
}

/** {@link start}, which does nothing if the application runs. OTP: `Application.ensure_started/2`. */
export function ensureStarted(app: Application, restart: Restart = 'temporary'): Promise<void> {
  return ProcLib.quietly(ensureChecked(app, restart));
}

/**
 * Starts applications with all that they depend on, those first; resolves with the names of those that it has started, in that order. If one fails, those are stopped
 * again, last started first, and it rejects with the `ApplicationError` of the one that failed. OTP: `Application.ensure_all_started/2`.
 */
export function ensureAllStarted(
  apps: Application | readonly Application[],
  restart: Restart = 'temporary',
): Promise<readonly string[]> {
  return ProcLib.quietly(ensureAll(apps, restart));
}

/**
 * Stops an application: `prepStop`, the tree in reverse order, `stop`, then whatever else it has started is killed. Takes as long as they take. Those that depend on it are
 * left alone, and its restart type is not looked at. Rejects with `ApplicationError`, `['not_started', name]`. OTP: `Application.stop/1`.
 */
export function stop(app: Application): Promise<void> {
  return ProcLib.quietly(stopChecked(app));
}

/** Names of the applications that run, last started first. OTP: `Application.started_applications/0`. */
export function startedApplications(): readonly string[] {
  return applications().running.map(({ name }) => name);
}

async function startChecked(app: Application, restart: Restart): Promise<void> {
  const definition = definitionOf(app);
  requireRestart(restart);
  await startOne(definition, restart);
}

async function ensureChecked(app: Application, restart: Restart): Promise<void> {
  const definition = definitionOf(app);
  requireRestart(restart);
  await ensureOne(definition, restart);
}

async function ensureAll(
  apps: Application | readonly Application[],
  restart: Restart,
): Promise<readonly string[]> {
  const definitions = [apps].flat().map((app) => definitionOf(app));
  requireRestart(restart);
  const started: Definition[] = [];
  try {
    await startMissing(definitions, restart, started);
  } catch (error) {
    for (const definition of started.reverse()) await stopOne(definition).catch(() => {});
    throw error;
  }
  return started.map(({ name }) => name);
}

async function stopChecked(app: Application): Promise<void> {
  await stopOne(definitionOf(app));
}

async function startOne(definition: Definition, restart: Restart): Promise<void> {
  const { name: application } = definition;
  const table = applications();
  await loadOnce(table, definition);
  if (table.stopping !== undefined || isBeingStopped()) throw notStarted(application, 'stopping');
  const answer = await ask((from) => ({ type: '$start_application', from, application, restart }), {
    function: 'start',
    args: [application, restart],
  });
  if (!answer.ok) throw notStarted(application, answer.reason);
}

/** Whether it was started by this. */
async function ensureOne(definition: Definition, restart: Restart): Promise<boolean> {
  try {
    await startOne(definition, restart);
    return true;
  } catch (error) {
    if (error instanceof ApplicationError && isTuple(error.reason, 'already_started')) return false;
    throw error;
  }
}

/** Adds those that it starts to `started`. */
async function startMissing(
  definitions: readonly Definition[],
  restart: Restart,
  started: Definition[],
): Promise<void> {
  for (const definition of definitions) {
    if (applications().isRunning(definition.name)) continue;
    await startMissing(definition.applications, restart, started);
    if (await ensureOne(definition, restart)) started.push(definition);
  }
}

async function stopOne({ name: application }: Definition): Promise<void> {
  if (isBeingStopped()) {
    const message = `cannot stop application ${application}: that would wait for this callback, which the application controller waits for`;
    throw new ApplicationError(application, message, 'stopping');
  }
  const answer = await ask((from) => ({ type: '$stop_application', from, application }), {
    function: 'stop',
    args: [application],
  });
  if (answer.ok) return;
  const message = `cannot stop application ${application}: it is not started`;
  throw new ApplicationError(application, message, answer.reason);
}

/** Whether the caller is a callback, `prepStop` or `stop`, that the controller waits for. In OTP such a caller waits for ever. */
function isBeingStopped(): boolean {
  const { ending } = applications();
  return ending !== undefined && processInfo(self())?.parent === ending;
}

function notStarted(application: string, reason: ExitReason): ApplicationError {
  return new ApplicationError(application, explain(application, reason), reason);
}

function explain(application: string, reason: ExitReason): string {
  if (reason === 'stopping')
    return `cannot start application ${application}: the program, or who asks for it, is being stopped`;
  if (isTuple(reason, 'already_started')) return `application ${application} is already started`;
  if (isTuple(reason, 'not_started'))
    return `cannot start application ${application}: ${reason[1]}, which it depends on, is not started`;
  if (isTuple(reason, 'not_running'))
    return `cannot start application ${application}: ${reason[1]}, which it depends on, has ended`;
  const error = errorIn(reason);
  return `application ${application} did not start: ${formatValue(error ?? reason)}`;
}

function isTuple(reason: ExitReason, tag: string): reason is readonly [string, string] {
  return Array.isArray(reason) && reason[0] === tag && typeof reason[1] === 'string';
}

/** Throws `TypeError` for what is no restart type. */
export function requireRestart(restart: unknown): void {
  if (restart === 'permanent' || restart === 'transient' || restart === 'temporary') return;
  throw new TypeError(`restart must be 'permanent', 'transient' or 'temporary', got ${describe(restart)}`);
}
