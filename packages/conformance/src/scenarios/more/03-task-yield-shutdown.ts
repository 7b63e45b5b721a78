/** Task: yield, yieldMany, shutdown, ignore, completed. */
import { exit, isAlive, isExit, receive, self, send, sleep, trapExit } from '@coppice/core';
import { type SpawnedTask, Task } from '@coppice/task';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { moduleOf } from '../../term.ts';

export const taskYieldShutdown: Scenario = scenario('more/03_task_yield_shutdown', async (O) => {
  await yielding(O);
  await yieldingOthers(O);
  await yieldingMany(O);
  await shuttingDown(O);
  await shuttingDownTrappers(O);
  await brutally(O);
  await shuttingDownOthers(O);
  await ignoring(O);
  await others(O);
});

const after =
  <T>(ms: number, value: T) =>
  async (): Promise<T> => {
    await sleep(ms);
    return value;
  };
const trapped = { trap: true } as const;

async function yielding(O: Oracle): Promise<void> {
  const finished = Task.async(() => 1);
  await sleep(5);
  O.step('yield of a finished task', await Task.yield(finished, 100));
  O.step('yield in time', await Task.yield(Task.async(after(10, 'v')), 100));
  const early = Task.async(after(60, 'v'));
  O.step('yield too early, then again', [await Task.yield(early, 10), await Task.yield(early, 300)]);
  const unfinished = Task.async(after(1000, 'v'));
  const nothing = await Task.yield(unfinished, 0);
  await Task.shutdown(unfinished, 'brutal_kill');
  O.step('yield 0 of an unfinished task', nothing);
  const task = Task.async(after(1000, 'v'));
  O.step('yield || shutdown: the idiom', (await Task.yield(task, 10)) ?? (await Task.shutdown(task)));
}

async function yieldingOthers(O: Oracle): Promise<void> {
  O.step(
    'yield of a crashed task, caller traps',
    await O.isolated(async () => {
      const task = Task.async(() => exit('bad'));
      O.name(task.pid, 'y1');
      const r = await Task.yield(task, 300);
      return [r, await O.mailbox()];
    }, trapped),
  );
  O.step(
    'yield of a task that exits normal, caller does not trap',
    await O.isolated(() =>
      Task.yield(
        Task.async(() => exit('normal')),
        300,
      ),
    ),
  );
  const once = Task.async(() => 1);
  O.step('yield twice of a consumed task', [await Task.yield(once, 100), await Task.yield(once, 10)]);
  const owned = Task.async(after(50, 1));
  O.step('yield by another process', await refusal(O, () => Task.yield(owned, 10)));
  await Task.await(owned);
  O.step('yield of a completed task', await Task.yield(Task.completed('c'), 0));
  await O.mailbox();
}

/** How another process is refused. */
function refusal(O: Oracle, fn: () => Promise<unknown>): Promise<unknown> {
  return O.isolated(async () => {
    const [kind, error] = await O.catching(fn);
    return [kind, moduleOf(error)];
  });
}

async function yieldingMany(O: Oracle): Promise<void> {
  O.step(
    'yield_many: finished, crashed, running',
    await O.isolated(async () => {
      const tasks = [Task.async(() => 1), Task.async(() => exit('bad')), Task.async(after(1000, 3))];
      const rs = await Task.yieldMany(tasks, { timeout: 60 });
      return [rs, tasks.map(({ pid }) => isAlive(pid)), (await O.mailbox()).length];
    }, trapped),
  );
  const tasks = [30, 10, 20].map((ms) => Task.async(after(ms, ms)));
  O.step(
    'yield_many: the results are in the order of the tasks',
    await Task.yieldMany(tasks, { timeout: 300 }),
  );
  O.step('yield_many with nothing', await Task.yieldMany([], { timeout: 10 }));
  const two = [Task.async(() => 1), Task.async(after(1000, 2))];
  await sleep(5);
  O.step('yield_many timeout 0', await Task.yieldMany(two, { timeout: 0 }));
  for (const task of two) await Task.shutdown(task, 'brutal_kill');
  await O.mailbox();
}

async function shuttingDown(O: Oracle): Promise<void> {
  const running = Task.async(after(1000, 1));
  O.step('shutdown of a running task', [
    await Task.shutdown(running),
    isAlive(running.pid),
    await O.mailbox(),
  ]);
  const finished = Task.async(() => 'done');
  await sleep(5);
  O.step('shutdown of a finished task gives its reply', [await Task.shutdown(finished), await O.mailbox()]);
  O.step(
    'shutdown of a task that crashed, caller traps',
    await O.isolated(async () => {
      const task = Task.async(() => exit('bad'));
      O.name(task.pid, 's1');
      await sleep(5);
      return [await Task.shutdown(task), await O.mailbox()];
    }, trapped),
  );
  O.step(
    'shutdown of a task that exited normal',
    await O.isolated(async () => {
      const task = Task.async(() => exit('normal'));
      await sleep(5);
      return [await Task.shutdown(task), await O.mailbox()];
    }),
  );
}

/** A task of the calling process that traps exits, and does `then` when the EXIT comes; started when this resolves. */
async function trapping<T>(then: (reason: unknown) => T): Promise<SpawnedTask<Awaited<T>>> {
  const me = self<'up'>();
  const task = Task.async(async (): Promise<Awaited<T>> => {
    trapExit(true);
    send(me, 'up');
    const { reason } = await receive(isExit);
    return await then(reason);
  });
  await receive((m): m is 'up' => m === 'up');
  return task;
}

async function shuttingDownTrappers(O: Oracle): Promise<void> {
  O.step(
    'shutdown of a task that traps and does not end: killed after the time',
    await O.isolated(async () => {
      const task = await trapping(() => sleep('infinity'));
      return [await Task.shutdown(task, 20), isAlive(task.pid)];
    }, trapped),
  );
  O.step(
    'shutdown of a task that traps and replies in the time',
    await O.isolated(async () => {
      const task = await trapping((reason) => ['cleaned', reason]);
      return [await Task.shutdown(task, 300), await O.mailbox()];
    }),
  );
  O.step(
    'shutdown of a task that traps and exits with another reason',
    await O.isolated(async () => {
      const task = await trapping(() => exit('other'));
      O.name(task.pid, 's2');
      return [await Task.shutdown(task, 300), await O.mailbox()];
    }, trapped),
  );
}

async function brutally(O: Oracle): Promise<void> {
  O.step(
    'shutdown brutal_kill of a running task',
    await O.isolated(async () => {
      const task = Task.async(after(1000, 1));
      return [await Task.shutdown(task, 'brutal_kill'), isAlive(task.pid), await O.mailbox()];
    }),
  );
  O.step(
    'shutdown brutal_kill of a trapping task',
    await O.isolated(async () => {
      const task = await trapping(() => sleep('infinity'));
      return [await Task.shutdown(task, 'brutal_kill'), await O.mailbox()];
    }),
  );
  const finished = Task.async(() => 'done');
  await sleep(5);
  O.step(
    'shutdown brutal_kill of a finished task gives its reply',
    await Task.shutdown(finished, 'brutal_kill'),
  );
  O.step(
    'shutdown infinity waits',
    await O.isolated(async () => {
      const task = await trapping(async (reason) => {
        await sleep(50);
        exit(reason ?? 'none');
      });
      return Task.shutdown(task, 'infinity');
    }),
  );
}

async function shuttingDownOthers(O: Oracle): Promise<void> {
  const owned = Task.async(after(50, 1));
  O.step('shutdown by another process', await refusal(O, () => Task.shutdown(owned)));
  await Task.await(owned);
  O.step(
    'shutdown twice',
    await O.isolated(async () => {
      const task = Task.async(after(1000, 1));
      return [await Task.shutdown(task), await Task.shutdown(task)];
    }),
  );
  O.step(
    'a caller that does not trap survives the shutdown of its linked task',
    await O.isolated(async () => {
      await Task.shutdown(Task.async(after(1000, 1)));
      await sleep(10);
      return 'alive';
    }),
  );
}

async function ignoring(O: Oracle): Promise<void> {
  O.step(
    'ignore of a running task: its reply never comes',
    await O.isolated(async () => {
      const r = Task.ignore(Task.async(after(20, 1)));
      await sleep(50);
      return [r, await O.mailbox()];
    }),
  );
  O.step(
    'ignore of a finished task gives its reply',
    await O.isolated(async () => {
      const task = Task.async(() => 'r');
      await sleep(5);
      return [Task.ignore(task), await O.mailbox()];
    }),
  );
  O.step(
    'ignore of a crashed task, caller traps',
    await O.isolated(async () => {
      const task = Task.async(() => exit('bad'));
      O.name(task.pid, 'i1');
      await sleep(5);
      return [Task.ignore(task), await O.mailbox()];
    }, trapped),
  );
  O.step(
    'ignore takes the link away',
    await O.isolated(async () => {
      Task.ignore(
        Task.async(async () => {
          await sleep(20);
          exit('bad');
        }),
      );
      await sleep(200);
      return 'alive';
    }),
  );
  O.step(
    'await of an ignored task times out',
    await O.isolated(async () => {
      const task = Task.async(after(10, 1));
      Task.ignore(task);
      const [kind] = await O.catching(() => Task.await(task, 50));
      return kind;
    }),
  );
}

async function others(O: Oracle): Promise<void> {
  O.step(
    'the value of a task whose await timed out never comes',
    await O.isolated(async () => {
      const task = Task.async(after(40, 'late'));
      const [kind] = await O.catching(() => Task.await(task, 5));
      await sleep(60);
      return [kind, await O.mailbox()];
    }),
  );
  const a = Task.async(after(20, 'a'));
  const b = Task.async(after(5, 'b'));
  O.step(
    'two tasks awaited from one process at once keep apart',
    await Promise.all([Task.await(a), Task.await(b)]),
  );
  O.step(
    'start_link of a task that exits normal does not hurt the caller',
    await O.isolated(async () => {
      await O.down(Task.startLink(() => 'ok'));
      return 'alive';
    }),
  );
  O.step(
    'a task that spawns a linked task: the inner crash ends both',
    await O.isolated(() => Task.await(Task.async(() => Task.await(Task.async(() => exit('inner')))))),
  );
}
