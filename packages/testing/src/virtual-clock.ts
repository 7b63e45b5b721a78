/** Virtual time. */
import type { Clock } from '@coppice/core';

/** Wall-clock time at which every simulation starts: 2000-01-01T00:00:00Z. */
const START_OF_TIME = 946_684_800_000;

interface Alarm {
  readonly due: number;
  readonly fire: () => void;
}

/** A clock that stands still until it is moved. */
export class VirtualClock implements Clock {
  #now = 0;
  /** By due time; those of one time in the order in which they were set. */
  readonly #alarms: Alarm[] = [];

  readonly now = (): number => this.#now;
  readonly wallTime = (): number => START_OF_TIME + this.#now;

  readonly schedule = (ms: number, fire: () => void): (() => void) => {
    const alarm = { due: this.#now + ms, fire };
    const later = this.#alarms.findIndex(({ due }) => due > alarm.due);
    this.#alarms.splice(later === -1 ? this.#alarms.length : later, 0, alarm);
    return () => {
      const index = this.#alarms.indexOf(alarm);
      if (index !== -1) this.#alarms.splice(index, 1);
    };
  };

  /** When the first alarm is due; `undefined` without alarms. */
  get nextDue(): number | undefined {
    return this.#alarms[0]?.due;
  }

  /** Moves to the first alarm and fires it; `false` without one. */
  fireNext(): boolean {
    const alarm = this.#alarms.shift();
    if (alarm === undefined) return false;
    this.moveTo(alarm.due);
    alarm.fire();
    return true;
  }

  /** Moves forward, firing nothing; never back. */
  moveTo(time: number): void {
    this.#now = Math.max(this.#now, time);
  }
}
