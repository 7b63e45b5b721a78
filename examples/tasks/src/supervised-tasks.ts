/**
 * Tasks under a supervisor of an application, for work that may crash.
 * `TaskSupervisor.async` links the task to its caller: a crash takes the caller down too. For a crash that is to stay with the task, use `asyncNolink`.
 */
import { Application } from '@coppice/application';
import { ExitError, type Outcome } from '@coppice/core';
import { Supervisor } from '@coppice/supervisor';
import { Task, TaskSupervisor } from '@coppice/task';

const tasks = TaskSupervisor.name('my_app.tasks');

const MyApp = Application.define('my_app', {
  start: () =>
    Supervisor.startLink([TaskSupervisor.childSpec({ name: tasks })], {
      strategy: 'one_for_one',
      name: 'my_app.supervisor',
    }),
});

/** Might throw. */
async function externalApiCall(data: string): Promise<string> {
  if (data === 'bad') throw new Error('the service is down');
  return data.toUpperCase();
}

async function processRiskyOperation(data: string): Promise<Outcome<string>> {
  const task = await TaskSupervisor.asyncNolink(tasks, () => externalApiCall(data));
  try {
    return { ok: true, value: await Task.await(task, 5_000) };
  } catch (error) {
    if (error instanceof ExitError) return { ok: false, reason: 'task_failed' };
    throw error;
  }
}

await Application.start(MyApp);
console.log(await processRiskyOperation('good'));
console.log(await processRiskyOperation('bad')); // its crash is reported on stderr
console.log('the caller goes on');
await Application.stop(MyApp);
