/** Starting dynamic supervisors, in place or as modules. OTP: `DynamicSupervisor.start_link/1`, `use DynamicSupervisor`. */
import { type Awaitable, type ChildOptions, type ChildSpec, ProcLib } from '@coppice/core';
import { requireOptions } from './argument.ts';
import { completeDynamicFlags, type DynamicSupervisorFlags } from './dynamic-flags.ts';
import { defineDynamic } from './dynamic-server.ts';
import { type ModuleOf, makeModule, startServer } from './supervisor-module.ts';
import type { DynamicSupervisorPid, SupervisorStart } from './supervisor-ref.ts';
import { supervisorSpec } from './supervisor-spec.ts';

/** Options of a dynamic supervisor. */
export interface DynamicSupervisorOptions
  extends DynamicSupervisorFlags,
    SupervisorStart<DynamicSupervisorPid> {}

/** A module-style dynamic supervisor. OTP: `use DynamicSupervisor`. */
export interface DynamicSupervisorModule<A extends readonly unknown[], X = never>
  extends ModuleOf<DynamicSupervisorPid, A, X> {}

/**
 * Starts a supervisor without children, linked to the caller. Rejects with `SpecError` (a `TypeError`) for an option that cannot be, and with
 * `AlreadyStartedError` when the name is taken. OTP: `DynamicSupervisor.start_link/1`.
 */
export function startLink(options: DynamicSupervisorOptions = {}): Promise<DynamicSupervisorPid> {
  return ProcLib.quietly(start(options));
}

/** Child spec of a dynamic supervisor: type `'supervisor'`, shutdown `'infinity'`. Default id: the `id` option, else the name, else `'DynamicSupervisor'`. */
export function childSpec(
  options: DynamicSupervisorOptions & ChildOptions = {},
): ChildSpec<DynamicSupervisorPid, never> {
  requireOptions(options);
  completeDynamicFlags(options);
  return supervisorSpec<DynamicSupervisorPid, never>('DynamicSupervisor', options, () => startLink(options));
}

/** A dynamic supervisor as a module: `init` runs in its process at each start, and gives its flags, or `'ignore'`. OTP: `use DynamicSupervisor`. */
export function define<A extends readonly unknown[], R extends DynamicSupervisorFlags | 'ignore'>(
  module: string,
  init: (...arg: A) => Awaitable<R>,
): DynamicSupervisorModule<A, Extract<R, 'ignore'>> {
  const run = init as unknown as (arg: unknown) => Awaitable<R>; // `A` is at most the one element that `ModuleArguments` puts before the options
  // And so the erased functions do what the typed ones say.
  return makeModule(module, defineDynamic, run) as DynamicSupervisorModule<A, Extract<R, 'ignore'>>;
}

const server = defineDynamic('DynamicSupervisor');

async function start(options: DynamicSupervisorOptions): Promise<DynamicSupervisorPid> {
  requireOptions(options);
  completeDynamicFlags(options);
  const pid = await startServer(server, () => options, options);
  return pid as DynamicSupervisorPid; // a server of `defineDynamic` whose `init` does not ignore
}
