/** Streams of tasks: a function of each item, in a process each, so many at a time. OTP: `Task.async_stream/3`. */
import {
  describe,
  type Outcome,
  type Pid,
  ProcLib,
  requireTimeout,
  type Success,
  schedulersOnline,
  self,
  spawnMonitor,
  type Timeout,
} from '@coppice/core';
import type { FailureWithInput, StreamPlan } from './stream-consumer.ts';
import type { Items } from './stream-input.ts';
import { StreamIterator } from './stream-iterator.ts';
import type { StartedItem, StartItem } from './stream-process.ts';
import type { TaskContext } from './task.ts';
import { BY_MONITOR, initialCallOf, replyWith, requireBody, requireOptions } from './task-body.ts';

export type { FailureWithInput } from './stream-consumer.ts';
export type { Items } from './stream-input.ts';

/** How a stream works. */
export interface AsyncStreamOptions {
  /** How many tasks run at once, from 1. Default: as many as the machine runs threads at once. */
  readonly maxConcurrency?: number;
  /**
   * Default `true`: outcomes come in the order of the items. Those that have to wait for an earlier one are kept, without a bound; `false`: in the
   * order in which the tasks end.
   */
  readonly ordered?: boolean;
  /** Per item, in ms; default 5000. */
  readonly timeout?: Timeout;
  /** What becomes of the consumer when an item takes longer: `'exit'` (default), an exit with `'timeout'`; `'kill_task'`, a failure with that reason. The task is killed. */
  readonly onTimeout?: 'exit' | 'kill_task';
  /** Whether a failure carries its item, as `input`; default `false`. */
  readonly zipInputOnExit?: boolean;
}

/** Lazy: each iteration runs the tasks anew, in whichever process iterates. Leaving the loop kills what runs. */
export interface TaskStream<out O> extends AsyncIterable<O> {
  /** All outcomes. OTP: `Enum.to_list/1`. */
  toArray(): Promise<O[]>;
}

/** A function of an item. */
export type ItemBody<I, T> = (item: I, context: TaskContext) => T;

/**
 * Runs `fn` for each of `items`, in a task each, and gives their outcomes. At most `maxConcurrency` tasks run, and no item is drawn before there is room
 * for it; a consumer that is slow slows all. Items may be any iterable, also one without end; what that throws, the consumer gets, after what runs was killed.
 *
 * The tasks are linked to the consumer: a crash ends it with the task's reason, unless it traps exits; then it is a failure. Use
 * `TaskSupervisor.asyncStreamNolink` where a crash should be data. When an item takes longer than `timeout` the loop rejects with `ExitError('timeout')`,
 * unless `onTimeout` is `'kill_task'`. Throws `TypeError` and `RangeError` for bad arguments. OTP: `Task.async_stream/3`.
 *
 * ```ts
 * for await (const outcome of Task.asyncStream(urls, (url, { signal }) => fetch(url, { signal }), { maxConcurrency: 10 })) {
 *   if (outcome.ok) console.log(outcome.value.status);
 * }
 * ```
 */
export function asyncStream<I, T>(
  items: Items<I>,
  fn: ItemBody<I, T>,
  options: AsyncStreamOptions & { readonly zipInputOnExit: true },
): TaskStream<Success<Awaited<T>> | FailureWithInput<I>>;
export function asyncStream<I, T>(
  items: Items<I>,
  fn: ItemBody<I, T>,
  options?: AsyncStreamOptions,
): TaskStream<Outcome<Awaited<T>>>;
export function asyncStream<I, T>(
  items: Items<I>,
  fn: ItemBody<I, T>,
  options: AsyncStreamOptions = {},
): TaskStream<Outcome<Awaited<T>> | FailureWithInput<I>> {
  const plan = completeOptions(items, fn, options);
  return makeStream(items, {
    ...plan,
    isLinked: true,

    starter: (callers) => spawner(fn, callers),
  });
}

/** Checks the arguments of a stream and fills in defaults. Throws `TypeError` or `RangeError`. */
export function completeOptions(
  items: unknown,
  fn: unknown,
  options: AsyncStreamOptions,
): Pick<StreamPlan, keyof AsyncStreamOptions> {
  requireOptions(options);
  const {
    maxConcurrency = schedulersOnline(),
    ordered = true,
    timeout = 5_000,
    onTimeout = 'exit',
    zipInputOnExit = false,
  } = options;
  requireItems(items);
  requireBody(fn, 'fn');
  if (typeof maxConcurrency !== 'number')
    throw new TypeError(`maxConcurrency must be a number, got ${describe(maxConcurrency)}`);
  if (!(Number.isInteger(maxConcurrency) && maxConcurrency >= 1))
    throw new RangeError(`maxConcurrency must be a whole number from 1, got ${maxConcurrency}`);
  requireTimeout(timeout, 'timeout');
  if (onTimeout !== 'exit' && onTimeout !== 'kill_task')
    throw new TypeError(`onTimeout must be 'exit' or 'kill_task', got ${describe(onTimeout)}`);
  return { maxConcurrency, ordered, timeout, onTimeout, zipInputOnExit };
}

/** A stream over `items`. */
export function makeStream<I, O>(items: Items<I>, plan: StreamPlan): TaskStream<O> {
  const stream: AsyncIterable<O> = {
    // The values are what the tasks of `plan` give.
    [Symbol.asyncIterator]: () => new StreamIterator(items, plan) as AsyncIterator<O>,
  };
  return { ...stream, toArray: () => ProcLib.quietly(collect(stream)) };
}

async function collect<O>(outcomes: AsyncIterable<O>): Promise<O[]> {
  const all: O[] = [];
  for await (const outcome of outcomes) all.push(outcome);
  return all;
}

/** Starts the task of one item, linked to the stream's process. */
function spawner<I, T>(fn: ItemBody<I, T>, callers: readonly Pid<never>[]): StartItem {
  const initialCall = initialCallOf(fn);
  return (item) => {
    const stream = self();
    const child: StartedItem = spawnMonitor(
      // The items that the stream's process is sent are those of the iterable.
      (context) => replyWith(fn(item as I, context), { pid: stream, ref: child.ref }),
      { link: true, monitor: BY_MONITOR, callers, initialCall, reportsExits: true },
    );
    return child;
  };
}

function requireItems(items: unknown): void {
  if (typeof items === 'string') return;
  if (
    typeof items === 'object' &&
    items !== null &&
    (Symbol.iterator in items || Symbol.asyncIterator in items)
  )
    return;
  const hint = items instanceof Promise ? ': await it first' : '';
  throw new TypeError(`items must be iterable, got ${describe(items)}${hint}`);
}
