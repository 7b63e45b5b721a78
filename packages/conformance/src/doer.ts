/** A server that does what the functions say that it is asked with: a scenario writes a callback where it uses it. */
import { type Awaitable, ExitError, type ExitReason } from '@coppice/core';
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
import { functionName } from './names.ts';
import type { Caught, Oracle } from './oracle.ts';
import { done } from './term.ts';

export type Call = (
  state: unknown,
  from: From<unknown>,
) => Awaitable<Reply<unknown, unknown> | Noreply<unknown> | Stop<unknown, unknown>>;
export type OneWay = (state: unknown) => Awaitable<Noreply<unknown> | Stop<unknown>>;
/** A message that is such a function. */
export interface Do {
  readonly type: 'do';
  readonly fn: OneWay;
}
export type Doer = ReturnType<typeof defineDoer>;
export type DoerPid = PidOf<Doer>;

/** Answers with the state. */
export const read: Call = (state) => reply(state, state);

/** Logs messages that are no functions; its end too, if `terminate` does not do anything else. */
export function defineDoer(
  O: Oracle,
  terminate: (reason: ExitReason, state: unknown) => Awaitable<void> = (reason, state) =>
    O.log(['terminate', reason, state]),
) {
  return GenServer.define('L', {
    init: (start: () => unknown): unknown => start(),
    call: { do: (state, fn: Call, from: From<unknown>) => fn(state, from) },
    cast: { do: (state, fn: OneWay) => fn(state) },
    info: {
      do: (state, { fn }: Do) => fn(state),
      timeout: (state, fired) => {
        O.log(['info', fired ?? 'timeout']);
        return noreply(state);
      },
    },
    handleInfo: (message: unknown, state) => {
      O.log(['info', message]);
      return noreply(state);
    },
    continue: { do: (state, fn: OneWay) => fn(state) },
    terminate,
  });
}

/** An exit: its reason, and the module and the function that were called. */
export function whyOf([kind, value]: Caught<unknown>): readonly unknown[] {
  if (!(value instanceof ExitError) || value.call === undefined) return [kind, done(value)];
  return [kind, value.reason, ...functionName(value.call.module, value.call.function)];
}
