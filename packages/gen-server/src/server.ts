/** What `define` makes: a behaviour under a module name, to be started, supervised and called. */
import type {
  ChildOptions,
  ChildSpec,
  MonitorRef,
  Name,
  Named,
  NameFor,
  Pid,
  SpawnOptions,
  Timeout,
} from '@coppice/core';
import type { Ignore } from './callback-result.ts';
import type {
  CallOf,
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
  ServerRef,
} from './protocol.ts';

/** Options of every start function, the name aside. */
export interface StartFlags extends Pick<SpawnOptions, 'isolation' | 'mailbox'> {
  /** Time for `init` in ms; default `'infinity'`. When it ends, the process is killed and the start rejects with `StartError('timeout')`. */
  readonly timeout?: Timeout;
  /** Shown in reports and in `processInfo`. */
  readonly label?: unknown;
  /** Go to sleep after so many ms without a message; default `'infinity'`. */
  readonly hibernateAfter?: Timeout;
}

/** Options of `startLink`, `start`, `startMonitor`. */
export interface StartOptions<P extends Pid<never> = Pid<never>> extends StartFlags {
  /** Registered before `init` runs; when it is taken, the start rejects with `AlreadyStartedError`. */
  readonly name?: NameFor<P>;
}

type OrIgnore<X> = Extract<X, Ignore> extends never ? never : 'ignore';

/** `Promise<pid>`, or also `'ignore'` if `init` may ignore. */
export type Started<P, X> = Promise<P | OrIgnore<X>>;

/** What `startMonitor` gives. */
export interface Monitored<out P extends Pid<never>> {
  readonly pid: P;
  readonly ref: MonitorRef;
}

/** Arguments of a start function: that of `init`, if it has one, then options. */
export type StartRest<A extends readonly unknown[], O> = A extends []
  ? [arg?: undefined, options?: O]
  : [...arg: A, options?: O];

/** A defined behaviour. `P` is its protocol, `A` the argument of `init`, `X` whether `init` may ignore. */
export interface Server<P extends Protocol, A extends readonly unknown[] = [], X = never> {
  /** Its name in reports and its default child id. */
  readonly module: string;
  /**
   * Starts a server linked to the caller and resolves when its `init` is done. Rejects with `StartError`,
   * `AlreadyStartedError`, or `TypeError` / `RangeError` for a bad option. OTP: `gen_server:start_link/4`.
   */
  startLink(...rest: StartRest<A, StartOptions<ServerPid<P>>>): Started<ServerPid<P>, X>;
  /** As `startLink`, without the link. OTP: `gen_server:start/4`. */
  start(...rest: StartRest<A, StartOptions<ServerPid<P>>>): Started<ServerPid<P>, X>;
  /** As `start`; the caller also monitors the server from the first moment. OTP: `gen_server:start_monitor/4`. */
  startMonitor(
    ...rest: StartRest<A, StartOptions<ServerPid<P>>>
  ): Promise<Monitored<ServerPid<P>> | OrIgnore<X>>;
  /** A child spec for a supervisor. Default id: the `id` option, else the name, else the module. OTP: `child_spec/1`. */
  childSpec(
    ...rest: StartRest<A, StartOptions<ServerPid<P>> & ChildOptions>
  ): ChildSpec<ServerPid<P>, OrIgnore<X>>;
  /** The calling process as a server of this kind; throws `TypeError` anywhere else. For `sendAfter(Ticker.self(), …)`. */
  self(): ServerPid<P>;
  /** A typed name for servers of this kind. */
  name(name: Name): Named<ServerPid<P>>;
  /**
   * Sends a request and waits for its reply. Rejects with `ExitError`: `'timeout'` (the request still happens, a late
   * reply is dropped), `'noproc'`, `'calling_self'`, or the reason with which the server ended. OTP: `GenServer.call/3`.
   */
  call<K extends (keyof CallsOf<P> & string) | OtherCalls<P>>(
    server: ServerRef<P> | Name,
    request: K,
    ...rest: CallRest<CallOf<P, K>>
  ): Promise<ReplyTo<CallOf<P, K>>>;
  /** Sends a request without waiting; to a missing server it does nothing. OTP: `GenServer.cast/2`. */
  cast<K extends (keyof CastsOf<P> & string) | OtherCasts<P>>(
    server: ServerRef<P> | Name,
    request: K,
    ...payload: CastRest<CastOf<P, K>>
  ): void;
}

/** Protocol of a definition: `ProtocolOf<typeof Counter>`. */
export type ProtocolOf<D> = D extends Server<infer P, infer _A, infer _X> ? P : never;
/** Pid of a server of a definition: `PidOf<typeof Counter>`. */
export type PidOf<D> = ServerPid<ProtocolOf<D>>;
/** Typed pid or typed name of a server of a definition: `RefOf<typeof Counter>`. */
export type RefOf<D> = ServerRef<ProtocolOf<D>>;
