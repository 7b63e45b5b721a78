/**
 * XState's actor as a process runs it. Its clock is the process's; whatever reaches an actor of its system from outside of the
 * process's turns (a promise that settles, an emitter's listener) becomes a message first; what it throws is caught here.
 */
import {
  type Actor,
  type ActorOptions,
  type AnyActorLogic,
  type AnyActorRef,
  createActor,
  type EventObject,
  isMachineSnapshot,
  type Snapshot,
} from 'xstate';
import { restartDelays } from './delays.ts';
import type { Timers } from './timers.ts';

/** How XState gives an event to an actor. */
type Relay = (source: AnyActorRef | undefined, target: AnyActorRef, event: EventObject) => void;

/** An event on its way; without `target` it is for the machine itself. */
export interface Routed {
  readonly source: AnyActorRef | undefined;
  readonly target: AnyActorRef | undefined;
  readonly event: EventObject;
}

/** Where events go that are for the machine itself, or come from outside. */
export interface Ports {
  readonly timers: Timers;
  /** In a turn: an event to be handled after this one. */
  readonly enqueue: (routed: Routed) => void;
  /** From a foreign stack: an event that is to become a message. */
  readonly post: (routed: Routed) => void;
}

/** What `createActor` is given. */
export interface ActorStart {
  readonly input: unknown;
  readonly snapshot: Snapshot<unknown> | undefined;
  readonly inspect: ActorOptions<AnyActorLogic>['inspect'];
}

/** One running machine. Its methods are called in the process's turns, `close` at its exit. */
export class MachineActor {
  readonly #actor: Actor<AnyActorLogic>;
  readonly #isRestored: boolean;
  readonly #relay: Relay;
  #state: 'outside' | 'turn' | 'handling' | 'closed' = 'outside';
  #crash: { readonly error: unknown } | undefined;

  constructor(logic: AnyActorLogic, { input, snapshot, inspect }: ActorStart, ports: Ports) {
    const { timers } = ports;
    this.#isRestored = snapshot !== undefined;
    this.#actor = createActor(logic, {
      input,
      ...(snapshot !== undefined && { snapshot }),
      ...(inspect !== undefined && { inspect }),
      clock: {
        setTimeout: (fire, ms) => timers.start(ms < 0 ? 0 : ms, fire), // what is over already is due, as by XState's own clock
        clearTimeout: (id: number) => timers.cancel(id),
      },
    });
    this.#relay = this.#takeOver(ports);
    // XState throws an error that no observer takes at the host's timers.
    this.#actor.subscribe({
      error: (error: unknown) => {
        this.#crash = { error };
      },
    });
  }

  get snapshot(): Snapshot<unknown> {
    return this.#actor.getSnapshot() as Snapshot<unknown>; // whatever the logic is, that is what actors have
  }

  /** What `snapshot` of a later start takes. */
  get persisted(): Snapshot<unknown> {
    return this.#actor.getPersistedSnapshot();
  }

  /** What the machine threw, if it did: its process is to end. */
  get crash(): { readonly error: unknown } | undefined {
    return this.#crash;
  }

  /** Runs `fn` as a part of the process's turn: events for the machine itself are enqueued. */
  inTurn<T>(fn: () => T): T {
    return this.#in('turn', fn);
  }

  /** Runs the entry actions. A machine that was restored gets its `after` delays again. */
  start(): void {
    this.#in('handling', () => {
      this.#actor.start();
      if (this.#isRestored && this.#crash === undefined) restartDelays(this.#actor);
    });
  }

  /** Gives `target`, or the machine itself, an event, and handles it. */
  deliver({ source, target, event }: Routed): void {
    const receiver = target ?? this.#actor;
    if (!isRunning(receiver)) return;
    this.#in('handling', () => this.#relay(source, receiver, event));
  }

  /** Stops every actor of the system, and with them promises (by their `AbortSignal`), callbacks and observables. */
  close(): void {
    this.#state = 'closed';
    this.#stopChildren(this.#actor);
    this.#actor.stop();
  }

  /** For a machine that has failed, or whose action runs now: XState leaves its actors to themselves. Those stop theirs. */
  #stopChildren(parent: AnyActorRef): void {
    const snapshot: unknown = parent.getSnapshot();
    if (!isMachineSnapshot(snapshot)) return;
    const children: readonly (AnyActorRef | undefined)[] = Object.values(snapshot.children);
    for (const child of children) {
      if (child !== undefined && isRunning(child)) this.#relay(parent, child, { type: 'xstate.stop' });
    }
  }

  #in<T>(state: 'turn' | 'handling', fn: () => T): T {
    const before = this.#state;
    this.#state = state;
    try {
      return fn();
    } finally {
      if (this.#state === state) this.#state = before; // else the process has exited meanwhile
    }
  }

  /** Every event in a system goes through this one function; it is not in XState's declarations. */
  #takeOver({ enqueue, post }: Ports): Relay {
    const { system } = this.#actor;
    const relay: unknown = Reflect.get(system, '_relay');
    if (typeof relay !== 'function') throw new Error('this version of xstate is not supported: use 5.33');
    const original = relay as Relay; // it is XState's own
    Reflect.set(system, '_relay', (...[source, receiver, event]: Parameters<Relay>): void => {
      const target = receiver === this.#actor ? undefined : receiver;
      if (source !== undefined && statusOf(source) === 'error') this.#stopChildren(source); // this tells its parent
      switch (this.#state) {
        case 'closed':
          return;
        case 'outside':
          return post({ source, target, event });
        case 'turn':
          return enqueue({ source, target, event });
        case 'handling':
          return target === undefined ? enqueue({ source, target, event }) : original(source, target, event);
      }
    });
    return original;
  }
}

function isRunning(actor: AnyActorRef): boolean {
  return statusOf(actor) === 'active';
}

function statusOf(actor: AnyActorRef): Snapshot<unknown>['status'] {
  const { status } = actor.getSnapshot() as Snapshot<unknown>; // whatever the logic is, that is what actors have
  return status;
}
