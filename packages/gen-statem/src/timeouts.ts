/** State, event and generic timeouts. OTP: the timeout actions of `gen_statem`. */
import { describe, requireTimeout, type Timeout } from '@coppice/core';
import type { EventObject } from 'xstate';
import type { Timers } from './timers.ts';

/**
 * What ends a timeout before its time, beside `cancelTimeout` and a new one of the same kind:
 * - `'state_timeout'`: a change of state;
 * - `'timeout'`: any event;
 * - `{ timeout: name }`: nothing. Those of different names run side by side.
 */
export type TimeoutKind = 'state_timeout' | 'timeout' | { readonly timeout: string };

/** What an action asked for. */
export type TimeoutChange =
  | { readonly change: 'start'; readonly key: string; readonly ms: Timeout; readonly event: EventObject }
  | { readonly change: 'update'; readonly key: string; readonly event: EventObject }
  | { readonly change: 'cancel'; readonly key: string };

interface Running {
  event: EventObject;
  /** `undefined`: the time is 0. */
  readonly timer: number | undefined;
}

/** The kind as a key. Throws `TypeError` for what is no kind. */
export function timeoutKey(kind: TimeoutKind): string {
  if (kind === 'state_timeout' || kind === 'timeout') return kind;
  if (typeof kind === 'object' && kind !== null && typeof kind.timeout === 'string')
    return `:${kind.timeout}`;
  throw new TypeError(`kind must be 'state_timeout', 'timeout' or { timeout: name }, got ${describe(kind)}`);
}

/** The timeouts of one machine that run. */
export class Timeouts {
  readonly #timers: Timers;
  readonly #deliver: (event: EventObject) => void;
  /** In the order in which they were started. */
  readonly #running = new Map<string, Running>();

  /** `deliver` gets the event of a timeout, in a turn of the process. */
  constructor(timers: Timers, deliver: (event: EventObject) => void) {
    this.#timers = timers;
    this.#deliver = deliver;
  }

  apply(change: TimeoutChange): void {
    switch (change.change) {
      case 'start':
        return this.#start(change.key, change.ms, change.event);
      case 'update':
        return this.#update(change.key, change.event);
      case 'cancel':
        return this.cancel(change.key);
    }
  }

  cancel(key: string): void {
    const running = this.#running.get(key);
    if (running?.timer !== undefined) this.#timers.cancel(running.timer);
    this.#running.delete(key);
  }

  /** The event of the first timeout of 0 ms: those wait until no other event is there but in the mailbox. */
  takeZero(): EventObject | undefined {
    for (const [key, { event, timer }] of this.#running) {
      if (timer !== undefined) continue;
      this.#running.delete(key);
      return event;
    }
    return undefined;
  }

  get hasZero(): boolean {
    for (const { timer } of this.#running.values()) if (timer === undefined) return true;
    return false;
  }

  #start(key: string, ms: Timeout, event: EventObject): void {
    this.cancel(key);
    if (ms === 'infinity') return;
    const timer = ms === 0 ? undefined : this.#timers.start(ms, () => this.#fire(key));
    this.#running.set(key, { event, timer });
  }

  /** OTP: one that does not run is started with 0 ms. */
  #update(key: string, event: EventObject): void {
    const running = this.#running.get(key);
    if (running === undefined) this.#start(key, 0, event);
    else running.event = event;
  }

  #fire(key: string): void {
    const running = this.#running.get(key);
    this.#running.delete(key);
    if (running !== undefined) this.#deliver(running.event);
  }
}

/** Checks the time of a timeout. */
export function requireTimeoutMs(ms: Timeout): void {
  requireTimeout(ms, 'ms');
}
