/**
 * What a server is for its clients, as a type: which requests it takes, what it answers. Inferred by `define`, or
 * written out as an interface. Structural: a reference asks for the part of a protocol that it uses.
 */
import type { MonitorRef, Pid, StandsFor, Timeout } from '@coppice/core';

declare const serves: unique symbol;
declare const answers: unique symbol;

/** Requests by name, each a plain signature from its payload to its reply: `{ add: (by: number) => number }`. */
export type Requests = { readonly [request: string]: (...payload: never) => unknown };

/** What a server answers (`call`), takes (`cast`), receives (`info`) and holds (`state`). */
export interface Protocol {
  readonly call?: Requests;
  readonly cast?: Requests;
  readonly info?: unknown;
  readonly state?: unknown;
  /** Requests that no name stands for, answered by `handleCall`. */
  readonly otherCall?: (request: never) => unknown;
  /** Requests that no name stands for, taken by `handleCast`. */
  readonly otherCast?: (request: never) => unknown;
}

/** Pid of a server that serves `P`; also accepts its raw `info` messages. */
export interface ServerPid<out P extends Protocol>
  extends Pid<P extends { readonly info: infer I } ? I : never> {
  readonly [serves]: P;
}

/** A server by typed pid or typed name. */
export type ServerRef<P extends Protocol> = ServerPid<P> | StandsFor<ServerPid<P>>;

/**
 * Where the reply to one call goes. Plain data; may be kept and sent, and is used once, by any process, with
 * `GenServer.reply`. OTP: `from()`.
 */
export interface From<in R> {
  /** The caller. */
  readonly pid: Pid<never>;
  /** The caller's alias for this one reply. */
  readonly ref: MonitorRef;
  readonly [answers]: (reply: R) => void;
}

/** Options of a call. */
export interface CallOptions {
  /** How long the caller waits, in ms; default 5000. A call that timed out still happens. */
  readonly timeout?: Timeout;
}

/** The `call` requests of `P`. */
export type CallsOf<P extends Protocol> = P extends { readonly call: infer C extends Requests } ? C : {};
/** The `cast` requests of `P`. */
export type CastsOf<P extends Protocol> = P extends { readonly cast: infer C extends Requests } ? C : {};
/** The state of a server of `P`. */
export type StateOf<P extends Protocol> = P extends { readonly state: infer S } ? S : unknown;

type OtherCall<P extends Protocol> = P extends { readonly otherCall: infer F } ? F : never;
type OtherCast<P extends Protocol> = P extends { readonly otherCast: infer F } ? F : never;
type RequestOf<F> = F extends (request: infer Q) => unknown ? Q : never;

// The requests of a protocol are `(keyof CallsOf<P> & string) | OtherCalls<P>`, written out where they are used: errors
// then list them, where an alias would show the whole protocol.

/** The requests that `handleCall` takes. */
export type OtherCalls<P extends Protocol> = RequestOf<OtherCall<P>>;
/** The requests that `handleCast` takes. */
export type OtherCasts<P extends Protocol> = RequestOf<OtherCast<P>>;

/** Signature of a request that code without types makes: `'name' as never`. */
type AnyRequest = (payload?: unknown) => unknown;
/** Signature of the call request `K`. */
export type CallOf<P extends Protocol, K> = [K] extends [never]
  ? AnyRequest
  : K extends keyof CallsOf<P>
    ? CallsOf<P>[K]
    : () => ReplyTo<OtherCall<P>>;
/** Signature of the cast request `K`. */
export type CastOf<P extends Protocol, K> = [K] extends [never]
  ? AnyRequest
  : K extends keyof CastsOf<P>
    ? CastsOf<P>[K]
    : () => void;

/** What follows a call's request: its payload if it has one, then options. */
export type CallRest<F> = F extends (...payload: infer A) => unknown
  ? A extends []
    ? [payload?: undefined, options?: CallOptions]
    : [...payload: A, options?: CallOptions]
  : never;
/** What follows a cast's request: its payload if it has one. */
export type CastRest<F> = F extends (...payload: infer A) => unknown ? A : never;
/** What a request is answered with. */
export type ReplyTo<F> = F extends (...payload: never) => infer R ? R : never;
