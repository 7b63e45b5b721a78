/** Servers that have one local name on several nodes. OTP: `gen_server:multi_call`, `gen_server:abcast`. */
import {
  describe,
  ExitError,
  formatName,
  type Pid,
  ProcLib,
  plainName,
  requireName,
  type StandsFor,
} from '@coppice/core';
import { callServer, payloadAndOptions } from './call.ts';
import { castServer } from './cast.ts';
import type {
  CallOf,
  CallOptions,
  CallRest,
  CallsOf,
  CastOf,
  CastRest,
  CastsOf,
  OtherCalls,
  OtherCasts,
  Protocol,
  ReplyTo,
  ServerPid,
} from './protocol.ts';

/** What `multiCall` gives. OTP: `{Replies, BadNodes}`. */
export interface Replies<out R> {
  /** Each node whose server answered, with its reply, in the order of `nodes`. */
  readonly replies: readonly (readonly [node: string, reply: R])[];
  /** Nodes where there is no such server, or where it ended or did not answer in time. */
  readonly badNodes: readonly string[];
}

/**
 * Calls the servers that have one local name on `nodes`, all at once. A server that is missing, ends or is late makes
 * its node a bad one; the promise is not rejected for it. The default timeout is `'infinity'`. OTP: `GenServer.multi_call/4`.
 */
export function multiCall<P extends Protocol, K extends (keyof CallsOf<P> & string) | OtherCalls<P>>(
  nodes: readonly string[],
  name: StandsFor<ServerPid<P>>,
  request: K,
  ...rest: CallRest<CallOf<P, K>>
): Promise<Replies<ReplyTo<CallOf<P, K>>>> {
  // What answers is the handler of `K`, whose reply `define` has typed.
  return ProcLib.quietly(ask(nodes, name, request, rest)) as Promise<Replies<ReplyTo<CallOf<P, K>>>>;
}

/** Casts to the servers that have one local name on `nodes`; missing ones don't matter. OTP: `GenServer.abcast/3`. */
export function abcast<P extends Protocol, K extends (keyof CastsOf<P> & string) | OtherCasts<P>>(
  nodes: readonly string[],
  name: StandsFor<ServerPid<P>>,
  request: K,
  ...payload: CastRest<CastOf<P, K>>
): void {
  requireNodes(nodes);
  const local = localName(name);
  for (const node of nodes) castServer({ local, node }, request, payloadAndOptions(payload)[0]);
}

async function ask(
  nodes: readonly string[],
  name: StandsFor<Pid<never>>,
  request: unknown,
  rest: readonly unknown[],
): Promise<Replies<unknown>> {
  requireNodes(nodes);
  const local = localName(name);
  const [payload, options] = payloadAndOptions(rest);
  const patient: CallOptions = { timeout: 'infinity', ...options };
  const outcomes = await Promise.all(
    nodes.map((node) => askNode({ local, node }, request, payload, patient)),
  );
  return {
    replies: outcomes.filter((one) => one.ok).map(({ node, value }) => [node, value]),
    badNodes: outcomes.filter((one) => !one.ok).map(({ node }) => node),
  };
}

type NodeOutcome =
  | { readonly ok: true; readonly node: string; readonly value: unknown }
  | { readonly ok: false; readonly node: string };

async function askNode(
  server: { readonly local: string; readonly node: string },
  request: unknown,
  payload: unknown,
  options: CallOptions,
): Promise<NodeOutcome> {
  const { node } = server;
  try {
    return { ok: true, node, value: await callServer(server, request, payload, options) };
  } catch (error) {
    if (error instanceof ExitError) return { ok: false, node };
    throw error;
  }
}

function localName(name: StandsFor<Pid<never>>): string {
  requireName(name, 'name');
  const plain = plainName(name);
  if (typeof plain === 'string') return plain;
  throw new TypeError(`name must be local (a string), got ${formatName(plain)}`);
}

function requireNodes(nodes: unknown): void {
  if (Array.isArray(nodes) && nodes.every((node) => typeof node === 'string')) return;
  throw new TypeError(`nodes must be an array of names, got ${describe(nodes)}`);
}
