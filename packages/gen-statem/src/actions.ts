/**
 * What an action of a machine may ask of its process: what XState has no word for. Called in actions (entry and exit actions
 * too) of the machine and of the machines that it invokes; done when all actions of the event have run, so that a crash undoes them.
 * Each throws `TypeError` when called from anywhere else. OTP: the actions that a `gen_statem` callback returns.
 */
import { describe, type Gen, type Timeout } from '@coppice/core';
import type { From } from '@coppice/gen-server';
import type { EventObject } from 'xstate';
import type { Routed } from './machine-actor.ts';
import { requireTimeoutMs, type TimeoutChange, type TimeoutKind, timeoutKey } from './timeouts.ts';

/** One event on its way to the machine or to an actor of its system. */
export interface Delivery extends Routed {
  /** Where the answer goes, if it came by a call. */
  readonly from: Gen.From | undefined;
}

/** What the actions of one event asked for. */
export interface Effects {
  /** `undefined` while the machine starts. */
  readonly delivery: Delivery | undefined;
  isPostponed: boolean;
  /** Whether the actions see to the answer of the call. */
  isAnswered: boolean;
  readonly next: Delivery[];
  readonly replies: { readonly from: Gen.From; readonly value: unknown }[];
  readonly timeouts: TimeoutChange[];
}

/** What the actions that run now ask for. An event is handled without interruption, so there is one at a time. */
let current: Effects | undefined;

/** Runs `handle`, gives what it gives, and collects what the actions in it ask for. */
export function collectEffects<T>(
  delivery: Delivery | undefined,
  handle: () => T,
): { readonly value: T; readonly effects: Effects } {
  const before = current;
  const effects: Effects = {
    delivery,
    isPostponed: false,
    isAnswered: false,
    next: [],
    replies: [],
    timeouts: [],
  };
  current = effects;
  try {
    return { value: handle(), effects };
  } finally {
    current = before;
  }
}

/**
 * Keeps the event that is being handled: it is handled again after the next change of state, before any event that came later. A call
 * that is postponed is answered then. May itself be the action: `on: { push: { actions: postpone } }`. Throws `TypeError` in the
 * entry actions with which a machine starts, where there is no event, and for an event that went to an invoked actor. OTP: `postpone`.
 */
export function postpone(): void {
  const effects = requireEffects('postpone');
  if (effects.delivery === undefined) throw new TypeError('postpone() was called while the machine starts');
  if (effects.delivery.target !== undefined)
    throw new TypeError('postpone() was called for an event of an invoked actor, not of the machine');
  effects.isPostponed = true;
}

/**
 * Gives the machine an event that it handles next, before all that are waiting; several are handled in the order of the calls. Other
 * than XState's `raise` it is an event of its own: state changes in between are seen, and it may be postponed. OTP: `{next_event, …}`.
 */
export function nextEvent(event: EventObject): void {
  const effects = requireEffects('nextEvent');
  effects.next.push({ source: undefined, target: undefined, event: requireEvent(event), from: undefined });
}

/** Answers the call that is being handled. If the event did not come by a call, nobody wants an answer and nothing happens. OTP: `{reply, From, Reply}`. */
export function reply(value: unknown): void {
  const effects = requireEffects('reply');
  const asker = effects.delivery?.from;
  if (asker === undefined) return;
  effects.isAnswered = true;
  effects.replies.push({ from: asker, value });
}

/**
 * Who asked, for an answer that is given later, by anybody, with `GenServer.reply(from, value)`; `undefined` if the event did not come
 * by a call. The call is then not answered by itself. OTP: the `From` of `{call, From}`.
 */
export function deferReply<R = unknown>(): From<R> | undefined {
  const effects = requireEffects('deferReply');
  const asker = effects.delivery?.from;
  if (asker !== undefined) effects.isAnswered = true;
  return asker as From<R> | undefined; // `R` is the caller's claim: an event does not say how it is answered
}

/**
 * Sends the machine `event` after `ms`, unless what `kind` names ends the timeout before. One of the same kind that runs is replaced;
 * `'infinity'` only ends it. 0: after the events that wait already inside the machine, before those in its mailbox. A state timeout that is
 * started by the actions of a change of state belongs to the new state. Throws `TypeError` or `RangeError` for a bad argument. OTP: `{state_timeout, Time, Content}`,
 * `{timeout, …}`, `{{timeout, Name}, …}`.
 */
export function startTimeout(kind: TimeoutKind, ms: Timeout, event: EventObject): void {
  const effects = requireEffects('startTimeout');
  requireTimeoutMs(ms);
  effects.timeouts.push({ change: 'start', key: timeoutKey(kind), ms, event: requireEvent(event) });
}

/** Gives a timeout that runs another event; its time stays. One that does not run is started with 0 ms. OTP: `{Type, update, Content}`. */
export function updateTimeout(kind: TimeoutKind, event: EventObject): void {
  const effects = requireEffects('updateTimeout');
  effects.timeouts.push({ change: 'update', key: timeoutKey(kind), event: requireEvent(event) });
}

/** Ends a timeout. One that does not run is none. OTP: `{Type, cancel}`. */
export function cancelTimeout(kind: TimeoutKind): void {
  requireEffects('cancelTimeout').timeouts.push({ change: 'cancel', key: timeoutKey(kind) });
}

/** Whether `value` can be an event of a machine. */
export function isEvent(value: unknown): value is EventObject {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function requireEffects(name: string): Effects {
  if (current !== undefined) return current;
  throw new TypeError(`${name}() was called outside of a machine's action`);
}

/** Checks an event. Throws `TypeError`. */
export function requireEvent(event: unknown): EventObject {
  if (isEvent(event)) return event;
  throw new TypeError(`event must be an object with a type, got ${describe(event)}`);
}
