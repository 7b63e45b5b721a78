/** Asking a server's loop, whatever its callbacks are: its state, holding it, watching it, its code. OTP: `sys`. */
import { Gen, type Outcome, type Timeout } from '@coppice/core';
import { requireFunction } from './argument.ts';
import { type AnyRef, DEFAULT_TIMEOUT } from './call.ts';
import { definitionOf } from './definition.ts';
import { CallbackError } from './errors.ts';
import type { SystemMessage, SystemRequest } from './message.ts';
import type { Protocol, ServerRef, StateOf } from './protocol.ts';
import type { Server } from './server.ts';
import type { Status } from './system-message.ts';
import type { Statistics } from './trace.ts';

// All of these wait `timeout` ms, 5000 unless told otherwise, and reject with `ExitError` as `call` does. A server that is
// in an async callback answers after it.

/** The state of a server, as it is now: not a copy. For tests and the console. OTP: `sys:get_state/2`. */
export async function getState<P extends Protocol>(
  server: ServerRef<P>,
  timeout?: Timeout,
): Promise<StateOf<P>> {
  const state = await ask('getState', server, { request: 'get_state' }, timeout);
  return state as StateOf<P>; // made by callbacks that `define` has typed
}

/**
 * Puts `fn(state)` in the place of the server's state and resolves with it. `fn` runs in the server and must not be
 * async. If it throws, the state stays and this rejects with `CallbackError`. OTP: `sys:replace_state/3`.
 */
export async function replaceState<P extends Protocol>(
  server: ServerRef<P>,
  fn: (state: StateOf<P>) => StateOf<P>,
  timeout?: Timeout,
): Promise<StateOf<P>> {
  requireFunction(fn, 'fn');
  const replace = (state: unknown): unknown => fn(state as StateOf<P>); // made by callbacks that `define` has typed
  return (await ask('replaceState', server, { request: 'replace_state', replace }, timeout)) as StateOf<P>; // made by `fn`
}

/** Holds a server: until `resume` it handles system messages only, all else waits in order. OTP: `sys:suspend/2`. */
export async function suspend(server: AnyRef, timeout?: Timeout): Promise<void> {
  await ask('suspend', server, { request: 'suspend' }, timeout);
}

/** Ends `suspend`. OTP: `sys:resume/2`. */
export async function resume(server: AnyRef, timeout?: Timeout): Promise<void> {
  await ask('resume', server, { request: 'resume' }, timeout);
}

/** What a server is and does; its state as `formatStatus` shows it. OTP: `sys:get_status/2`. */
export async function getStatus(server: AnyRef, timeout?: Timeout): Promise<Status> {
  return (await ask('getStatus', server, { request: 'get_status' }, timeout)) as Status; // made by `handleSystem`
}

/**
 * Reports each message that the server gets and what it makes of it: on the channel `coppice.gen_server.trace`, or, if
 * nobody listens there, on stdout. With contents, so not for secrets. OTP: `sys:trace/2`.
 */
export async function trace(server: AnyRef, on: boolean, timeout?: Timeout): Promise<void> {
  await ask('trace', server, { request: 'trace', on }, timeout);
}

/**
 * Starts counting the server's messages (`true`), ends it (`false`), or gives what was counted (`'get'`), `undefined` if
 * counting is off. OTP: `sys:statistics/3`.
 */
export async function statistics<F extends boolean | 'get'>(
  server: AnyRef,
  flag: F,
  timeout?: Timeout,
): Promise<F extends 'get' ? Statistics | undefined : void> {
  const answer = await ask('statistics', server, { request: 'statistics', flag }, timeout);
  return answer as F extends 'get' ? Statistics | undefined : void; // made by `handleSystem`
}

/**
 * Puts the callbacks of `next` in the place of the server's, between two messages; the state is kept, or made anew by
 * `migrate`, which runs in the server and must not be async. If it throws, the server goes on as it was, and this
 * rejects with `CallbackError`. OTP: `sys:change_code/4`, with the `suspend` and `resume` around it.
 */
export async function codeChange<P extends Protocol, A extends readonly unknown[], X>(
  server: ServerRef<P>,
  next: Server<P, A, X>,
  migrate?: (state: StateOf<P>) => StateOf<P>,
): Promise<void> {
  const definition = definitionOf(next);
  if (migrate !== undefined) requireFunction(migrate, 'migrate');
  const change = (state: unknown) => ({
    definition,
    state: migrate === undefined ? state : migrate(state as StateOf<P>), // made by callbacks that `define` has typed
  });
  await ask('codeChange', server, { request: 'change_code', change }, undefined);
}

async function ask(
  what: string,
  server: AnyRef,
  request: SystemRequest,
  timeout: Timeout = DEFAULT_TIMEOUT,
): Promise<unknown> {
  const answer = await Gen.call(
    server,
    (from): SystemMessage => ({ type: '$system', from, ...request }),
    timeout,
    () => ({ module: 'GenServer', function: what, args: [server, timeout] }),
  );
  const outcome = answer as Outcome<unknown>; // every loop answers system messages so: `handleSystem`
  if (outcome.ok) return outcome.value;
  throw new CallbackError(what, outcome.reason);
}
