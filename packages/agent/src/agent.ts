/** What an agent is for its users, as types. OTP: Elixir's `Agent.agent()`. */
import type { Name, Pid, StandsFor, Timeout } from '@coppice/core';
import type { StartFlags } from '@coppice/gen-server';

declare const holds: unique symbol;

/** Pid of an agent whose state is `S` (invariant: it is read and written). */
export interface AgentPid<in out S> extends Pid<never> {
  readonly [holds]: (state: S) => S;
}

/** An agent by typed pid, typed name, or untyped name (then `S` comes from the function). */
export type AgentRef<S> = AgentPid<S> | StandsFor<AgentPid<S>> | Name;

/** Options of the start functions. A typed name decides the state's type; otherwise `init` does. */
export interface AgentStart<N> extends StartFlags {
  /** Registered before `init` runs; when it is taken, the start rejects with `AlreadyStartedError`. */
  readonly name?: N;
}

/** Options of `get`, `update` and `getAndUpdate`. */
export interface AgentOptions<A extends readonly unknown[] = readonly unknown[]> {
  /** How long the caller waits, in ms; default 5000. A timed-out update still happens. */
  readonly timeout?: Timeout;
  /** Passed after the state, so that the function needs no closure. */
  readonly args?: A;
}

/** `A`, not inferred from where this stands: `args` decides it, so that a function that takes more than the state needs them. */
export type Given<A extends readonly unknown[]> = A extends infer T extends readonly unknown[] ? T : never;
