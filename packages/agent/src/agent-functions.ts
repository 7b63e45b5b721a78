/** The functions of the `Agent` namespace: state in a process, read and changed by functions that run in it. OTP: Elixir's `Agent`. */
import {
  type Awaitable,
  type ChildOptions,
  type ChildSpec,
  describe,
  type ExitReason,
  type FitsFor,
  type Name,
  type Named,
  type Pid,
  ProcLib,
  type StandsFor,
  type Timeout,
  typedName,
} from '@coppice/core';
import { GenServer, type ServerPid, type ServerRef, type StartOptions } from '@coppice/gen-server';
import type { AgentOptions, AgentPid, AgentRef, AgentStart, Given } from './agent.ts';
import { type AgentProtocol, AgentServer, type Work } from './agent-server.ts';

type AnyStart = AgentStart<Name | FitsFor<never>>;
type AnyRef = Pid<never> | StandsFor<Pid<never>> | Name;

/** A typed name: `const counter = Agent.name<number>('counter')`. It stands for the agent that runs under it, also after a restart. */
export function name<S>(name: Name): Named<AgentPid<S>> {
  return typedName(name);
}

/**
 * Starts an agent linked to the caller; its first state is what `init`, which runs in the agent, returns. Rejects with
 * `StartError` if `init` throws or takes longer than `timeout`, with `AlreadyStartedError` if the name is taken, with
 * `TypeError` if `init` is not a function. OTP: `Agent.start_link/2`.
 */
export function startLink<S>(init: () => Awaitable<S>, options?: AgentStart<Name>): Promise<AgentPid<S>>;
/** The same, under a typed name: the state is of the name's type. */
export function startLink<S>(
  init: () => Awaitable<NoInfer<S>>,
  options: AgentStart<Named<AgentPid<S>>>,
): Promise<AgentPid<S>>;
export function startLink<S>(init: () => Awaitable<S>, options?: AnyStart): Promise<AgentPid<S>> {
  if (typeof init !== 'function') return refuse('init', init);
  return started(AgentServer.startLink(init, startOptions(options)));
}

/** As `startLink`, without the link. OTP: `Agent.start/2`. */
export function start<S>(init: () => Awaitable<S>, options?: AgentStart<Name>): Promise<AgentPid<S>>;
/** The same, under a typed name: the state is of the name's type. */
export function start<S>(
  init: () => Awaitable<NoInfer<S>>,
  options: AgentStart<Named<AgentPid<S>>>,
): Promise<AgentPid<S>>;
export function start<S>(init: () => Awaitable<S>, options?: AnyStart): Promise<AgentPid<S>> {
  if (typeof init !== 'function') return refuse('init', init);
  return started(AgentServer.start(init, startOptions(options)));
}

/**
 * A child spec for a supervisor: each start of the child runs `init` anew. Default id: the `id` option, else the name,
 * else `'Agent'`. Throws `TypeError` if `init` is not a function. OTP: `Agent.child_spec/1`.
 */
export function childSpec<S>(
  init: () => Awaitable<S>,
  options?: AgentStart<Name> & ChildOptions,
): ChildSpec<AgentPid<S>, never>;
export function childSpec<S>(
  init: () => Awaitable<NoInfer<S>>,
  options: AgentStart<Named<AgentPid<S>>> & ChildOptions,
): ChildSpec<AgentPid<S>, never>;
export function childSpec<S>(
  init: () => Awaitable<S>,
  options?: AnyStart & ChildOptions,
): ChildSpec<AgentPid<S>, never> {
  if (typeof init !== 'function') throw new TypeError(`init must be a function, got ${describe(init)}`);
  const spec: ChildSpec<Pid<never>, never> = AgentServer.childSpec(init, startOptions(options));
  return spec as ChildSpec<AgentPid<S>, never>; // started by `init`, which gives an `S`
}

/**
 * Resolves with what `fn(state, ...args)` returns; the state stays. `fn` runs in the agent, which handles nothing else
 * meanwhile. Rejects with `ExitError`: `'timeout'`, `'noproc'`, or the agent's reason: a throw in `fn` ends the agent.
 * Rejects with `TypeError` if `fn` is not a function. OTP: `Agent.get/3`.
 */
export function get<S, R, A extends readonly unknown[] | [] = []>(
  agent: AgentRef<S>,
  fn: (state: S, ...args: Given<A>) => Awaitable<R>,
  options?: AgentOptions<A>,
): Promise<R> {
  return ask(agent, 'get', fn, options) as Promise<R>; // the agent answers with what `fn` returned
}

/** The state becomes `fn(state, ...args)`. Otherwise as `get`; one that timed out still happens. OTP: `Agent.update/3`. */
export function update<S, A extends readonly unknown[] | [] = []>(
  agent: AgentRef<S>,
  fn: (state: S, ...args: Given<A>) => Awaitable<NoInfer<S>>,
  options?: AgentOptions<A>,
): Promise<void> {
  return ask(agent, 'update', fn, options) as Promise<void>; // the agent answers with `undefined`
}

/**
 * `fn(state, ...args)` returns `[value, state]`: the state becomes the second, and this resolves with the first.
 * Anything else is a bad return value, and ends the agent. Otherwise as `update`. OTP: `Agent.get_and_update/3`.
 */
export function getAndUpdate<S, R, A extends readonly unknown[] | [] = []>(
  agent: AgentRef<S>,
  fn: (state: S, ...args: Given<A>) => Awaitable<readonly [value: R, state: NoInfer<S>]>,
  options?: AgentOptions<A>,
): Promise<R> {
  return ask(agent, 'getAndUpdate', fn, options) as Promise<R>; // the agent answers with the first of the pair
}

/** As `update`, without waiting; a missing agent does not matter. Throws `TypeError` for bad arguments only. OTP: `Agent.cast/2`. */
export function cast<S, A extends readonly unknown[] | [] = []>(
  agent: AgentRef<S>,
  fn: (state: S, ...args: Given<A>) => Awaitable<NoInfer<S>>,
  options: Pick<AgentOptions<A>, 'args'> = {},
): void {
  AgentServer.cast(serverRef(agent), 'update', toWork(fn, options));
}

/**
 * Ends an agent and waits for it. Rejects with `ExitError`: `'noproc'`, `'timeout'` (default `'infinity'`), or the
 * reason with which the agent really ended. OTP: `Agent.stop/3`.
 */
export function stop(
  agent: Pid<never> | StandsFor<Pid<never>> | Name,
  reason: ExitReason = 'normal',
  timeout: Timeout = 'infinity',
): Promise<void> {
  return GenServer.stop(agent, reason, timeout);
}

function ask(
  agent: AnyRef,
  request: keyof AgentProtocol['call'],
  fn: unknown,
  options: AgentOptions = {},
): Promise<unknown> {
  try {
    return AgentServer.call(serverRef(agent), request, toWork(fn, options), options);
  } catch (error) {
    return ProcLib.rejected(error);
  }
}

const NO_ARGS: readonly unknown[] = [];

function toWork(fn: unknown, options: Pick<AgentOptions, 'args'>): Work {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`options must be an object such as { args: [1] }, got ${describe(options)}`);
  const args: unknown = options.args === undefined ? NO_ARGS : options.args;
  if (typeof fn !== 'function') throw new TypeError(`fn must be a function, got ${describe(fn)}`);
  if (!Array.isArray(args)) throw new TypeError(`args must be an array, got ${describe(args)}`);
  return { fn: fn as Work['fn'], args }; // its types were those of the agent's state and of `args`
}

/** An agent's pid is that of the server behind it. */
function serverRef(agent: AnyRef): ServerRef<AgentProtocol> {
  return agent as ServerRef<AgentProtocol>; // made by a start function or `name` of this file, or an untyped name
}

function startOptions(options: AnyStart = {}): StartOptions<ServerPid<AgentProtocol>> {
  return options as StartOptions<ServerPid<AgentProtocol>>; // a name that fits an agent, which is what is started under it
}

function started<S>(starting: Promise<Pid<never> | 'ignore'>): Promise<AgentPid<S>> {
  return starting as Promise<AgentPid<S>>; // `init` gives an `S`, and never ignores
}

function refuse(parameter: string, value: unknown): Promise<never> {
  return ProcLib.rejected(new TypeError(`${parameter} must be a function, got ${describe(value)}`));
}
