/** Waiting outside the mailbox, for one thing: a reply, a DOWN, the end of a sleep. */
import { holdProgram } from './clock.ts';
import { fenced } from './fence.ts';
import { List } from './list.ts';
import type { Process } from './process.ts';
import type { Timeout } from './timeout.ts';
import { Wait } from './wait.ts';

/** What ends a wait whose time is up. */
export const EXPIRED: unique symbol = Symbol('expired');

/**
 * Starts a wait of `process`, which {@link EXPIRED} ends after `timeout`; with 0, in the next turn: what was sent before has arrived then.
 * `finish` makes the outcome into what the promise gives.
 */
export function startWait(process: Process, timeout: Timeout, finish?: (outcome: unknown) => unknown): Wait {
  const wait = new Wait(finish);
  const { rare, host } = process;
  rare.waits ??= new List();
  rare.waits.append(wait.item);
  const expire = (): void => settleWait(process, wait, EXPIRED);
  if (timeout === 0) takeStep(process, expire);
  else if (timeout !== 'infinity') wait.timer = host.timers.start(timeout, expire, true);
  if (host.main === process) wait.release = holdProgram();
  return wait;
}

/** Ends a wait with `value`, unless it waits for more; nothing happens if it has ended. */
export function settleWait(process: Process, wait: Wait, value: unknown): void {
  if (wait.take !== undefined && value !== EXPIRED && !wait.take(value)) return;
  if (!endWait(process, wait)) return;
  if (process.host.isStepped) takeStep(process, () => wait.settle(value));
  else wait.settle(value);
}

/** Does something in a turn of the process. */
function takeStep(process: Process, step: () => void): void {
  const { rare } = process;
  rare.steps ??= [];
  rare.steps.push(step);
  process.host.enqueue(process);
}

/** The process has exited: its code stops at each wait. */
export function fenceWaits(process: Process): void {
  const waits = process.extension?.waits;
  for (let wait = waits?.first?.value; wait !== undefined; wait = waits?.first?.value) {
    endWait(process, wait);
    fenced(process, wait);
  }
  // Waits that had ended, and whose code was to be told in a turn that will not come: it stops at its next call.
  for (const step of process.extension?.steps?.splice(0) ?? []) step();
}

/** Takes a wait back, whose promise stays as it is; `false` if it has ended. */
export function endWait(process: Process, wait: Wait): boolean {
  if (wait.item.list === undefined) return false;
  wait.item.remove();
  if (wait.timer !== undefined) process.host.timers.cancel(wait.timer);
  wait.release?.();
  wait.onEnd?.();
  return true;
}
