/** Making a behaviour of callbacks, and starting servers of it. OTP: `use GenServer`, `gen_server:start_link`. */
import {
  type ChildOptions,
  type ChildSpec,
  type Name,
  type Named,
  type Pid,
  ProcLib,
  plainName,
  self,
  typedName,
} from '@coppice/core';
import { requireObject } from './argument.ts';
import { callServer } from './call.ts';
import type { Ignore } from './callback-result.ts';
import type { Callbacks, Fallbacks, Handlers, ProtocolFrom } from './callbacks.ts';
import { castServer } from './cast.ts';
import { bindDefinition, type Definition, type ErasedCallbacks, toDefinition } from './definition.ts';
import { systemFor } from './loop.ts';
import type { Protocol } from './protocol.ts';
import type { Monitored, PidOf, Server, StartOptions } from './server.ts';
import { ServerProcess } from './server-process.ts';

/**
 * Makes a behaviour of callbacks. `module` is its name in reports and its default child id. The types of requests,
 * replies and state are inferred: the state from `init`, each request from its handler. Throws `TypeError` for callbacks
 * that can't work. OTP: `use GenServer`.
 *
 * @example
 * const Counter = GenServer.define('Counter', {
 *   init: (start: number) => start,
 *   call: { add: (n, by: number) => reply(n + by, n + by) },
 *   cast: { reset: () => noreply(0) },
 * });
 * const counter = await Counter.startLink(10);
 * await Counter.call(counter, 'add', 5); // 15
 */
export function define<
  R,
  A extends readonly unknown[] = [],
  C extends Handlers = {},
  K extends Handlers = {},
  I extends Handlers = {},
  N extends Handlers = {},
  F = {},
>(
  module: string,
  callbacks: Callbacks<A, R, C, K, I, N> & Fallbacks<F, R>,
): Server<ProtocolFrom<R, C, K, I, F>, A, Extract<Awaited<R>, Ignore>> {
  // The loop gives each callback what it was typed for: the state of `init`, the payload that `Server` lets a client send.
  const definition = toDefinition(module, callbacks as unknown as ErasedCallbacks);
  // And so the erased functions of a server do what the typed ones say.
  return makeServer(definition) as Server<ProtocolFrom<R, C, K, I, F>, A, Extract<Awaited<R>, Ignore>>;
}

/** A typed name without importing the definition's code: `GenServer.name<typeof Counter>('counter')`. */
export function name<D>(name: Name): Named<PidOf<D>> {
  return typedName(name);
}

/** A `Server` with its types erased. */
type Erased = { readonly [K in keyof Server<Protocol>]: unknown };

function makeServer(definition: Definition): Erased {
  const server: Erased = {
    module: definition.module,
    startLink: (arg: unknown, options?: StartOptions) =>
      ProcLib.quietly(startProcess(definition, true, arg, options)),
    start: (arg: unknown, options?: StartOptions) =>
      ProcLib.quietly(startProcess(definition, false, arg, options)),
    startMonitor: (arg: unknown, options?: StartOptions) =>
      ProcLib.quietly(startMonitored(definition, arg, options)),
    childSpec: (arg: unknown, options?: StartOptions & ChildOptions) => childSpec(definition, arg, options),
    self: () => selfAs(definition),
    name: typedName,
    call: callServer,
    cast: castServer,
  };
  bindDefinition(server, definition);
  return server;
}

async function startProcess(
  definition: Definition,
  link: boolean,
  arg: unknown,
  options: StartOptions = {},
): Promise<Pid<never> | 'ignore'> {
  return ProcLib.start(newProcess(definition, link ? self() : undefined, arg, options), {
    ...options,
    link,
    trapExit: definition.trapExit,
  });
}

async function startMonitored(
  definition: Definition,
  arg: unknown,
  options: StartOptions = {},
): Promise<Monitored<Pid<never>> | 'ignore'> {
  return ProcLib.startMonitor(newProcess(definition, self(), arg, options), {
    ...options,
    trapExit: definition.trapExit,
  });
}

function newProcess(
  definition: Definition,
  parent: Pid<never> | undefined,
  arg: unknown,
  options: StartOptions,
): ServerProcess {
  requireObject(options, 'options');
  return new ServerProcess(definition, arg, parent, systemFor(options.hibernateAfter));
}

function childSpec(
  definition: Definition,
  arg: unknown,
  options: StartOptions & ChildOptions = {},
): ChildSpec {
  requireObject(options, 'options');
  const { id, restart, shutdown, significant, ...start } = options;
  return {
    id: id ?? (start.name === undefined ? definition.module : plainName(start.name)),
    start: () => ProcLib.quietly(startProcess(definition, true, arg, start)),
    ...(restart !== undefined && { restart }),
    ...(shutdown !== undefined && { shutdown }),
    ...(significant !== undefined && { significant }),
    modules: [definition.module],
  };
}

function selfAs(definition: Definition): Pid<never> {
  const behaviour = ProcLib.behaviour();
  if (behaviour instanceof ServerProcess && behaviour.definition === definition) return self();
  throw new TypeError(
    `${definition.module}.self() was called by ${self()}, which is no ${definition.module}`,
  );
}
