/** Asking a server and waiting for its reply, and replying to one who asked. OTP: `gen_server:call`, `gen_server:reply`. */
import {
  type CallSite,
  describe,
  ExitError,
  Gen,
  isPid,
  type Name,
  type Pid,
  ProcLib,
  plainName,
  requireName,
  type StandsFor,
  type Timeout,
  whereis,
} from '@coppice/core';
import { type CallMessage, requestTerm } from './message.ts';
import type {
  CallOf,
  CallOptions,
  CallRest,
  CallsOf,
  From,
  OtherCalls,
  Protocol,
  ReplyTo,
  ServerRef,
} from './protocol.ts';

/** How long a call waits, in ms, unless told otherwise. */
export const DEFAULT_TIMEOUT = 5_000;

const NO_OPTIONS: CallOptions = {};

/** A server in any form, its type erased. */
export type AnyRef = Pid<never> | StandsFor<Pid<never>> | Name;

/**
 * Sends a request and resolves with the server's reply. Rejects with `ExitError`: `'timeout'` (default 5000 ms; the
 * request still happens, and a late reply is dropped), `'noproc'` for a missing server, `'calling_self'`, or the reason
 * with which the server ended. OTP: `GenServer.call/3`.
 */
export function call<P extends Protocol, K extends (keyof CallsOf<P> & string) | OtherCalls<P>>(
  server: ServerRef<P>,
  request: K,
  ...rest: CallRest<CallOf<P, K>>
): Promise<ReplyTo<CallOf<P, K>>> {
  // What answers is the handler of `K`, whose reply `define` has typed.
  return callServer(server, request, ...payloadAndOptions(rest)) as Promise<ReplyTo<CallOf<P, K>>>;
}

/** `call` without types. */
export function callServer(
  server: AnyRef | undefined,
  request: unknown,
  payload?: unknown,
  options: CallOptions = NO_OPTIONS,
): Promise<unknown> {
  if (options === null || typeof options !== 'object') return ProcLib.rejected(notOptions(options));
  const { timeout = DEFAULT_TIMEOUT } = options;
  const site = (): CallSite => callSite(server, request, payload, timeout);
  // What `whereis` gives for a name that nobody has. OTP: a call to `nil` exits with `noproc`.
  if (server === undefined) return ProcLib.rejected(new ExitError('noproc', site()));
  const message = (from: Gen.From): CallMessage => ({ type: '$gen_call', from, request, payload });
  return Gen.call(server, message, timeout, site);
}

/** A server's pid; `undefined` if there is no such server. */
export function findServer(server: AnyRef | undefined): Pid<never> | undefined {
  if (server === undefined || isPid(server)) return server;
  requireName(server, 'server');
  return whereis(plainName(server));
}

/** What follows a request. */
export function payloadAndOptions(
  rest: readonly unknown[],
): readonly [payload?: unknown, options?: CallOptions] {
  return rest as readonly [payload?: unknown, options?: CallOptions]; // `CallRest` is just that
}

/** What an `ExitError` of a call names. OTP: `{GenServer, call, [Server, Request, Timeout]}`. */
export function callSite(
  server: AnyRef | undefined,
  request: unknown,
  payload: unknown,
  timeout: Timeout,
): CallSite {
  return {
    module: 'GenServer',
    function: 'call',
    args: [untyped(server), requestTerm(request, payload), timeout],
  };
}

/** A server as an exit names it: its pid, or its name without the type. */
export function untyped(server: AnyRef | undefined): Pid<never> | Name | undefined {
  return server === undefined || isPid(server) ? server : plainName(server);
}

/**
 * Answers a call: the `from` that its handler was given. From any process, now or later; a second answer is dropped,
 * as is one to a caller that has given up. OTP: `GenServer.reply/2`.
 */
export function answer<R>(from: From<R>, value: NoInfer<R>): void {
  Gen.reply(from, value);
}

/** A timeout in the place of options, as Elixir has it, would otherwise be ignored. */
function notOptions(options: unknown): TypeError {
  return new TypeError(`options must be an object such as { timeout: 1_000 }, got ${describe(options)}`);
}
