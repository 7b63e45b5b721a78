/** The server of the scenario, whose callbacks are functions that a step sends, and what the steps need. */
import type { Awaitable } from '@coppice/core';
import { ExitError } from '@coppice/core';
import {
  type From,
  GenServer,
  type Noreply,
  noreply,
  type PidOf,
  type Reply,
  reply,
  type Stop,
} from '@coppice/gen-server';
import type { Caught, Oracle } from '../../../oracle.ts';
import { text } from '../../../term.ts';

export type Call = (
  from: From<unknown>,
  state: unknown,
) => Awaitable<Reply<unknown, unknown> | Noreply<unknown> | Stop<unknown, unknown>>;
export type OneWay = (state: unknown) => Awaitable<Noreply<unknown> | Stop<unknown>>;
interface Do {
  readonly type: 'do';
  readonly fn: OneWay;
}
interface Fun {
  readonly fun: () => unknown;
}
export type Server = ReturnType<typeof define>;
/** What the steps need: the oracle and its server. */

export interface Setup {
  readonly O: Oracle;
  readonly G: Server;
  readonly start: (state: unknown) => Promise<PidOf<Server>>;
  /** `G.call` with the request's details taken out of an exit. */
  readonly call: (server: PidOf<Server>, fn: Call, timeout?: number) => Promise<unknown>;
}

export function define(O: Oracle) {
  return GenServer.define('G', {
    init: (arg: unknown) => (isFun(arg) ? arg.fun() : arg),
    call: { do: (state, fn: Call, from: From<unknown>) => fn(from, state) },
    cast: { do: (state, fn: OneWay) => fn(state) },
    info: { do: (state, { fn }: Do) => fn(state) },
    continue: {
      do: (state, fn: OneWay) => fn(state),
      first: (state) => logged(['continue', 'first'], state),
      c2: (state) => logged(['continue', 'c2'], state),
    },
    handleInfo: (message: unknown, state) => logged(['info', message], state),
    terminate: (reason, state) => O.log(['terminate', reason, state]),
  });

  function logged(event: unknown, state: unknown): Noreply<unknown> {
    O.log(event);
    return noreply(state);
  }
}

function isFun(arg: unknown): arg is Fun {
  return typeof arg === 'object' && arg !== null && 'fun' in arg;
}

/** An exit of a call, with the server and the request left out. */
export function slim([kind, value]: Caught<unknown>): readonly unknown[] {
  if (!(value instanceof ExitError) || value.call === undefined) return [kind, value];
  const { module, function: name, args } = value.call;
  return [kind, [value.reason, [module, name, [text('#server'), text('#req'), ...args.slice(2)]]]];
}

export const add = (state: unknown) => Number(state) + 1;
export const hello: Call = (_, s) => reply(s, s);

export async function startFun({ start }: Setup, fun: () => unknown): Promise<PidOf<Server>> {
  return start({ fun });
}
