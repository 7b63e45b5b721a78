/** Streams whose tasks are children of a supervisor. OTP: `Task.Supervisor.async_stream/4`, `Task.Supervisor.async_stream_nolink/4`. */
import { type Outcome, type Pid, type Success, self } from '@coppice/core';
import { bindToSelf } from './as-self.ts';
import {
  type AsyncStreamOptions,
  completeOptions,
  type FailureWithInput,
  type ItemBody,
  type Items,
  makeStream,
  type TaskStream,
} from './async-stream.ts';
import { requireShutdown } from './shutdown.ts';
import type { StartItem } from './stream-process.ts';
import { startSupervised } from './supervised-task.ts';
import type { TaskContext } from './task.ts';
import { initialCallOf } from './task-body.ts';
import { requireSupervisor, type SupervisedTaskOptions, type TaskSupervisorRef } from './task-supervisor.ts';

/** How a stream under a supervisor works. */
export interface SupervisedStreamOptions extends AsyncStreamOptions, SupervisedTaskOptions {}

/**
 * `Task.asyncStream` with tasks that are children of `supervisor`, and linked to the consumer. Rejects the loop with `MaxChildrenError` when the supervisor
 * is full: let `maxConcurrency` be lower than its `maxChildren`. OTP: `Task.Supervisor.async_stream/4`.
 */
export function asyncStream<I, T>(
  supervisor: TaskSupervisorRef,
  items: Items<I>,
  fn: ItemBody<I, T>,
  options: SupervisedStreamOptions & { readonly zipInputOnExit: true },
): TaskStream<Success<Awaited<T>> | FailureWithInput<I>>;
export function asyncStream<I, T>(
  supervisor: TaskSupervisorRef,
  items: Items<I>,
  fn: ItemBody<I, T>,
  options?: SupervisedStreamOptions,
): TaskStream<Outcome<Awaited<T>>>;
export function asyncStream<I, T>(
  supervisor: TaskSupervisorRef,
  items: Items<I>,
  fn: ItemBody<I, T>,
  options: SupervisedStreamOptions = {},
): TaskStream<Outcome<Awaited<T>> | FailureWithInput<I>> {
  return streamUnder({ supervisor, isLinked: true }, items, fn, options);
}

/**
 * {@link asyncStream} with tasks that are not linked to the consumer: a crash is a failure in its turn, and harms nobody. The tasks are still killed when
 * the loop is left; but they outlive a consumer that ends in the middle. OTP: `Task.Supervisor.async_stream_nolink/4`.
 */
export function asyncStreamNolink<I, T>(
  supervisor: TaskSupervisorRef,
  items: Items<I>,
  fn: ItemBody<I, T>,
  options: SupervisedStreamOptions & { readonly zipInputOnExit: true },
): TaskStream<Success<Awaited<T>> | FailureWithInput<I>>;
export function asyncStreamNolink<I, T>(
  supervisor: TaskSupervisorRef,
  items: Items<I>,
  fn: ItemBody<I, T>,
  options?: SupervisedStreamOptions,
): TaskStream<Outcome<Awaited<T>>>;
export function asyncStreamNolink<I, T>(
  supervisor: TaskSupervisorRef,
  items: Items<I>,
  fn: ItemBody<I, T>,
  options: SupervisedStreamOptions = {},
): TaskStream<Outcome<Awaited<T>> | FailureWithInput<I>> {
  return streamUnder({ supervisor, isLinked: false }, items, fn, options);
}

interface Tree {
  readonly supervisor: TaskSupervisorRef;
  readonly isLinked: boolean;
}

function streamUnder<I, T>(
  tree: Tree,
  items: Items<I>,
  fn: ItemBody<I, T>,
  options: SupervisedStreamOptions,
): TaskStream<Outcome<Awaited<T>> | FailureWithInput<I>> {
  requireSupervisor(tree.supervisor);
  const plan = completeOptions(items, fn, options);
  if (options.shutdown !== undefined) requireShutdown(options.shutdown, 'shutdown');
  return makeStream(items, {
    ...plan,
    isLinked: tree.isLinked,
    starter: (callers) => starter(tree, fn, options, callers),
  });
}

/** Starts the task of one item; the stream's process is its owner. */
function starter<I, T>(
  { supervisor, isLinked }: Tree,
  fn: ItemBody<I, T>,
  { shutdown }: SupervisedTaskOptions,
  callers: readonly Pid<never>[],
): StartItem {
  const spawn = { link: true, callers, initialCall: initialCallOf(fn), reportsExits: true };
  return (item) => {
    const work = {
      body: (context: TaskContext) => fn(item as I, context), // what the stream's process is sent are the items of the iterable
      owner: self(),
      spawn,
      shutdown,
      isLinked,
      asSelf: bindToSelf(),
    };
    return startSupervised(supervisor, work, (pid, ref) => ({ pid, ref }));
  };
}
