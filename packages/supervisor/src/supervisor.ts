/** Starting static supervisors, in place or as modules. OTP: `Supervisor.start_link/2`, `use Supervisor`. */
import { type Awaitable, type ChildOptions, type ChildSpec, ProcLib } from '@coppice/core';
import { requireOptions } from './argument.ts';
import { type ChildSpecOf, completeSpecs } from './child-spec.ts';
import { defineStatic, type SupervisorInit } from './static-server.ts';
import { completeFlags, type SupervisorFlags } from './supervisor-flags.ts';
import { type ModuleOf, makeModule, startServer } from './supervisor-module.ts';
import type { SupervisorPid, SupervisorStart } from './supervisor-ref.ts';
import { supervisorSpec } from './supervisor-spec.ts';

/** Options of a static supervisor. */
export interface SupervisorOptions extends SupervisorFlags, SupervisorStart<SupervisorPid> {}

/** A module-style static supervisor. OTP: `use Supervisor`. */
export interface SupervisorModule<A extends readonly unknown[], X = never>
  extends ModuleOf<SupervisorPid, A, X> {}

/**
 * Starts a supervisor, linked to the caller, and its children, one after another in their order; resolves when all have started. If one fails, those
 * before it are stopped, last started first, and this rejects with `StartError`, whose reason is `{ shutdown: ['failed_to_start_child', id, reason] }`;
 * a linked caller that does not trap exits dies with that reason. Rejects with `SpecError` (a `TypeError`) for a spec or option that cannot be, before
 * anything is started; with `StartError`, reason `['start_spec', …]`, for two children of one id and for a significant child that nothing allows; with
 * `AlreadyStartedError` when the name is taken. A supervisor stops when its parent exits, whatever the reason. OTP: `Supervisor.start_link/2`.
 *
 * @example
 * const tree = await Supervisor.startLink([Counter.childSpec(0), Cache.childSpec()], { strategy: 'one_for_one' });
 */
export function startLink(
  children: readonly ChildSpecOf[],
  options: SupervisorOptions,
): Promise<SupervisorPid> {
  return ProcLib.quietly(start(children, options));
}

/**
 * Spec of a nested supervisor, written in place: type `'supervisor'`, shutdown `'infinity'`. Default id: the `id` option, else the name, else
 * `'Supervisor'`. Throws `SpecError` as `startLink` rejects.
 */
export function childSpec(
  children: readonly ChildSpecOf[],
  options: SupervisorOptions & ChildOptions,
): ChildSpec<SupervisorPid, never> {
  requireOptions(options);
  completeFlags(options);
  completeSpecs(children);
  return supervisorSpec<SupervisorPid, never>('Supervisor', options, () => startLink(children, options));
}

/**
 * A supervisor as a module: `init` runs in the supervisor's process at each start, and gives flags and children, or `'ignore'`. What it gives is
 * checked there: a bad spec is a failed start. OTP: `use Supervisor`.
 *
 * @example
 * export const Workers = Supervisor.define('Workers', (count: number) => ({
 *   strategy: 'one_for_one',
 *   children: Array.from({ length: count }, (_, id) => Worker.childSpec(id, { id })),
 * }));
 */
export function define<A extends readonly unknown[], R extends SupervisorInit | 'ignore'>(
  module: string,
  init: (...arg: A) => Awaitable<R>,
): SupervisorModule<A, Extract<R, 'ignore'>> {
  const run = init as unknown as (arg: unknown) => Awaitable<R>; // `A` is at most the one element that `ModuleArguments` puts before the options
  // And so the erased functions do what the typed ones say.
  return makeModule(module, defineStatic, run) as SupervisorModule<A, Extract<R, 'ignore'>>;
}

const server = defineStatic('Supervisor');

async function start(children: readonly ChildSpecOf[], options: SupervisorOptions): Promise<SupervisorPid> {
  requireOptions(options);
  completeFlags(options);
  completeSpecs(children);
  const pid = await startServer(server, () => ({ ...options, children }), options);
  return pid as SupervisorPid; // a server of `defineStatic` whose `init` does not ignore
}
