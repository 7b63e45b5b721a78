/** Processes that wait for a machine to come to some state. */
import { Gen, isAlive, type Outcome, type Ref } from '@coppice/core';
import type { Snapshot } from 'xstate';

/** Someone who waits. `id` names the request, for one who gives up. */
export interface Waiter {
  readonly id: Ref;
  readonly from: Gen.From;
  readonly when: (snapshot: Snapshot<unknown>) => unknown;
}

/** Those who wait for one machine. */
export class Waiters {
  #waiting: readonly Waiter[] = [];

  add(waiter: Waiter, snapshot: Snapshot<unknown>): void {
    if (isWaiting(waiter, snapshot)) this.#waiting = [...this.#waiting, waiter];
  }

  forget(id: Ref): void {
    this.#waiting = this.#waiting.filter((waiter) => waiter.id !== id);
  }

  /** Answers those whose time has come. */
  tell(snapshot: Snapshot<unknown>): void {
    if (this.#waiting.length > 0)
      this.#waiting = this.#waiting.filter((waiter) => isWaiting(waiter, snapshot));
  }
}

function isWaiting({ from, when }: Waiter, snapshot: Snapshot<unknown>): boolean {
  if (!isAlive(from.pid)) return false;
  const outcome = attempt(when, snapshot);
  if (outcome === undefined) return true;
  Gen.reply(from, outcome);
  return false;
}

/** A client's function that throws is the client's trouble. */
function attempt(when: Waiter['when'], snapshot: Snapshot<unknown>): Outcome<Snapshot<unknown>> | undefined {
  try {
    return when(snapshot) ? { ok: true, value: snapshot } : undefined;
  } catch (reason) {
    return { ok: false, reason };
  }
}
