/** What `define` makes, as types: a machine to be started, supervised and sent events. OTP: the API of `gen_statem`. */
import type {
  Awaitable,
  ChildOptions,
  ChildSpec,
  ExitReason,
  Name,
  Named,
  Pid,
  StandsFor,
  Timeout,
} from '@coppice/core';
import type { Monitored, RequestId, StartOptions } from '@coppice/gen-server';
import type { ActorOptions, AnyActorLogic, EventFromLogic, InputFrom, Snapshot, SnapshotFrom } from 'xstate';

declare const runs: unique symbol;
declare const answered: unique symbol;

/** Pid of a machine; `send(pid, event)` is checked against the machine's events. */
export interface MachinePid<L extends AnyActorLogic> extends Pid<EventFromLogic<L>> {
  readonly [runs]: SnapshotFrom<L>;
}

/** A machine by typed pid, typed name, or untyped name. */
export type MachineRef<L extends AnyActorLogic> = MachinePid<L> | StandsFor<MachinePid<L>> | Name;

/** Options of the start functions. The callbacks among them run in the machine's process. */
export type MachineStart<L extends AnyActorLogic> = StartOptions<MachinePid<L>> &
  Pick<ActorOptions<L>, 'inspect'> & {
    /**
     * Start from what `persist` was given, instead of from the first state: entry actions do not run, invoked actors and `after` delays start
     * anew. A function is called at each start, also after a restart; `undefined` from it starts from the first state.
     */
    readonly snapshot?: Snapshot<unknown> | (() => Awaitable<Snapshot<unknown> | undefined>);
    /** Gets XState's persisted snapshot after the start and each event, before the event is answered. While its promise is pending the machine waits; a throw ends it. */
    readonly persist?: (snapshot: Snapshot<unknown>) => Awaitable<void>;
  };

/** Stands for the type of an answer: see `GenStatem.answer`. */
export interface Answer<out T> {
  readonly [answered]?: T;
}

/** Answers by the type of the event that asks. */
export type Answers = { readonly [event: string]: Answer<unknown> };

/** How a machine's process behaves, whatever its machine is. */
export interface MachineOptions<L extends AnyActorLogic, A extends Answers = {}> {
  /** Calls that an action answers, by `reply` or `deferReply`, with the type of the answer; all others are answered with the snapshot. */
  readonly answers?: A & { readonly [K in keyof A]: K extends EventFromLogic<L>['type'] ? unknown : never };
  /** Called before the process ends by its own doing or its parent's; skipped on an exit signal unless trapping. A throw replaces the reason. */
  readonly terminate?: (reason: ExitReason, snapshot: SnapshotFrom<L>) => Awaitable<void>;
  /** What `getStatus` and crash reports show in place of the snapshot. */
  readonly formatStatus?: (snapshot: SnapshotFrom<L>) => unknown;
  /** Start trapping exits: they become events `{ type: 'EXIT', from, reason }`, and `terminate` is called when the parent exits. */
  readonly trapExit?: boolean;
}

/** What a call by an event of type `T` resolves with. */
export type AnswerTo<L extends AnyActorLogic, A extends Answers, T> = T extends keyof A
  ? A[T] extends Answer<infer R>
    ? R
    : never
  : SnapshotFrom<L>;

/** Input, if the machine wants one, then options. */
export type StartRest<L extends AnyActorLogic, O> =
  undefined extends InputFrom<L> ? [input?: InputFrom<L>, options?: O] : [input: InputFrom<L>, options?: O];

/** How long one waits, in ms; default 5000. */
export interface WaitOptions {
  readonly timeout?: Timeout;
}

/** A defined machine. `L` is its logic, `A` what its actions answer. */
export interface Machine<L extends AnyActorLogic, A extends Answers = {}> {
  /** Its name in reports and its default child id. */
  readonly module: string;
  /**
   * Starts a machine linked to the caller and resolves when the entry actions of its first state have run. Rejects with `StartError` if one of them, or the
   * function that makes the context, throws; with `AlreadyStartedError`, or `TypeError` / `RangeError` for a bad option. OTP: `gen_statem:start_link/4`.
   */
  startLink(...rest: StartRest<L, MachineStart<L>>): Promise<MachinePid<L>>;
  /** As `startLink`, without the link. OTP: `gen_statem:start/4`. */
  start(...rest: StartRest<L, MachineStart<L>>): Promise<MachinePid<L>>;
  /** As `start`; the caller also monitors the machine from the first moment. OTP: `gen_statem:start_monitor/4`. */
  startMonitor(...rest: StartRest<L, MachineStart<L>>): Promise<Monitored<MachinePid<L>>>;
  /** A child spec for a supervisor. Default id: the `id` option, else the name, else the module. A machine that comes to an end wants `restart: 'transient'`. */
  childSpec(...rest: StartRest<L, MachineStart<L> & ChildOptions>): ChildSpec<MachinePid<L>, never>;
  /**
   * Makes the calling process such a machine, for one that has something to do before. Await it: the promise stays pending while the machine runs. Of the options
   * `name`, which must be its own, `hibernateAfter`, `snapshot`, `persist` and `inspect` count. Rejects as `GenServer.enterLoop` does. OTP: `gen_statem:enter_loop/4`.
   */
  enterLoop(...rest: StartRest<L, MachineStart<L>>): Promise<never>;
  /** A typed name for machines of this kind. */
  name(name: Name): Named<MachinePid<L>>;
  /** Sends an event, without waiting; to a missing machine it does nothing. OTP: `gen_statem:cast/2`. */
  cast(machine: MachineRef<L>, event: EventFromLogic<L>): void;
  /**
   * Sends an event and waits for the answer: what an action gave `reply`, else the snapshot with which the machine rests after it. If the machine comes to its end,
   * that is its last snapshot, with the output. Rejects with `ExitError`: `'timeout'` (default 5000 ms; the event is still handled, a late answer is dropped), `'noproc'`,
   * or the reason for which the machine ended. OTP: `gen_statem:call/3`.
   */
  call<T extends EventFromLogic<L>['type']>(
    machine: MachineRef<L>,
    event: EventFromLogic<L> & { readonly type: T },
    options?: WaitOptions,
  ): Promise<AnswerTo<L, A, T>>;
  /** Sends an event as `call` does, without waiting: for `GenServer.receiveResponse` and what goes with it. OTP: `gen_statem:send_request/2`. */
  sendRequest<T extends EventFromLogic<L>['type']>(
    machine: MachineRef<L>,
    event: EventFromLogic<L> & { readonly type: T },
  ): RequestId<AnswerTo<L, A, T>>;
  /** The snapshot now. Rejects as `call` does. OTP: `sys:get_state/2`. */
  snapshot(machine: MachineRef<L>, options?: WaitOptions): Promise<SnapshotFrom<L>>;
  /**
   * Puts `change` of the persisted snapshot in the place of the machine's, and resolves with the new one. For tests and the console. The machine goes on as one that was
   * started with that `snapshot`; its timeouts and postponed events stay. `change` runs in the machine's process and must not be async. If it throws, or what it gives can't be
   * restored, the machine stays as it was and this rejects with `CallbackError`. OTP: `sys:replace_state/3`.
   */
  replaceState(
    machine: MachineRef<L>,
    change: (snapshot: Snapshot<unknown>) => Snapshot<unknown>,
    options?: WaitOptions,
  ): Promise<SnapshotFrom<L>>;
  /**
   * Resolves with the first snapshot that satisfies `when`, the one now included; `when` runs in the machine's process, after each event. Rejects as `call` does, with
   * what `when` throws, and with the machine's exit reason if it ends before.
   */
  waitFor(
    machine: MachineRef<L>,
    when: (snapshot: SnapshotFrom<L>) => boolean,
    options?: WaitOptions,
  ): Promise<SnapshotFrom<L>>;
}
