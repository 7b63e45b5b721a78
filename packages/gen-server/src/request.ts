/** Calls that are sent now and waited for later. OTP: `gen_server:send_request` and what goes with it. */
import {
  type CallSite,
  type Down,
  demonitor,
  describe,
  ExitError,
  Gen,
  isDown,
  isRef,
  isReply,
  type MonitorRef,
  type Outcome,
  ProcLib,
  type Reply,
  type Timeout,
} from '@coppice/core';
import { callSite, payloadAndOptions } from './call.ts';
import type { CallMessage } from './message.ts';
import type { CallOf, CallsOf, CastRest, OtherCalls, Protocol, ReplyTo, ServerRef } from './protocol.ts';

declare const answeredWith: unique symbol;

/** A call under way. Its reply comes to the process that sent it, outside or in the mailbox. OTP: `gen_server:request_id()`. */
export interface RequestId<out R> {
  readonly ref: MonitorRef;
  readonly call: CallSite;
  readonly [answeredWith]?: R;
}

/**
 * Sends a request as `call` does, without waiting. A missing server, or one that ends, shows when the response is
 * waited for. OTP: `gen_server:send_request/2`.
 */
export function sendRequest<P extends Protocol, K extends (keyof CallsOf<P> & string) | OtherCalls<P>>(
  server: ServerRef<P>,
  request: K,
  ...rest: CastRest<CallOf<P, K>>
): RequestId<ReplyTo<CallOf<P, K>>> {
  const [payload] = payloadAndOptions(rest);
  const ref = Gen.sendRequest(server, (from): CallMessage => ({ type: '$gen_call', from, request, payload }));
  return { ref, call: callSite(server, request, payload, 'infinity') };
}

/**
 * Waits for the reply, at most `timeout` ms (default `'infinity'`). Rejects with `ExitError` as `call` does; after
 * `'timeout'` the request is given up and its reply is dropped. OTP: `gen_server:receive_response/2`.
 */
export function receiveResponse<R>(request: RequestId<R>, timeout: Timeout = 'infinity'): Promise<R> {
  return ProcLib.quietly(receive(request, timeout));
}

async function receive<R>(request: RequestId<R>, timeout: Timeout): Promise<R> {
  const response = await wait(request, timeout);
  if (response?.ok === true) return response.value;
  if (response === undefined) demonitor(request.ref, { flush: true });
  throw new ExitError(response === undefined ? 'timeout' : response.reason, request.call);
}

/**
 * Waits as `receiveResponse` does, but resolves with `undefined` after `timeout` ms and keeps the request, so that one
 * can wait for it again. A server that ended is `{ ok: false, reason }`. OTP: `gen_server:wait_response/2`.
 */
export function waitResponse<R>(
  request: RequestId<R>,
  timeout: Timeout = 'infinity',
): Promise<Outcome<R> | undefined> {
  return ProcLib.quietly(wait(request, timeout));
}

async function wait<R>(request: RequestId<R>, timeout: Timeout): Promise<Outcome<R> | undefined> {
  requireRequest(request, 'request');
  const message = await Gen.wait(request.ref, timeout);
  return message === undefined ? undefined : settle<R>(request, message);
}

/** The first response to one of several requests. */
export interface Response<out R> {
  readonly request: RequestId<R>;
  readonly outcome: Outcome<R>;
}

/**
 * Waits for the first response to any of `requests`, at most `timeout` ms (default `'infinity'`); `undefined` if none
 * came, or none is left that one can come to. The others go on: call it again without the request that was answered.
 * OTP: `gen_server:wait_response/3` of a request id collection, which is any iterable here.
 */
export function waitAnyResponse<R>(
  requests: Iterable<RequestId<R>>,
  timeout: Timeout = 'infinity',
): Promise<Response<R> | undefined> {
  return ProcLib.quietly(waitAny(requests, timeout));
}

async function waitAny<R>(
  requests: Iterable<RequestId<R>>,
  timeout: Timeout,
): Promise<Response<R> | undefined> {
  const byRef = new Map(toList(requests).map((request) => [request.ref, request]));
  const answers = await Gen.waitMany(byRef.keys(), { timeout, isEnough: () => true });
  for (const answer of answers.values()) {
    const request = [...byRef.values()].find(({ ref }) => ref === answer.ref);
    if (request !== undefined) return { request, outcome: settle<R>(request, answer) };
  }
  return undefined;
}

/**
 * Whether `message`, received from the mailbox, is the response to `request`: its outcome, or `undefined` if it is
 * about something else. OTP: `gen_server:check_response/2`.
 */
export function checkResponse<R>(message: unknown, request: RequestId<R>): Outcome<R> | undefined {
  requireRequest(request, 'request');
  if (!isReply(message) && !isDown(message)) return undefined;
  return message.ref === request.ref ? settle<R>(request, message) : undefined;
}

function toList<R>(requests: Iterable<RequestId<R>>): readonly RequestId<R>[] {
  if (typeof requests !== 'object' || requests === null || !(Symbol.iterator in requests))
    throw new TypeError(`requests must be iterable, got ${describe(requests)}`);
  const list = [...requests];
  for (const [index, request] of list.entries()) requireRequest(request, `requests[${index}]`);
  return list;
}

function requireRequest(request: unknown, parameter: string): void {
  if (typeof request === 'object' && request !== null && 'ref' in request && isRef(request.ref)) return;
  throw new TypeError(`${parameter} must be what sendRequest gave, got ${describe(request)}`);
}

function settle<R>(request: RequestId<R>, message: Reply | Down): Outcome<R> {
  if (message.type === 'DOWN') return { ok: false, reason: message.reason };
  demonitor(request.ref, { flush: true });
  return { ok: true, value: message.value as R }; // only the server that got the request's alias answers by it
}
