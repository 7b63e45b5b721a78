/** Streams of supervised tasks. */
import { exit, sleep } from '@coppice/core';
import { TaskSupervisor, type TaskSupervisorPid } from '@coppice/task';
import type { Oracle } from '../../../oracle.ts';
import { emptied } from './common.ts';

export async function streams(O: Oracle, tasks: TaskSupervisorPid): Promise<void> {
  const boom = (n: number) => (n === 2 ? exit('boom') : n);
  const linked = TaskSupervisor.asyncStream(tasks, [1, 2, 3], boom);
  O.step('async_stream: values, a crash, trapping', await linked.toArray());
  O.step(
    'async_stream_nolink, a crash, not trapping',
    await O.isolated(() => TaskSupervisor.asyncStreamNolink(tasks, [1, 2, 3], boom).toArray()),
  );
  const nap = async (ms: number) => {
    await sleep(ms);
    return ms;
  };
  const outcomes: unknown[] = [];
  const options = { timeout: 100, onTimeout: 'kill_task', zipInputOnExit: true } as const;
  for await (const outcome of TaskSupervisor.asyncStreamNolink(tasks, [10, 500], nap, options))
    outcomes.push(outcome.ok ? outcome : ['exit', [outcome.input, outcome.reason]]);
  O.step('async_stream_nolink, kill_task, with the input', outcomes);
  const stuck = async (n: number) => {
    if (n > 1) await sleep('infinity');
    return n;
  };
  const taken: unknown[] = [];
  for await (const outcome of TaskSupervisor.asyncStreamNolink(tasks, [1, 2, 3], stuck, {
    maxConcurrency: 3,
  })) {
    taken.push(outcome);
    break;
  }
  O.step('async_stream_nolink, left early: no child is left', [
    taken,
    await emptied(O, tasks),
    await O.mailbox(),
  ]);
}
