/** Making a machine a behaviour of processes. OTP: the callback module of a `gen_statem`. */
import {
  type ChildOptions,
  describe,
  ExitError,
  exit,
  makeRef,
  type Outcome,
  ProcLib,
  plainName,
  requireFunction,
  typedName,
} from '@coppice/core';
import {
  CallbackError,
  GenServer,
  type Server,
  type ServerPid,
  type ServerRef,
  type StartOptions,
} from '@coppice/gen-server';
import type { AnyActorLogic } from 'xstate';
import { requireEvent } from './actions.ts';
import type { Answer, Answers, Machine, MachineOptions, MachineStart, WaitOptions } from './machine.ts';
import {
  beginStatem,
  type Change,
  defineServer,
  type MachineArgument,
  type ServerOptions,
  type StatemProtocol,
} from './server.ts';
import type { Waiter } from './waiters.ts';

/**
 * Makes a kind of process of an XState machine, or of any other actor logic. `module` is its name in reports and its default child id; the types of events, input, and
 * snapshots are the machine's. Throws `TypeError` for what can't work. OTP: `use GenStateMachine`.
 *
 * @example
 * const Breaker = GenStatem.define('Breaker', breakerMachine);
 * const breaker = await Breaker.startLink({ limit: 3 });
 * (await Breaker.call(breaker, { type: 'reset' })).value; // 'closed'
 */
export function define<L extends AnyActorLogic, A extends Answers = {}>(
  module: string,
  logic: L,
  options: MachineOptions<L, A> = {},
): Machine<L, A> {
  requireLogic(logic);
  requireObject(options, 'options');
  // The functions below do what the typed ones say: the machine decides what is an event, its input, its snapshot.
  return makeMachine(module, logic, options) as unknown as Machine<L, A>;
}

/** For XState's `setup({ types: GenStatem.types<…>() })`, in place of its `{} as …`. Types only: at run time an empty object. */
export function types<
  T extends { readonly context?: unknown; readonly events?: unknown; readonly input?: unknown },
>(): T {
  return {} as T; // XState reads its type alone
}

/** The type of an answer: `GenStatem.define('Door', machine, { answers: { enter: GenStatem.answer<boolean>() } })`. */
export function answer<T>(): Answer<T> {
  return {};
}

type AnyRef = ServerRef<StatemProtocol>;
type StatemServer = Server<StatemProtocol, [MachineArgument]>;
type AnyStart = MachineStart<AnyActorLogic> & ChildOptions;

function makeMachine(module: string, logic: AnyActorLogic, options: ServerOptions): object {
  const server = defineServer(module, logic, options);
  return {
    module: server.module,
    startLink: (...rest: unknown[]) => promised(() => server.startLink(...toStart(rest))),
    start: (...rest: unknown[]) => promised(() => server.start(...toStart(rest))),
    startMonitor: (...rest: unknown[]) => promised(() => server.startMonitor(...toStart(rest))),
    enterLoop: (...rest: unknown[]) =>
      promised(() => enterLoop(server, toStart(rest), { logic, ...options })),
    childSpec: (...rest: unknown[]) => server.childSpec(...toStart(rest)),
    name: typedName,
    cast: (machine: AnyRef, event: unknown) => server.cast(machine, 'event', requireEvent(event)),
    call: (machine: AnyRef, event: unknown, wait?: WaitOptions) =>
      promised(() => server.call(machine, 'event', requireEvent(event), wait)),
    sendRequest: (machine: AnyRef, event: unknown) =>
      GenServer.sendRequest(machine, 'event', requireEvent(event)),
    snapshot: (machine: AnyRef, wait?: WaitOptions) =>
      promised(() => server.call(machine, 'snapshot', undefined, wait)),
    replaceState: (machine: AnyRef, change: unknown, wait?: WaitOptions) =>
      promised(() => replaceState(server, machine, change, wait)),
    waitFor: (machine: AnyRef, when: unknown, wait?: WaitOptions) =>
      promised(() => waitFor(server, machine, when, wait)),
  };
}

/** The input goes to the process with the options that the machine needs; the rest is the server's. */
function toStart(
  rest: readonly unknown[],
): [argument: MachineArgument, options: StartOptions<ServerPid<StatemProtocol>> & ChildOptions] {
  const [input, options = {}] = rest as readonly [unknown, AnyStart?]; // `StartRest` is just that
  requireObject(options, 'options');
  const { snapshot, persist, inspect, ...others } = options;
  if (persist !== undefined) requireFunction(persist, 'persist');
  // A name that fits a machine is one that fits the server behind it.
  const start = others as StartOptions<ServerPid<StatemProtocol>> & ChildOptions;
  return [{ input, snapshot, persist, inspect }, start];
}

async function enterLoop(
  server: StatemServer,
  [argument, { name, hibernateAfter }]: ReturnType<typeof toStart>,
  { logic, answers = {} }: ServerOptions & { readonly logic: AnyActorLogic },
): Promise<never> {
  const begun = await beginStatem(logic, answers, argument);
  if (begun.kind === 'stop_init') return exit(begun.reason);
  return GenServer.enterLoop(server, begun.state, {
    ...(begun.step !== undefined && { step: begun.step }),
    ...(hibernateAfter !== undefined && { hibernateAfter }),
    ...(name !== undefined && { name: plainName(name) }),
  });
}

async function replaceState(
  server: StatemServer,
  machine: AnyRef,
  change: unknown,
  wait?: WaitOptions,
): Promise<unknown> {
  requireFunction(change, 'change');
  const answer = await server.call(machine, 'replaceState', change as Change, wait); // of the machine's snapshots, as `Machine` has it
  const outcome = answer as Outcome<unknown>; // it is answered with nothing else
  if (outcome.ok) return outcome.value;
  throw new CallbackError('replaceState', outcome.reason);
}

/** Who gives up says so, lest the machine keep `when` for ever. */
async function waitFor(
  server: StatemServer,
  machine: AnyRef,
  when: unknown,
  wait?: WaitOptions,
): Promise<unknown> {
  requireFunction(when, 'when');
  const id = makeRef();
  const predicate = when as Waiter['when']; // of the machine's snapshot, as `Machine` has it
  try {
    const answer = await server.call(machine, 'waitFor', { id, when: predicate }, wait);
    const outcome = answer as Outcome<unknown>; // a waiter is answered with nothing else
    if (outcome.ok) return outcome.value;
    throw outcome.reason;
  } catch (error) {
    if (error instanceof ExitError && error.reason === 'timeout') server.cast(machine, 'forget', id);
    throw error;
  }
}

/** What `ask` throws is the rejection. A forgotten one is no crash. */
function promised<T>(ask: () => Promise<T>): Promise<T> {
  return ProcLib.quietly(new Promise<T>((resolve) => resolve(ask())));
}

function requireLogic(logic: unknown): void {
  requireObject(logic, 'logic');
  if ('transition' in logic && 'getInitialSnapshot' in logic) return;
  throw new TypeError(`logic must be a machine or other actor logic of XState, got ${describe(logic)}`);
}

function requireObject(value: unknown, parameter: string): asserts value is object {
  if (typeof value === 'object' && value !== null) return;
  throw new TypeError(`${parameter} must be an object, got ${describe(value)}`);
}
