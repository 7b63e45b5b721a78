/** A server whose requests are functions that run in it, and that writes down what it is told. For tests. */
import type { Awaitable, ExitReason } from '@coppice/core';
import {
  type From,
  GenServer,
  type Noreply,
  noreply,
  type PidOf,
  type Reply,
  type Stop,
} from '@coppice/gen-server';

export type Result = Reply<unknown, unknown> | Noreply<unknown> | Stop<unknown, unknown>;
/** What a call of a probe runs. */
export type CallFn = (state: unknown, from: From<unknown>) => Awaitable<Result>;
/** What a cast, message or continue of a probe runs. */
export type OneWayFn = (state: unknown) => Awaitable<Noreply<unknown> | Stop<unknown>>;
/** The raw message that a probe runs. */
export interface Do {
  readonly type: 'do';
  readonly fn: OneWayFn;
}

/** A kind of probe: what its servers did is in `log`. */
export function makeProbe(
  options: { readonly trapExit?: boolean; readonly onTerminate?: (reason: ExitReason) => unknown } = {},
) {
  const log: unknown[] = [];
  const Probe = GenServer.define('Probe', {
    init: (init: () => unknown) => init(),
    call: { do: (state, fn: CallFn, from: From<unknown>) => fn(state, from) },
    cast: { do: (state, fn: OneWayFn) => fn(state) },
    info: { do: (state, { fn }: Do) => fn(state) },
    continue: { do: (state, fn: OneWayFn) => fn(state) },
    handleInfo: (message: unknown, state) => {
      log.push(['info', message]);
      return noreply(state);
    },
    terminate: async (reason, state) => {
      log.push(['terminate', reason, state]);
      await options.onTerminate?.(reason);
    },
    trapExit: options.trapExit ?? false,
  });
  return { Probe, log };
}

export type ProbePid = PidOf<ReturnType<typeof makeProbe>['Probe']>;
