/** Best practices 1 to 5. */
import { Agent } from '@coppice/agent';
import { ExitError, sleep } from '@coppice/core';
import { Task, TaskSupervisor } from '@coppice/task';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { exception } from '../../term.ts';

const sup = TaskSupervisor.name('MyApp.TaskSupervisor');
const risky = () => {
  throw new Error('risky');
};

export const bestPractices: Scenario = scenario('seed/19_best_practices', async (O) => {
  await TaskSupervisor.startLink({ name: sup });
  await supervision(O);
  await timeouts(O);
  await handling(O);
  await computing(O);
});

async function supervision(O: Oracle): Promise<void> {
  O.step(
    "1. `Don't`: Task.async crash ends the caller",
    await O.isolated(async () => {
      Task.async(risky);
      await sleep(500);
      return 'alive';
    }),
  );
  O.step(
    '1. `Do`: Task.Supervisor.async crash ends the caller just the same',
    await O.isolated(async () => {
      await TaskSupervisor.async(sup, risky);
      await sleep(500);
      return 'alive';
    }),
  );
  O.step(
    '1. what does isolate: async_nolink',
    await O.isolated(async () => {
      const outcome = await Task.yield(await TaskSupervisor.asyncNolink(sup, risky), 500);
      return outcome?.ok === false ? ['isolated', exception(outcome.reason)] : outcome;
    }),
  );
}

async function timeouts(O: Oracle): Promise<void> {
  O.step(
    '2. explicit timeout, in time',
    await Task.await(
      Task.async(() => 1),
      5000,
    ),
  );
  const [, used] = await O.isolated(async () => {
    const [, error] = await O.catching(() => Task.await(Task.async(() => sleep(6000))));
    return error instanceof ExitError && error.reason === 'timeout' ? error.call?.args[1] : error;
  });
  O.step('2. the default timeout of await is 5000', used);
}

async function handling(O: Oracle): Promise<void> {
  const handled = async (task: Task<unknown>, timeout: number) => {
    const [kind, value] = await O.catching(() => Task.await(task, timeout));
    return kind === 'exit' ? 'handled' : value;
  };
  O.step(
    '3. try/catch around await handles a timeout',
    await O.isolated(() =>
      handled(
        Task.async(() => sleep(300)),
        10,
      ),
    ),
  );
  O.step(
    '3. try/catch around await does not handle a linked crash',
    await O.isolated(() => handled(Task.async(risky), 500)),
  );
  O.step(
    '3. it does with async_nolink',
    await O.isolated(async () => handled(await TaskSupervisor.asyncNolink(sup, risky), 500)),
  );
  O.step(
    '3. it does when trapping exits',
    await O.isolated(() => handled(Task.async(risky), 500), { trap: true }),
  );
}

async function computing(O: Oracle): Promise<void> {
  const agent = await Agent.startLink(() => 0);
  const slowly = () =>
    Agent.update(agent, async (s) => {
      await sleep(10);
      return s + 1;
    });
  await Task.awaitMany([Task.async(slowly), Task.async(slowly)]);
  O.step('4. compute inside: two concurrent increments are both kept', await Agent.get(agent, (s) => s));
  await Agent.update(agent, () => 0);
  const outside = async () => {
    const old = await Agent.get(agent, (s) => s);
    await sleep(30);
    await Agent.update(agent, () => old + 1);
  };
  await Task.awaitMany([Task.async(outside), Task.async(outside)]);
  O.step(
    '4. compute outside as the seed shows: one of two concurrent increments is lost',
    await Agent.get(agent, (s) => s),
  );
  const record = await Agent.startLink(() => ({ value: 1 }));
  O.step('5. get_and_update returns the first of the pair and keeps the second', [
    await Agent.getAndUpdate(record, (s) => [s.value, { ...s, value: 2 }]),
    await Agent.get(record, (s) => s),
  ]);
}
