/** `@coppice/task`: work in processes of its own, awaited, streamed or supervised. OTP: Elixir's `Task` and `Task.Supervisor`. */
import type { Task as TaskOf } from './task.ts';

export type { AsyncStreamOptions, FailureWithInput, ItemBody, Items, TaskStream } from './async-stream.ts';
export { MaxChildrenError, TaskConsumedError } from './errors.ts';
export type { SupervisedStreamOptions } from './supervised-stream.ts';
export type { SpawnedTask, TaskBody, TaskContext, TaskValue, TaskValues } from './task.ts';
export * as Task from './task-functions.ts';
export type {
  StartChildOptions,
  SupervisedTaskOptions,
  TaskSupervisorOptions,
  TaskSupervisorPid,
  TaskSupervisorRef,
} from './task-supervisor.ts';
export * as TaskSupervisor from './task-supervisor-functions.ts';
export type { TaskOutcomes, YieldManyOptions } from './yield.ts';
/** Work whose value its owner awaits, once. OTP: `Task.t()`. */
export type Task<T> = TaskOf<T>;
/** By this name the declarations that `tsc` makes refer to it: beside the namespace they can't by `Task`. */
export type { TaskOf };
