/** The server behind a machine: takes the messages of its process to the machine. OTP: `gen_statem` beside its loop. */
import { type Awaitable, type ExitReason, emit, hasSubscribers, type Ref, self } from '@coppice/core';
import {
  type From,
  GenServer,
  type Noreply,
  noreply,
  type Ok,
  reply,
  type Server,
  type Stop,
  type StopInit,
} from '@coppice/gen-server';
import { type AnyActorLogic, type EventObject, isMachineSnapshot, type Snapshot } from 'xstate';
import { isEvent } from './actions.ts';
import { andThen } from './awaitable.ts';
import type { ActorStart } from './machine-actor.ts';
import { type PostedMessage, Statem } from './statem.ts';
import type { TimerMessage } from './timers.ts';
import type { Waiter } from './waiters.ts';

/** What clients send. */
export interface StatemProtocol {
  readonly call: {
    readonly event: (event: EventObject) => unknown;
    readonly snapshot: () => Snapshot<unknown>;
    readonly replaceState: (change: Change) => unknown;
    readonly waitFor: (wait: Pick<Waiter, 'id' | 'when'>) => unknown;
  };
  readonly cast: { readonly event: (event: EventObject) => void; readonly forget: (id: Ref) => void };
  readonly info: never;
  readonly state: Statem;
}

/** What `replaceState` does to a snapshot. */
export type Change = (snapshot: Snapshot<unknown>) => Snapshot<unknown>;

/** Input and options of one start. */
export interface MachineArgument extends Pick<ActorStart, 'input' | 'inspect'> {
  readonly snapshot: unknown;
  readonly persist: ((snapshot: Snapshot<unknown>) => unknown) | undefined;
}

/** `MachineOptions` with its types erased. */
export interface ServerOptions {
  readonly answers?: object;
  readonly terminate?: (reason: ExitReason, snapshot: never) => Awaitable<void>;
  readonly formatStatus?: (snapshot: never) => unknown;
  readonly trapExit?: boolean;
}

/** The server of machines that run `logic`. */
export function defineServer(
  module: string,
  logic: AnyActorLogic,
  options: ServerOptions,
): Server<StatemProtocol, [argument: MachineArgument]> {
  const { answers = {}, terminate, formatStatus = showSnapshot, trapExit = false } = options;
  return GenServer.define(module, {
    init: (argument: MachineArgument) => beginStatem(logic, answers, argument),
    call: {
      replaceState: (statem, change: Change, from: From<unknown>) => statem.replace(change, from),
      event: (statem, event: EventObject, from: From<unknown>) => statem.take(event, from),
      snapshot: (statem) => reply(statem.snapshot, statem),
      waitFor: (statem, wait: Pick<Waiter, 'id' | 'when'>, from: From<unknown>) => {
        statem.waiters.add({ ...wait, from }, statem.snapshot);
        return noreply(statem);
      },
    },
    cast: {
      event: (statem, event: EventObject) => statem.take(event),
      forget: (statem, id: Ref) => {
        statem.waiters.forget(id);
        return noreply(statem);
      },
    },
    continue: { next: (statem) => statem.next() },
    handleInfo: (message: never, statem: Statem) => takeMessage(module, statem, message),
    formatStatus: (statem) => formatStatus(statem.snapshot as never), // the snapshot of `logic`, for which it was typed
    trapExit,
    ...(terminate && {
      terminate: (reason: ExitReason, statem: Statem) => terminate(reason, statem.snapshot as never),
    }),
  });
}

/** Starts a machine in the calling process. `answers` has the types of the events that only an action answers. */
export function beginStatem(
  logic: AnyActorLogic,
  answers: object,
  { snapshot, ...argument }: MachineArgument,
): Awaitable<Ok<Statem> | StopInit> {
  return andThen(typeof snapshot === 'function' ? snapshot() : snapshot, (found) =>
    Statem.begin({
      ...argument,
      snapshot: found as Snapshot<unknown> | undefined, // what `persist` was given, so typed
      logic,
      answers: new Set(Object.keys(answers)),
    }),
  );
}

/** Any other message with a type is an event: `DOWN`, `EXIT`, what a timer sends. */
function takeMessage(
  module: string,
  statem: Statem,
  message: unknown,
): Awaitable<Noreply<Statem> | Stop<Statem>> {
  if (isEvent(message)) {
    if (isTimer(message)) return statem.fire(message.id);
    return isPosted(message) ? statem.takePosted(message.id) : statem.take(message);
  }
  reportUnexpected(module, message);
  return noreply(statem);
}

function isTimer(message: EventObject): message is TimerMessage {
  return message.type === '$statem_timer';
}

function isPosted(message: EventObject): message is PostedMessage {
  return message.type === '$statem_posted';
}

/** What is no event is dropped, as a GenServer drops what it has no handler for. */
function reportUnexpected(module: string, message: unknown): void {
  const pid = self();
  if (hasSubscribers('coppice.gen_server.unexpected_message')) {
    emit('coppice.gen_server.unexpected_message', { pid, module, message });
  } else {
    console.error(`${module} ${pid} received an unexpected message, which is no event`);
  }
}

/** The parts of a snapshot that tell something: the machine itself is not for reports. */
function showSnapshot(snapshot: Snapshot<unknown>): unknown {
  if (!isMachineSnapshot(snapshot)) return snapshot;
  const { status, value, context } = snapshot as Record<'status' | 'value' | 'context', unknown>; // every machine's has them
  return { status, value, context };
}
