/** Supervisors as modules. OTP: `use Supervisor`, `use DynamicSupervisor`. */
import { type Awaitable, type ChildOptions, type ChildSpec, type Pid, ProcLib } from '@coppice/core';
import { requireModule } from './argument.ts';
import type { SupervisorServer } from './protocol.ts';
import { processOptions, reportedName, type SupervisorStart } from './supervisor-ref.ts';
import { supervisorSpec } from './supervisor-spec.ts';

/** Arguments of a module's functions: that of its `init`, if it has one, then options. */
export type ModuleArguments<A extends readonly unknown[], O> = A extends []
  ? [arg?: undefined, options?: O]
  : [...arg: A, options?: O];

/** A supervisor as a module. `P`: its pid; `A`: the argument of its `init`; `X`: `'ignore'` if its `init` may give that. */
export interface ModuleOf<P extends Pid<never>, A extends readonly unknown[], X = never> {
  /** Its name in reports and its default child id. */
  readonly module: string;
  /** Starts it, linked to the caller. What its `init` gives is checked in its own process: a bad spec or flag is a `StartError`. OTP: `start_link`. */
  startLink(...rest: ModuleArguments<A, SupervisorStart<P>>): Promise<P | X>;
  /** A child spec for it: type `'supervisor'`, shutdown `'infinity'`. Default id: the `id` option, else the name, else the module. OTP: `child_spec/1`. */
  childSpec(
    ...rest: ModuleArguments<A, SupervisorStart<P> & ChildOptions>
  ): ChildSpec<P, Extract<X, 'ignore'>>;
}

/** What a supervisor's server is started with. */
export interface ServerStart<T> {
  /** Runs in the supervisor's process. */
  readonly init: () => Awaitable<T | 'ignore'>;
  /** Its name, for reports. */
  readonly name: string | undefined;
}

/** `ModuleOf` with its types erased. */
export interface ErasedModule {
  readonly module: string;
  startLink(arg?: unknown, options?: SupervisorStart<never>): Promise<Pid<never> | 'ignore'>;
  childSpec(arg?: unknown, options?: SupervisorStart<never> & ChildOptions): ChildSpec;
}

/** Makes a module of an `init`, which gets the argument of `startLink`. */
export function makeModule<T>(
  module: string,
  defineServer: (module: string) => SupervisorServer<ServerStart<T>>,
  init: (arg: unknown) => Awaitable<T | 'ignore'>,
): ErasedModule {
  requireModule(module, init);
  const server = defineServer(module);
  const startLink: ErasedModule['startLink'] = (arg, options = {}) =>
    startServer(server, () => init(arg), options);
  const childSpec: ErasedModule['childSpec'] = (arg, options = {}) =>
    supervisorSpec(module, options, () => startLink(arg, options));
  return { module, startLink, childSpec };
}

/** Starts a supervisor's server, linked to the caller. */
export function startServer<T>(
  server: SupervisorServer<ServerStart<T>>,
  init: ServerStart<T>['init'],
  options: SupervisorStart<never>,
): Promise<Pid<never> | 'ignore'> {
  return ProcLib.quietly(
    server.startLink({ init, name: reportedName(options.name) }, processOptions(options)),
  );
}
