/**
 * The callbacks of a GenServer as `define` takes them, and the protocol that is inferred from them. Types only; what
 * runs is made of them in `definition.ts`. OTP: the callbacks of the `gen_server` behaviour.
 */
import type { Awaitable, Down, Exit, ExitReason, Sendable, TimerFired } from '@coppice/core';
import type { Ignore, Noreply, Ok, Reply, Stop, StopInit } from './callback-result.ts';
import type { From } from './protocol.ts';

/** Handlers by name, before they are checked against the state. */
export type Handlers = { readonly [name: string]: (state: never, payload: never, from: never) => unknown };

/** The state that an `init` which returns `R` starts with. */
export type InitState<R> =
  R extends Ok<infer S> ? S : R extends Ignore | StopInit | Stop<unknown> ? never : R;

// `NoInfer` outermost, so that only `init` decides the state and a handler that disagrees is the error.
type State<R> = NoInfer<InitState<Awaited<R>>>;
type OneWay<S> = Awaitable<Noreply<S> | Stop<S>>;
type OnePayload<H> = H extends (...args: infer A) => unknown
  ? A extends [unknown?, unknown?, From<never>?]
    ? unknown
    : 'a request takes one payload, then from'
  : unknown;
// What is not annotated would be `never`: nobody could send it, and its handler could do with it whatever it liked.
type Annotated<H> = H extends (state: never, ...payload: infer A) => unknown
  ? A extends [infer P]
    ? [P] extends [never]
      ? 'the payload needs a type annotation'
      : unknown
    : unknown
  : unknown;
type CallHandlers<C, S> = {
  readonly [K in keyof C]: C[K] &
    OnePayload<C[K]> &
    Annotated<C[K]> &
    ((state: S, payload: never, from: never) => Awaitable<Reply<unknown, S> | Noreply<S> | Stop<S, unknown>>);
};
type OneWayHandlers<C, S> = {
  readonly [K in keyof C]: C[K] & Annotated<C[K]> & ((state: S, payload: never) => OneWay<S>);
};

/** Handlers of the messages that the runtime makes: typed without annotation. */
export interface RuntimeHandlers<S> {
  readonly DOWN?: (state: S, message: Down) => OneWay<S>;
  /** An EXIT from the parent never gets here: it stops the server. */
  readonly EXIT?: (state: S, message: Exit) => OneWay<S>;
  /** The time of a `{ timeout }` step ended, or, with `fired`, that of a `startTimer`. A method, so that `fired` may be annotated. */
  timeout?(state: S, fired: TimerFired | undefined): OneWay<S>;
}

// A method types the parameters of a fallback that are not annotated, without forbidding narrower ones that are.
interface Unannotated<S> {
  call(request: unknown, from: From<never>, state: S): unknown;
  oneWay(request: unknown, state: S): unknown;
}
type CallFallback<H, S> = H &
  Unannotated<S>['call'] &
  ((request: never, from: never, state: S) => Awaitable<Reply<unknown, S> | Noreply<S> | Stop<S, unknown>>);
type OneWayFallback<H, S> = H & Unannotated<S>['oneWay'] & ((request: never, state: S) => OneWay<S>);

/** The fallbacks among the keys `F` of callbacks. */
export type Fallbacks<F, R> = {
  readonly [K in keyof F]: K extends 'handleCall'
    ? CallFallback<F[K], State<R>>
    : K extends 'handleCast' | 'handleInfo'
      ? OneWayFallback<F[K], State<R>>
      : K extends keyof Callbacks<[], unknown, {}, {}, {}, {}>
        ? unknown
        : never;
};

/**
 * The callbacks of a GenServer. Each may be async; the next message waits for it. A throw ends the server with the
 * thrown `Error` as its reason (`exit(reason)`: with `reason`), after `terminate`.
 */
export interface Callbacks<A extends readonly unknown[], R, C, K, I, N> {
  /** Runs in the new process, its name already registered. Returns the state, or `ok`, `ignore`, `stopInit`. */
  readonly init: (...arg: A) => R;
  /** Per request: `(state, payload, from)`. Annotate the payload, and `from: From<R>` to reply later. */
  readonly call?: CallHandlers<C, State<R>>;
  /** Per request: `(state, payload)`. Annotate the payload. */
  readonly cast?: OneWayHandlers<K, State<R>>;
  /** Raw messages by their `type`; `DOWN`, `EXIT`, `timeout` are typed already, annotate others. What has no handler is logged and dropped. */
  readonly info?: RuntimeHandlers<State<R>> & OneWayHandlers<I, State<R>>;
  /** What `continueWith` names: runs before the next message. */
  readonly continue?: OneWayHandlers<N, State<R>>;
  // The fallbacks are typed by `Fallbacks`.
  /**
   * `(request, from, state)`: calls that no name in `call` stands for; one by a name with a payload comes as
   * `[name, payload]`. Annotate `request`, and `from: From<R>` to reply later. OTP: `handle_call/3`.
   */
  readonly handleCall?: unknown;
  /** `(request, state)`: casts that no name in `cast` stands for. OTP: `handle_cast/2`. */
  readonly handleCast?: unknown;
  /** `(message, state)`: messages that no `type` in `info` stands for, an idle `'timeout'` included. OTP: `handle_info/2`. */
  readonly handleInfo?: unknown;
  /** Called before the process ends by its own doing or its parent's; skipped on an exit signal unless trapping. A throw replaces the reason. */
  readonly terminate?: (reason: ExitReason, state: State<R>) => Awaitable<void>;
  /** What `getStatus` and crash reports show in place of the state. OTP: `format_status/1`. */
  readonly formatStatus?: (state: State<R>) => unknown;
  /** Start trapping exits: EXIT messages go to `info.EXIT`, and `terminate` is called when the parent exits. */
  readonly trapExit?: boolean;
}

// A `from` is told by its place: in that of the payload it is one, to be answered by whoever is asked to. So is `any`, which passes for `void` too.
type PayloadOf<H> = H extends (...args: infer A) => unknown
  ? A extends [unknown, unknown, From<never>]
    ? A extends [unknown, ...infer P, unknown]
      ? 0 extends 1 & P[0]
        ? P
        : P extends [void]
          ? []
          : P
      : []
    : A extends [unknown, ...infer P]
      ? P
      : []
  : never;
type Returned<R> =
  Awaited<R> extends infer N
    ? N extends Reply<infer V, unknown>
      ? V
      : N extends Stop<unknown, infer V>
        ? V
        : never
    : never;
type ReplyOf<H> = H extends (...args: infer A) => infer R
  ? (A extends [unknown, unknown, From<infer F>] ? F : never) | Returned<R>
  : never;

// `extends infer H` makes editors show the result, not these aliases.
type CallProtocol<C> = C extends infer H
  ? { [K in keyof H]: (...payload: PayloadOf<H[K]>) => ReplyOf<H[K]> }
  : never;
type CastProtocol<C> = C extends infer H ? { [K in keyof H]: (...payload: PayloadOf<H[K]>) => void } : never;
type MessageOf<H, K> = H extends (...args: infer A) => unknown
  ? A extends [] | [unknown]
    ? { readonly type: K }
    : A extends [unknown, (infer M)?]
      ? M
      : never
  : never;
type InfoOf<I> = {
  [K in keyof I]: K extends 'DOWN' | 'EXIT'
    ? never
    : K extends 'timeout'
      ? Extract<MessageOf<I[K], K>, TimerFired>
      : MessageOf<I[K], K>;
}[keyof I];
type FirstOf<F, K> = K extends keyof F
  ? F[K] extends (first: infer Q, ...rest: never) => unknown
    ? Q
    : never
  : never;
type OtherCall<F> = F extends { readonly handleCall: (request: infer Q, ...rest: infer A) => infer R }
  ? { otherCall: (request: Q) => (A extends [From<infer V>, ...unknown[]] ? V : never) | Returned<R> }
  : {};
type OtherCast<F> = F extends { readonly handleCast: (request: infer Q, ...rest: never) => unknown }
  ? { otherCast: (request: Q) => void }
  : {};

/** The protocol of a server with these callbacks. */
export type ProtocolFrom<R, C, K, I, F> = {
  call: CallProtocol<C>;
  cast: CastProtocol<K>;
  info: InfoOf<I> | Sendable<FirstOf<F, 'handleInfo'>>;
  state: InitState<Awaited<R>>;
} & OtherCall<F> &
  OtherCast<F>;
