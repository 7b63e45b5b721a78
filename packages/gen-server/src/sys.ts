/**
 * Asking a server's loop, whatever its callbacks are: its state, holding it, watching it, its code. OTP: `sys`.
 *
 * All of these wait `timeout` ms, 5000 unless told otherwise, and reject with `ExitError` as `call` does. A server that is in
 * an async callback answers after it.
 */
import {
  describe,
  Gen,
  type Name,
  type Outcome,
  ProcLib,
  requireFunction,
  type Timeout,
} from '@coppice/core';
import { requireBoolean } from './argument.ts';
import { type AnyRef, DEFAULT_TIMEOUT, untyped } from './call.ts';
import { definitionOf } from './definition.ts';
import { CallbackError } from './errors.ts';
import type { NewCode, SystemMessage, SystemRequest } from './message.ts';
import type { Protocol, ServerRef, StateOf } from './protocol.ts';
import type { Server } from './server.ts';
import type { Status } from './system-message.ts';
import type { TraceEvent } from './telemetry.ts';
import type { Statistics } from './trace.ts';

/** The state of a server, as it is now: not a copy. For tests and the console. OTP: `sys:get_state/2`. */
export function getState<P extends Protocol>(server: ServerRef<P>, timeout?: Timeout): Promise<StateOf<P>>;
export function getState(server: AnyRef, timeout?: Timeout): Promise<unknown>;
export function getState(server: AnyRef, timeout?: Timeout): Promise<unknown> {
  return ask('getState', server, timeout, () => ({ request: 'get_state' }));
}

/**
 * Puts `fn(state)` in the place of the server's state and resolves with it. `fn` runs in the server and must not be
 * async. If it throws, the state stays and this rejects with `CallbackError`. OTP: `sys:replace_state/3`.
 */
export function replaceState<P extends Protocol>(
  server: ServerRef<P>,
  fn: (state: StateOf<P>) => StateOf<P>,
  timeout?: Timeout,
): Promise<StateOf<P>>;
export function replaceState<S>(server: Name, fn: (state: S) => S, timeout?: Timeout): Promise<S>;
export function replaceState<S>(server: AnyRef, fn: (state: S) => S, timeout?: Timeout): Promise<S> {
  return ask('replaceState', server, timeout, () => {
    requireFunction(fn, 'fn');
    const replace = (state: unknown): unknown => fn(state as S); // made by callbacks that `define` has typed, or as the caller of an untyped name says
    return { request: 'replace_state', replace };
  });
}

/** Holds a server: until `resume` it handles system messages only, all else waits in order. OTP: `sys:suspend/2`. */
export function suspend(server: AnyRef, timeout?: Timeout): Promise<void> {
  return ask('suspend', server, timeout, () => ({ request: 'suspend' }));
}

/** Ends `suspend`. OTP: `sys:resume/2`. */
export function resume(server: AnyRef, timeout?: Timeout): Promise<void> {
  return ask('resume', server, timeout, () => ({ request: 'resume' }));
}

/** What a server is and does; its state as `formatStatus` shows it. OTP: `sys:get_status/2`. */
export function getStatus(server: AnyRef, timeout?: Timeout): Promise<Status> {
  return ask('getStatus', server, timeout, () => ({ request: 'get_status' }));
}

/**
 * Reports each message that the server gets and what it makes of it: on the channel `coppice.gen_server.trace`, or, if
 * nobody listens there, on stdout. With contents, so not for secrets. OTP: `sys:trace/2`.
 */
export function trace(server: AnyRef, on: boolean, timeout?: Timeout): Promise<void> {
  return ask('trace', server, timeout, () => {
    requireBoolean(on, 'on');
    return { request: 'trace', on };
  });
}

/**
 * Starts keeping the server's last steps (`true`: ten of them; a number: so many), ends it (`false`), gives them, oldest first (`'get'`), or writes them
 * to stdout (`'print'`). Cheaper than `trace`, to be looked at afterwards. With contents, so not for secrets. OTP: `sys:log/3`.
 */
export function log<F extends boolean | number | 'get' | 'print'>(
  server: AnyRef,
  flag: F,
  timeout?: Timeout,
): Promise<F extends 'get' ? readonly TraceEvent[] : void> {
  return ask('log', server, timeout, () => {
    requireLogFlag(flag);
    return { request: 'log', flag };
  });
}

/**
 * Starts counting the server's messages (`true`), ends it (`false`), or gives what was counted (`'get'`), `undefined` if
 * counting is off. OTP: `sys:statistics/3`.
 */
export function statistics<F extends boolean | 'get'>(
  server: AnyRef,
  flag: F,
  timeout?: Timeout,
): Promise<F extends 'get' ? Statistics | undefined : void> {
  return ask('statistics', server, timeout, () => {
    if (flag !== 'get') requireBoolean(flag, 'flag');
    return { request: 'statistics', flag };
  });
}

/**
 * Puts the callbacks of `next` in the place of the server's, between two messages; the state is kept, or made anew by
 * `migrate`, which runs in the server and must not be async. If it throws, the server goes on as it was, and this
 * rejects with `CallbackError`. OTP: `sys:change_code/4`, with the `suspend` and `resume` around it.
 */
export function codeChange<P extends Protocol, A extends readonly unknown[], X>(
  server: ServerRef<P> | Name,
  next: Server<P, A, X>,
  migrate?: (state: StateOf<P>) => StateOf<P>,
): Promise<void> {
  return ask('codeChange', server, undefined, () => {
    const definition = definitionOf(next);
    if (migrate === undefined) return { request: 'change_code', change: (state) => ({ definition, state }) };
    requireFunction(migrate, 'migrate');
    // The state was made by callbacks that `define` has typed.
    const change = (state: unknown): NewCode => ({ definition, state: migrate(state as StateOf<P>) });
    return { request: 'change_code', change };
  });
}

function requireLogFlag(flag: unknown): void {
  if (typeof flag === 'boolean' || flag === 'get' || flag === 'print') return;
  if (typeof flag !== 'number')
    throw new TypeError(`flag must be a boolean, a number, 'get' or 'print', got ${describe(flag)}`);
  if (!Number.isInteger(flag) || flag < 1)
    throw new RangeError(`flag must be a whole number from 1, got ${flag}`);
}

/** `request` is made inside, so that a bad argument rejects. */
function ask<T>(
  what: string,
  server: AnyRef,
  timeout: Timeout | undefined,
  request: () => SystemRequest,
): Promise<T> {
  return ProcLib.quietly(send<T>(what, server, request, timeout));
}

async function send<T>(
  what: string,
  server: AnyRef,
  request: () => SystemRequest,
  timeout: Timeout = DEFAULT_TIMEOUT,
): Promise<T> {
  const asked = request();
  const answer = await Gen.call(
    server,
    (from): SystemMessage => ({ type: '$system', from, ...asked }),
    timeout,
    () => ({ module: 'GenServer', function: what, args: [untyped(server), timeout] }),
  );
  const outcome = answer as Outcome<T>; // `handleSystem` answers each request so, with what its function here promises
  if (outcome.ok) return outcome.value;
  throw new CallbackError(what, outcome.reason);
}
