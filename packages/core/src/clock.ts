/**
 * The only source of time, and of turns of the host's event loop. This file alone names the host's timers; they are
 * captured when it loads, so that the fake timers of a test runner do not stop the runtime.
 */

/** The only source of time of a node. */
export interface Clock {
  /** Monotonic milliseconds, with fractions. */
  now(): number;
  /** Milliseconds since 1970. */
  wallTime(): number;
  /** Calls `fire` once, after at least `ms`; the result takes it back. Never holds the program. */
  schedule(ms: number, fire: () => void): () => void;
}

const host = globalThis;
const { performance, Date: HostDate } = host;
const setTimer = host.setTimeout;
const clearTimer = host.clearTimeout;
const setRepeat = host.setInterval;

/** Longest wait that the host's timers can do (2^31 - 1 ms, 24.8 days); a longer one fires at once there. */
const LONGEST = 2_147_483_647;

/** Real time. */
export const realClock: Clock = {
  now: () => performance.now(),
  wallTime: () => HostDate.now(),
  schedule(ms, fire) {
    let timer: ReturnType<typeof setTimeout>;
    const wait = (rest: number): void => {
      const piece = Math.min(Math.max(Math.ceil(rest), 0), LONGEST);
      timer = setTimer(() => (rest > LONGEST ? wait(rest - piece) : fire()), piece);
      unreference(timer);
    };
    wait(ms);
    return () => clearTimer(timer);
  },
};

/** Monotonic milliseconds, for the scheduler's own budget. */
export const hostNow: () => number = () => performance.now();

/** Runs `fn` after the host has looked at its timers and sockets. */
export const immediate: (fn: () => void) => void =
  typeof host.setImmediate === 'function' ? host.setImmediate : portImmediate();

const settled = Promise.resolve();

/** Runs `fn`, which must not throw, behind the promise reactions that are queued already. The host's `queueMicrotask` costs three times as much, an `await` a fifth more. */
export function microtask(fn: () => void): void {
  void settled.then(fn);
}

let holder: ReturnType<typeof setInterval> | undefined;
let holds = 0;

/** Keeps the program running until the result is called. */
export function holdProgram(): () => void {
  let held = true;
  holds += 1;
  if (holds === 1) {
    holder ??= setRepeat(() => {}, LONGEST);
    reference(holder);
  }
  return () => {
    if (!held) return;
    held = false;
    holds -= 1;
    if (holds === 0 && holder !== undefined) unreference(holder);
  };
}

function unreference(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function')
    timer.unref();
}

function reference(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'ref' in timer && typeof timer.ref === 'function')
    timer.ref();
}

/** Browsers have no `setImmediate`; a message port is their shortest way round the event loop. Never used in Node, where timers would come late. */
function portImmediate(): (fn: () => void) => void {
  const waiting: (() => void)[] = [];
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener('message', () => waiting.shift()?.());
  port1.start();
  return (fn) => {
    waiting.push(fn);
    port2.postMessage(0);
  };
}
