/** A test in virtual time, in an order that a seed fixes. */
import {
  type Awaitable,
  type Context,
  type CoppiceNode,
  createNode,
  holdProgram,
  type Isolation,
  requireMs,
} from '@coppice/core';
import { DeadlockError } from './errors.ts';
import { FIFO, seededScheduler } from './seeded-scheduler.ts';
import { type TestNode, type TestOptions, TestRun } from './test-run.ts';
import { Timeline } from './timeline.ts';
import { VirtualClock } from './virtual-clock.ts';

/** What the body of a simulation gets. The functions may be taken out by destructuring. */
export interface Simulation extends TestNode {
  readonly seed: number;
  /** Virtual milliseconds since the start. */
  readonly now: () => number;
  /**
   * Runs until nothing is runnable, then lets `ms` virtual milliseconds pass, firing timers in order, each with all that follows of it.
   * From the first call on, time moves by no other means than `advance` and `settle`.
   */
  readonly advance: (ms: number) => Promise<void>;
  /** Runs until nothing is runnable and no timer is pending, for at most `ms` virtual milliseconds (default: no limit). */
  readonly settle: (ms?: number) => Promise<void>;
}

/** How a simulation runs. */
export interface SimulateOptions extends TestOptions {
  /** Whole number that fixes the order of the processes; default 0: first-in first-out. A failed run with another one prints it. */
  readonly seed?: number;
  /** Default `'freeze'`: a message that its receiver, or its sender afterwards, changes is an error. */
  readonly isolation?: Isolation;
}

/**
 * Runs `body` as the main work of a fresh node with virtual time, and resolves with its value. Ambient functions (`self`, `spawn`, `sleep`) work in it.
 * Time moves by itself when all processes wait, unless `advance` is used, and stands while one waits for the real world. What the body leaves running
 * is stopped with `'shutdown'`.
 *
 * Rejects with what the body threw; with a failed `expect` of any process; with `UndeclaredCrashError`; with `LeakError`; with `DeadlockError`
 * when nothing can ever wake the body. `TypeError`, `RangeError` for bad arguments. OTP: what `ExUnit` does for a test, and PULSE for its schedule.
 */
export async function simulate<T, M = never>(
  body: (simulation: Simulation, context: Context<M>) => Awaitable<T>,
  options: SimulateOptions = {},
): Promise<T> {
  const seed = options.seed ?? FIFO;
  if (typeof body !== 'function') throw new TypeError(`body must be a function, got ${typeof body}`);
  if (!Number.isSafeInteger(seed)) throw new RangeError(`seed must be a whole number, got ${String(seed)}`);
  const release = holdProgram();
  const clock = new VirtualClock();
  let fail: (error: Error) => void = () => {};
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  failed.catch(() => {});
  const timeline = new Timeline(clock, () =>
    fail(new DeadlockError(describeDeadlock(node, timeline, clock))),
  );
  const node = createNode({
    name: 'simulation',
    clock,
    scheduler: seededScheduler(seed, timeline.picked),
    isolation: options.isolation ?? 'freeze',
    spawnSites: true,
    onIdle: timeline.idle,
  });
  timeline.attach(node);
  const run = new TestRun(node, options);
  const simulation: Simulation = {
    ...run.handle,
    seed,
    now: clock.now,
    advance: async (ms) => {
      requireMs(ms, 'ms');
      await timeline.advance(ms);
    },
    settle: async (ms) => {
      if (ms !== undefined) requireMs(ms, 'ms');
      await timeline.settle(ms ?? Number.POSITIVE_INFINITY);
    },
  };
  try {
    return await run.run((context: Context<M>) => body(simulation, context), {
      quiesce: () => timeline.quiesce(),
      end: () => timeline.end(),
      failed,
    });
  } catch (error) {
    if (seed !== FIFO) console.error(`the failed simulation ran with seed ${seed}`);
    throw error;
  } finally {
    release();
  }
}

/** Who waits for what. */
function describeDeadlock(node: CoppiceNode, timeline: Timeline, clock: VirtualClock): string {
  const lines = node
    .processes()
    .filter((pid) => pid !== node.main)
    .map((pid) => {
      const info = node.info(pid);
      if (info === undefined) return `  ${pid}`;
      const name = info.registeredName === undefined ? '' : ` ${info.registeredName}`;
      return `  ${pid}${name} ${info.initialCall}: ${info.status}, ${info.messageQueueLength} messages in its mailbox`;
    });
  const standing =
    timeline.isManual && clock.nextDue !== undefined
      ? `; a timer is due at ${clock.nextDue} ms, but since advance was called only advance and settle move time`
      : '';
  return `at ${clock.now()} virtual ms nothing can wake the test${standing}\n${lines.join('\n')}`;
}
