/** awaitMany. Order is the list's order; the timeout is for ALL the tasks together, not each. */
import { exit, isAlive, sleep, spawn } from '@coppice/core';
import { Task } from '@coppice/task';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { moduleOf, text } from '../../term.ts';

function fetchAllUsers(O: Oracle, ids: readonly number[]) {
  return Task.awaitMany(ids.map((id) => Task.async(() => fetchUser(O, id))));
}

async function fetchUser(O: Oracle, id: number) {
  await sleep((6 - id) * 8);
  O.log(id);
  return { id, name: `User ${id}` };
}

export const taskAwaitMany: Scenario = scenario('seed/03_task_await_many', async (O) => {
  O.step('results in input order', text(await fetchAllUsers(O, [1, 2, 3, 4, 5])));
  O.step('completion order', O.takeLog());
  O.step('empty list', await Task.awaitMany([]));
  O.step('empty list, timeout 0', await Task.awaitMany([], 0));
  await timeouts(O);
  await crashes(O);
  O.step(
    'the same task twice',
    await O.isolated(() => {
      const t = Task.async(() => 1);
      O.name(t.pid, 'dup');
      O.name(t.ref, 'dupref');
      return O.catching(() => Task.awaitMany([t, t], 50));
    }),
  );
  O.step(
    'await_many of a foreign task',
    await O.isolated(async () => {
      const t = { ...Task.async(() => 1), owner: spawn(() => {}) };
      const [kind, error] = await O.catching(() => Task.awaitMany([t], 50));
      return [kind, moduleOf(error)];
    }),
  );
});

async function timeouts(O: Oracle): Promise<void> {
  O.step(
    'timeout: exit reason, caller',
    await O.isolated(() => {
      const tasks = [1, 2].map((i) => {
        const t = Task.async(() => sleep(i * 1000));
        O.name(t.pid, `slow${i}`);
        O.name(t.ref, `sref${i}`);
        return t;
      });
      return Task.awaitMany(tasks, 20);
    }),
  );
  O.step(
    'timeout caught: unfinished tasks are still alive and linked',
    await O.isolated(async () => {
      const tasks = [1, 2, 3].map((i) =>
        Task.async(async () => {
          if (i > 1) await sleep(1000);
          return i;
        }),
      );
      const [kind] = await O.catching(() => Task.awaitMany(tasks, 30));
      return [kind, tasks.map(({ pid }) => isAlive(pid))];
    }),
  );
  O.step(
    'the timeout is one total: three tasks of 40 ms each, awaited with 100, in parallel are fine',
    await O.isolated(() => {
      const nap = async () => {
        await sleep(40);
        return 'ok';
      };
      return Task.awaitMany(
        [1, 2, 3].map(() => Task.async(nap)),
        400,
      );
    }),
  );
}

async function crashes(O: Oracle): Promise<void> {
  O.step(
    'one crash in await_many, caller traps',
    await O.isolated(
      async () => {
        const a = Task.async(async () => {
          await sleep(300);
          return 'a';
        });
        const b = Task.async(() => exit('bad'));
        for (const [t, name] of [
          [a, 'a'],
          [b, 'b'],
        ] as const) {
          O.name(t.pid, name);
          O.name(t.ref, `ref_${name}`);
        }
        const r = await O.catching(() => Task.awaitMany([a, b], 1000));
        return [r, isAlive(a.pid), await O.mailbox()];
      },
      { trap: true },
    ),
  );
  O.step(
    'one crash in await_many, caller does not trap',
    await O.isolated(() =>
      Task.awaitMany([Task.async(() => sleep(300)), Task.async(() => exit('bad'))], 1000),
    ),
  );
}
