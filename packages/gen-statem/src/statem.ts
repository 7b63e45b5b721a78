/**
 * One machine in its process: takes one event at a time, then does what its actions asked for. OTP: the loop of `gen_statem`.
 *
 * Events are handled in this order: those of `nextEvent` and those that the machine's own actors send it; postponed ones after a
 * change of state; timeouts of 0 ms; the mailbox. Each is one turn's work, so an endless chain holds up nobody else.
 */
import {
  type Awaitable,
  bindSelf,
  ExitError,
  type ExitReason,
  Gen,
  type Outcome,
  own,
  sameTerm,
  self,
  send,
} from '@coppice/core';
import {
  continueWith,
  type Noreply,
  noreply,
  type Ok,
  ok,
  type Stop,
  type StopInit,
  stop,
  stopInit,
} from '@coppice/gen-server';
import { type AnyActorLogic, type EventObject, isMachineSnapshot, type Snapshot } from 'xstate';
import { collectEffects, type Delivery, type Effects } from './actions.ts';
import { andThen } from './awaitable.ts';
import { type ActorStart, MachineActor } from './machine-actor.ts';
import { Timeouts } from './timeouts.ts';
import { Timers } from './timers.ts';
import { Waiters } from './waiters.ts';

/** What a machine is started with. */
export interface StatemStart extends ActorStart {
  readonly logic: AnyActorLogic;
  /** Types of the events that only an action answers. */
  readonly answers: ReadonlySet<string>;
  readonly persist: ((snapshot: Snapshot<unknown>) => unknown) | undefined;
}

/** By what an event from a foreign stack reaches the process. */
export interface PostedMessage {
  readonly type: '$statem_posted';
  readonly id: number;
}

/** What the loop of a GenServer is told. */
type Next = Noreply<Statem> | Stop<Statem>;

export class Statem {
  readonly waiters: Waiters = new Waiters();
  readonly #timers = new Timers();
  readonly #timeouts: Timeouts;
  #actor: MachineActor;
  readonly #start: StatemStart;
  /** What is handled before the mailbox. */
  #queue: Delivery[] = [];
  /** What actors of the machine sent it while it handled an event. */
  #sent: Delivery[] = [];
  /** What waits for a change of state, oldest first. */
  #postponed: Delivery[] = [];
  /** Calls that are answered with the snapshot as soon as the machine rests. */
  #asking: Gen.From[] = [];
  readonly #posted = new Map<number, Delivery>();
  readonly #post: (id: number) => void;
  #lastPosted = 0;

  /** Enters the first state. What that throws is why the start failed. */
  static begin(start: StatemStart): Awaitable<Ok<Statem> | StopInit> {
    const { value: statem, effects } = collectEffects(undefined, () => {
      const started = new Statem(start);
      started.#actor.start();
      return started;
    });
    const { crash } = statem.#actor;
    if (crash !== undefined) return stopInit(crashReason(crash.error));
    return andThen(statem.#persist(), () => {
      statem.#obey(effects, false);
      return statem.#isBusy ? ok(statem, continueWith('next')) : ok(statem);
    });
  }

  constructor(start: StatemStart) {
    this.#start = start;
    this.#timeouts = new Timeouts(this.#timers, (event) => this.#queue.push(toDelivery(event, undefined)));
    const pid = self<PostedMessage>();
    this.#post = bindSelf((id: number): void => send(pid, { type: '$statem_posted', id }));
    this.#actor = this.#makeActor(start.snapshot);
    own(() => this.#actor.close());
  }

  get snapshot(): Snapshot<unknown> {
    return this.#actor.snapshot;
  }

  /** An event has come from outside; `from` is who wants an answer. */
  take(event: EventObject, from?: Gen.From): Awaitable<Next> {
    this.#queue.push(toDelivery(event, from));
    return this.next();
  }

  /** The message of a timer has come. */
  fire(timer: number): Awaitable<Next> {
    this.#actor.inTurn(() => this.#timers.fire(timer));
    this.#queue.push(...this.#sent.splice(0));
    return this.next();
  }

  /** The message of an event from a foreign stack has come. */
  takePosted(id: number): Awaitable<Next> {
    const delivery = this.#posted.get(id);
    this.#posted.delete(id);
    if (delivery !== undefined) this.#queue.push(delivery);
    return this.next();
  }

  /** Handles what is first in the queue. */
  next(): Awaitable<Next> {
    if (this.snapshot.status !== 'active') return this.#finish();
    const delivery = this.#takeNext();
    if (delivery === undefined) return this.#rest();
    if (delivery.target === undefined) this.#timeouts.cancel('timeout');
    const before = this.snapshot;
    const { effects } = collectEffects(delivery, () => this.#actor.deliver(delivery));
    const { crash } = this.#actor;
    if (crash !== undefined) return this.#fail(crash.error);
    return andThen(this.#persist(), () => {
      this.#obey(effects, hasChangedState(before, this.snapshot));
      return this.#rest();
    });
  }

  /**
   * Goes on in another snapshot, as after a restart from it: invoked actors and `after` delays start anew. Timeouts, postponed events and those who
   * wait stay. If `change` throws, or what it gives can't be restored, `from` is told and nothing has changed.
   */
  replace(change: (snapshot: Snapshot<unknown>) => Snapshot<unknown>, from: Gen.From): Awaitable<Next> {
    const made = this.#tryActor(change);
    if (!made.ok) {
      Gen.reply(from, made);
      return noreply(this);
    }
    this.#actor.close();
    this.#actor = made.value;
    const { effects } = collectEffects(undefined, () => made.value.start());
    const { crash } = this.#actor;
    if (crash !== undefined) return this.#fail(crash.error);
    return andThen(this.#persist(), () => {
      this.#obey(effects, false);
      Gen.reply(from, { ok: true, value: this.snapshot });
      return this.#rest();
    });
  }

  #tryActor(change: (snapshot: Snapshot<unknown>) => Snapshot<unknown>): Outcome<MachineActor> {
    try {
      const actor = this.#makeActor(change(this.#actor.persisted));
      const { snapshot } = actor;
      return snapshot.status === 'error' ? { ok: false, reason: snapshot.error } : { ok: true, value: actor };
    } catch (reason) {
      return { ok: false, reason };
    }
  }

  #makeActor(snapshot: Snapshot<unknown> | undefined): MachineActor {
    return new MachineActor(
      this.#start.logic,
      { ...this.#start, snapshot },
      {
        timers: this.#timers,
        enqueue: (routed) => this.#sent.push({ ...routed, from: undefined }),
        post: (routed) => {
          this.#lastPosted += 1;
          this.#posted.set(this.#lastPosted, { ...routed, from: undefined });
          this.#post(this.#lastPosted);
        },
      },
    );
  }

  #takeNext(): Delivery | undefined {
    const delivery = this.#queue.shift();
    if (delivery !== undefined) return delivery;
    const event = this.#timeouts.takeZero();
    return event && toDelivery(event, undefined);
  }

  get #isBusy(): boolean {
    return this.#queue.length > 0 || this.#timeouts.hasZero || this.snapshot.status !== 'active';
  }

  /** After one event: goes on with the next one that is there, else answers who asked, and waits for messages. */
  #rest(): Next {
    this.waiters.tell(this.snapshot);
    if (this.snapshot.status !== 'active') return this.#finish();
    if (this.#isBusy) return noreply(this, continueWith('next'));
    this.#answer();
    return noreply(this);
  }

  /** The machine has come to its end: so does the process. */
  #finish(): Next {
    this.#answer();
    return stop('normal', this);
  }

  #answer(): void {
    const asking = this.#asking;
    this.#asking = [];
    for (const from of asking) Gen.reply(from, this.snapshot);
  }

  #fail(error: unknown): Next {
    if (error instanceof Error) throw error; // the loop knows what an error means
    return stop(crashReason(error), this);
  }

  #persist(): unknown {
    return this.#start.persist?.(this.#actor.persisted);
  }

  #obey(effects: Effects, hasChanged: boolean): void {
    const { delivery } = effects;
    if (effects.isPostponed && delivery !== undefined) this.#postponed.push(delivery);
    const retried = hasChanged ? this.#postponed : [];
    if (hasChanged) {
      this.#postponed = [];
      this.#timeouts.cancel('state_timeout');
    }
    this.#queue = [...effects.next, ...this.#sent.splice(0), ...retried, ...this.#queue];
    for (const change of effects.timeouts) this.#timeouts.apply(change);
    for (const { from, value } of effects.replies) Gen.reply(from, value);
    if (delivery?.from === undefined || effects.isPostponed || effects.isAnswered) return;
    if (!this.#start.answers.has(delivery.event.type)) this.#asking.push(delivery.from);
  }
}

function toDelivery(event: EventObject, from: Gen.From | undefined): Delivery {
  return { source: undefined, target: undefined, event, from };
}

/** A thrown value that is no error ends a process as it does in a body. */
function crashReason(error: unknown): ExitReason {
  if (!(error instanceof Error)) return { nocatch: error };
  return error instanceof ExitError && error.call === undefined ? error.reason : error;
}

/** A machine's state is its value; of any other logic, its context. */
function hasChangedState(before: Snapshot<unknown>, after: Snapshot<unknown>): boolean {
  return before !== after && !sameTerm(stateOf(before), stateOf(after));
}

function stateOf(snapshot: Snapshot<unknown>): unknown {
  if (isMachineSnapshot(snapshot)) return snapshot.value;
  return 'context' in snapshot ? snapshot.context : undefined;
}
