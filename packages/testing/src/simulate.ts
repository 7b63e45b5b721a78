/** A test in virtual time, in an order that a seed fixes. */
import {
  type Awaitable,
  type Context,
  type CoppiceNode,
  createNode,
  holdProgram,
  type Isolation,
  requireFunction,
  requireMs,
} from '@coppice/core';
import { DeadlockError, LivelockError } from './errors.ts';
import { listProcesses } from './process-list.ts';
import { FIFO, seededScheduler } from './seeded-scheduler.ts';
import { type TestNode, type TestOptions, TestRun } from './test-run.ts';
import { type Standstill, Timeline } from './timeline.ts';
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
  /**
   * Runs until nothing is runnable and no timer is pending, for at most `ms` virtual milliseconds; without `ms`, timers that have no end
   * are a `RangeError`.
   */
  readonly settle: (ms?: number) => Promise<void>;
}

/** How a simulation runs. */
export interface SimulateOptions extends TestOptions {
  /** Whole number that fixes the order of the processes; default 0: first-in first-out. A run that fails under another one prints it. */
  readonly seed?: number;
  /** Default `'freeze'`: a message that is changed after it was sent is an error. */
  readonly isolation?: Isolation;
  /** Turns that processes may take without ever being all at rest, after which the run is a livelock; default 1,000,000. */
  readonly maxTurns?: number;
}

/**
 * Runs `body` as the main work of a fresh node with virtual time, and resolves with its value. Ambient functions (`self`, `spawn`, `sleep`) work in it.
 * Time moves by itself when all processes wait, unless `advance` is used, and stands while one awaits the real world. When the body has returned, what
 * is runnable runs; then what is linked to it ends with `'shutdown'`, and so does what is left.
 *
 * Rejects with what the body threw; with a failed `expect` of any process; with `UndeclaredCrashError`, `MissingCrashError` or `LeakError`; with
 * `DeadlockError` when nothing can wake the body, with `LivelockError` when nothing comes to rest. Bad arguments: `TypeError`, `RangeError`.
 * OTP: what `ExUnit` does for a test, and PULSE for its schedule.
 */
export async function simulate<T, M = never>(
  body: (simulation: Simulation, context: Context<M>) => Awaitable<T>,
  options: SimulateOptions = {},
): Promise<T> {
  try {
    return await runSimulation(body, options);
  } catch (error) {
    const { seed } = options;
    if (Number.isSafeInteger(seed) && seed !== FIFO)
      console.error(`the simulation that failed ran with seed ${seed}`);
    throw error;
  }
}

/** {@link simulate}, which says nothing of the seed. */
export async function runSimulation<T, M = never>(
  body: (simulation: Simulation, context: Context<M>) => Awaitable<T>,
  options: SimulateOptions,
): Promise<T> {
  const seed = options.seed ?? FIFO;
  requireFunction(body, 'body');
  if (!Number.isSafeInteger(seed)) throw new RangeError(`seed must be a whole number, got ${String(seed)}`);
  const { maxTurns } = options;
  if (maxTurns !== undefined && !(Number.isSafeInteger(maxTurns) && maxTurns > 0))
    throw new RangeError(`maxTurns must be a whole number from 1, got ${String(maxTurns)}`);
  const release = holdProgram(); // before the timeline looks at what Node waits for
  try {
    return await runOnce(body, { ...options, seed });
  } finally {
    release();
  }
}

async function runOnce<T, M>(
  body: (simulation: Simulation, context: Context<M>) => Awaitable<T>,
  options: SimulateOptions & { readonly seed: number },
): Promise<T> {
  const clock = new VirtualClock();
  const timeline = new Timeline(clock, options.maxTurns ?? 1_000_000, (standstill) =>
    run.fail(explain(standstill, node, timeline, clock)),
  );
  const node = createNode({
    name: 'simulation',
    clock,
    scheduler: seededScheduler(options.seed, timeline.picked),
    isolation: options.isolation ?? 'freeze',
    spawnSites: true,
    onIdle: timeline.idle,
  });
  timeline.attach(node);
  const run = new TestRun(node, options, timeline);
  const simulation: Simulation = { ...run.handle, seed: options.seed, ...controls(timeline, clock) };
  return await run.run((context: Context<M>) => body(simulation, context));
}

function controls(timeline: Timeline, clock: VirtualClock): Pick<Simulation, 'now' | 'advance' | 'settle'> {
  return {
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
}

function explain(standstill: Standstill, node: CoppiceNode, timeline: Timeline, clock: VirtualClock): Error {
  const at = `at ${clock.now()} virtual ms`;
  const list = listProcesses(node);
  if (standstill === 'livelock')
    return new LivelockError(`${at} processes keep each other busy, and time can't pass\n${list}`);
  const isHeld = timeline.isManual && clock.nextDue !== undefined;
  const held = isHeld
    ? `: a timer is due at ${clock.nextDue} ms, but since advance was called only advance and settle move time`
    : '';
  return new DeadlockError(`${at} nothing can wake the test${held}\n${list}`);
}
