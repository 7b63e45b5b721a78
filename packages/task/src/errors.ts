/** The errors of tasks. Bad arguments are `TypeError` and `RangeError`. */
import { type CallSite, CoppiceError, ExitError } from '@coppice/core';
import { describeTask, type Task } from './task.ts';
import { formatSupervisor, type TaskSupervisorRef } from './task-supervisor.ts';

/**
 * Rejection of a wait for a task whose outcome has been taken, by an earlier `await`, `yield`, `shutdown` or `ignore`: nothing more can come.
 * An `ExitError` with reason `'timeout'`, since that is how such a wait ends in OTP, after its time; here it ends at once.
 */
export class TaskConsumedError extends ExitError {
  static {
    this.prototype.name = 'TaskConsumedError'; // on the prototype, so that `stack` carries it
  }

  constructor(task: Task<unknown>, call: CallSite) {
    super('timeout', call);
    this.message = `the outcome of ${describeTask(task)} was taken before: a task is awaited once`;
  }
}

/** Rejection of a start under a task supervisor that has as many children as it may. OTP: `{error, max_children}`. */
export class MaxChildrenError extends CoppiceError {
  static {
    this.prototype.name = 'MaxChildrenError';
  }
  readonly code = 'max_children';
  readonly reason = 'max_children';

  constructor(supervisor: TaskSupervisorRef) {
    super(
      `task supervisor ${formatSupervisor(supervisor)} has reached its maximum number of tasks: raise its maxChildren, or let the maxConcurrency of a stream be lower`,
    );
  }
}
