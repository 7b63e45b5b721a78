/** The server behind every agent: its state is the agent's, its requests are functions. OTP: Elixir's `Agent.Server`. */
import { type Awaitable, isPromiseLike } from '@coppice/core';
import { GenServer, noreply, ok, reply, type Server, stop } from '@coppice/gen-server';

/** A function of the state, and what follows the state in its call. */
export interface Work {
  readonly fn: (state: unknown, ...args: readonly unknown[]) => unknown;
  readonly args: readonly unknown[];
}

/** What agents serve. */
export interface AgentProtocol {
  readonly call: {
    readonly get: (work: Work) => unknown;
    readonly update: (work: Work) => undefined;
    readonly getAndUpdate: (work: Work) => unknown;
  };
  readonly cast: { readonly update: (work: Work) => void };
  readonly info: never;
  readonly state: unknown;
}

/** The behaviour of agents. */
export const AgentServer: Server<AgentProtocol, [init: () => unknown]> = GenServer.define('Agent', {
  init: (init: () => unknown) => then(init(), (state) => ok(state)),
  call: {
    get: (state, work: Work) => then(run(work, state), (value) => reply(value, state)),
    update: (state, work: Work) => then(run(work, state), (next) => reply(undefined, next)),
    getAndUpdate: (state, work: Work) =>
      then(run(work, state), (pair) =>
        Array.isArray(pair) && pair.length === 2
          ? reply<unknown, unknown>(pair[0], pair[1])
          : stop({ bad_return_value: pair }, state),
      ),
  },
  cast: {
    update: (state, work: Work) => then(run(work, state), (next) => noreply(next)),
  },
});

function run({ fn, args }: Work, state: unknown): unknown {
  return args.length === 0 ? fn(state) : fn(state, ...args);
}

/** `next` of a value, now if it is there. */
function then<R>(value: unknown, next: (value: unknown) => R): Awaitable<R> {
  return isPromiseLike(value) ? value.then(next) : next(value);
}
