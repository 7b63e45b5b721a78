/** What supervisors of both kinds are asked, and answer. OTP: the requests of `supervisor`. */
import { type ChildType, type Name, type Outcome, type Pid, type StandsFor, self } from '@coppice/core';
import { GenServer, type ServerPid, type StartOptions } from '@coppice/gen-server';
import type { CompleteSpec, PidWithInfo } from './child-spec.ts';
import type { Child } from './children.ts';
import { ChildError } from './errors.ts';

/** One child as it is now; `child` is `undefined` when it is not running. OTP: `{Id, Child, Type, Modules}`. */
export interface ChildInfo {
  /** `undefined` for a child of a `DynamicSupervisor`. */
  readonly id: unknown;
  readonly child: Pid<never> | 'restarting' | undefined;
  readonly type: ChildType;
  readonly modules: readonly string[];
}

/** How many children there are. */
export interface ChildCounts {
  /** All, running or not. */
  readonly specs: number;
  /** Those that run. */
  readonly active: number;
  /** Those of type `'supervisor'`, running or not. */
  readonly supervisors: number;
  /** Those of type `'worker'`, running or not. */
  readonly workers: number;
}

/** The running process of a child, with what its start gave beside it. */
export type RunningChild = Pid<never> | PidWithInfo;

/** Requests by name; those that can be refused answer with an outcome. */
export interface Calls {
  start_child(spec: CompleteSpec): Outcome<RunningChild | undefined>;
  terminate_child(child: unknown): Outcome<undefined>;
  restart_child(id: unknown): Outcome<RunningChild | undefined>;
  delete_child(id: unknown): Outcome<undefined>;
  get_childspec(id: unknown): Outcome<CompleteSpec>;
  which_children(): readonly ChildInfo[];
  count_children(): ChildCounts;
}

/** What every supervisor's server takes. */
export interface SupervisorProtocol {
  readonly call: { readonly [K in keyof Calls]: Calls[K] };
  readonly cast: { try_again_restart(child: Child): void };
}

/** The behaviour of the supervisors of one module, as far as this package uses it. */
export interface SupervisorServer<G> {
  startLink(given: G, options?: StartOptions): Promise<Pid<never> | 'ignore'>;
}

/** A supervisor of any kind, its type erased. */
export type AnySupervisor = Pid<never> | StandsFor<Pid<never>> | Name;

type Refusable = {
  [K in keyof Calls]: ReturnType<Calls[K]> extends Outcome<unknown> ? K : never;
}[keyof Calls];
type Answer<R> = R extends { readonly ok: true; readonly value: infer V } ? V : never;

/**
 * Asks a supervisor for something that it may refuse: rejects with `ChildError`, named by `what`. Waits as long as it takes: a supervisor that
 * starts or stops a child answers after it. Rejects with `ExitError` as a call does.
 */
export function ask<K extends Refusable>(
  supervisor: AnySupervisor,
  request: K,
  { payload, what }: { readonly payload: Parameters<Calls[K]>[0]; readonly what: string },
): Promise<Answer<ReturnType<Calls[K]>>> {
  return call(supervisor, request, payload).then((outcome) => {
    if (outcome.ok) return outcome.value as Answer<ReturnType<Calls[K]>>; // the answer to `request`, by the type of its handler
    throw new ChildError(what, outcome.reason);
  });
}

/** Which children there are. OTP: `which_children`. */
export function askWhichChildren(supervisor: AnySupervisor): Promise<readonly ChildInfo[]> {
  return GenServer.call(served(supervisor), 'which_children', undefined, FOREVER);
}

/** How many children there are. OTP: `count_children`. */
export function askCountChildren(supervisor: AnySupervisor): Promise<ChildCounts> {
  return GenServer.call(served(supervisor), 'count_children', undefined, FOREVER);
}

/** Has the calling supervisor try a restart again, after what is in its mailbox. */
export function tryAgainLater(child: Child): void {
  GenServer.cast(served(self()), 'try_again_restart', child);
}

const FOREVER = { timeout: 'infinity' } as const;

/** The requests that can be refused, with their payloads erased. */
interface Refusing {
  readonly call: { readonly [K in Refusable]: (payload: unknown) => Outcome<unknown> };
}

function call(supervisor: AnySupervisor, request: Refusable, payload: unknown): Promise<Outcome<unknown>> {
  const server = supervisor as ServerPid<Refusing>; // `ask` has typed the payload for `request`; GenServer takes a reference in any form
  return GenServer.call(server, request, payload, FOREVER);
}

/** A reference under the type of its requests. Both kinds of supervisor handle each of them. */
function served(supervisor: AnySupervisor): ServerPid<SupervisorProtocol> {
  return supervisor as ServerPid<SupervisorProtocol>; // GenServer takes a reference in any form
}
