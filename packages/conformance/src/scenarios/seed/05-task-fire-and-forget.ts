/** Task.start, startLink, TaskSupervisor.startChild, and what "supervised" restarts mean. */
import { exit, isPid, monitor, processInfo, receive, self, send, sleep, spawn } from '@coppice/core';
import { Task, TaskSupervisor, type TaskSupervisorRef } from '@coppice/task';

import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';

export const taskFireAndForget: Scenario = scenario('seed/05_task_fire_and_forget', async (O) => {
  await started(O);
  await startedLinked(O);
  await supervised(O);
  O.step(
    '`use Task` child_spec defaults',
    Task.childSpec(() => 'arg', { id: 'MyTask' }),
  );
  const spec = Task.childSpec(() => 'ok');
  O.step('Task.child_spec for a supervisor child', [spec.id, spec.restart, spec.start]);
});

async function started(O: Oracle): Promise<void> {
  const sent = Task.start(() => O.log('sent'));
  O.step('Task.start returns', isPid(sent) ? ['ok', 'pid'] : sent);
  await sleep(10);
  O.step('it ran', O.takeLog());
  O.step(
    'Task.start: crash does not reach the caller',
    await O.isolated(async () => {
      const p = Task.start(async () => {
        await sleep(10);
        throw new Error('boom');
      });
      return [await O.down(p), await O.mailbox()];
    }),
  );
  O.step(
    'Task.start: not linked, no monitor, no reply message',
    await O.isolated(async () => {
      const p = Task.start(async () => {
        await sleep(20);
        return 'value';
      });
      const isLinked = processInfo(self())?.links.includes(p);
      await O.down(p);
      return [isLinked, await O.mailbox()];
    }),
  );
  O.step("Task.start: the caller's death does not end it", await survivesCaller());
}

async function survivesCaller(): Promise<unknown> {
  const me = self<'up' | 'survived'>();
  spawn(async () => {
    Task.start(async () => {
      send(me, 'up');
      await sleep(40);
      send(me, 'survived');
    });
    await sleep(10);
    exit('gone');
  });
  await receive((m): m is 'up' => m === 'up');
  return (await receive((m): m is 'survived' => m === 'survived', { timeout: 400 })) ?? 'died';
}

async function startedLinked(O: Oracle): Promise<void> {
  const withTask = (fn: () => unknown) =>
    O.isolated(async () => {
      Task.startLink(fn);
      await sleep(1000);
    });
  O.step('Task.start_link: crash kills the caller', await withTask(() => exit('boom')));
  O.step(
    'Task.start_link: raise kills the caller with {exception, stack}',
    await withTask(() => {
      throw new Error('boom');
    }),
  );
  O.step(
    'Task.start_link: throw becomes {{:nocatch, v}, stack}',
    await withTask(() => {
      throw 'v';
    }),
  );
}

async function supervised(O: Oracle): Promise<void> {
  const sup = await TaskSupervisor.startLink();
  const runs = new Array<number>(6).fill(0);
  const run = (i: number, fn: () => unknown) => () => {
    runs[i] = (runs[i] ?? 0) + 1;
    return fn();
  };
  const settle = async (i: number, n: number) => {
    await O.waitUntil(() => (runs[i] ?? 0) >= n);
    await sleep(40);
    return runs[i];
  };
  const ok = await TaskSupervisor.startChild(sup, () => 'ok');
  O.step('start_child returns {:ok, pid}', isPid(ok) ? ['ok', 'pid'] : ok);
  const cleanup = () => {
    throw new Error('cleanup failed');
  };
  await TaskSupervisor.startChild(sup, run(1, cleanup));
  O.step('default restart is :temporary: a crash is NOT restarted (runs)', await settle(1, 1));
  const again = () => ((runs[2] ?? 0) < 3 ? exit('again') : undefined);
  await TaskSupervisor.startChild(sup, run(2, again), { restart: 'transient' });
  O.step(':transient: crashes twice, then ends well (runs)', await settle(2, 3));
  await TaskSupervisor.startChild(
    sup,
    run(3, () => exit('shutdown')),
    { restart: 'transient' },
  );
  O.step(':transient with exit(:shutdown): not restarted (runs)', await settle(3, 1));
  await givesUp(O, runs, run);
  await unheard(O, sup);
}

type Run = (i: number, fn: () => unknown) => () => unknown;

async function givesUp(O: Oracle, runs: readonly number[], run: Run): Promise<void> {
  O.step(
    ":permanent that ends normally is restarted until the supervisor gives up (default max_restarts 3 in 5 s): runs, supervisor's reason",
    await O.isolated(
      async () => {
        const s = await TaskSupervisor.startLink();
        const ref = monitor(s);
        await TaskSupervisor.startChild(
          s,
          run(4, () => sleep(5)),
          { restart: 'permanent' },
        );
        const reason = await O.awaitDown(ref);
        return [runs[4], reason];
      },
      { trap: true },
    ),
  );
  O.step(
    ":transient that always crashes: runs, supervisor's reason",
    await O.isolated(
      async () => {
        const s = await TaskSupervisor.startLink({ maxRestarts: 2, maxSeconds: 5 });
        const ref = monitor(s);
        const crash = async () => {
          await sleep(5);
          exit('x');
        };
        await TaskSupervisor.startChild(s, run(5, crash), { restart: 'transient' });
        const reason = await O.awaitDown(ref);
        return [runs[5], reason];
      },
      { trap: true },
    ),
  );
}

async function unheard(O: Oracle, sup: TaskSupervisorRef): Promise<void> {
  O.step(
    'start_child: the result is not sent to anyone',
    await O.isolated(async () => {
      const p = await TaskSupervisor.startChild(sup, () => 'value');
      await O.down(p);
      return O.mailbox();
    }),
  );
  O.step(
    'start_child: crash does not reach the caller',
    await O.isolated(async () => {
      const p = await TaskSupervisor.startChild(sup, async () => {
        await sleep(10);
        exit('x');
      });
      return [await O.down(p), await O.mailbox()];
    }),
  );
}
