/** Agent 1: counter. */
import { Agent } from '@coppice/agent';
import { exit, processInfo, self, whereis } from '@coppice/core';
import { Supervisor } from '@coppice/supervisor';
import { Task } from '@coppice/task';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done } from '../../term.ts';

const counter = Agent.name<number>('Counter');
const Counter = {
  startLink: (initialValue = 0) => Agent.startLink(() => initialValue, { name: counter }),
  childSpec: (initialValue: number) => Agent.childSpec(() => initialValue, { name: counter }),
  increment: () => Agent.update(counter, (count) => count + 1),
  decrement: () => Agent.update(counter, (count) => count - 1),
  get: () => Agent.get(counter, (count) => count),
  reset: () => Agent.update(counter, () => 0),
};

export const agentCounter: Scenario = scenario('seed/08_agent_counter', async (O) => {
  const pid = await Counter.startLink(10);
  O.name(pid, 'counter');
  O.step('start_link', ['ok', pid]);
  O.step("increment returns :ok, not 11 as the seed's comment reads", done(await Counter.increment()));
  O.step('increment again', done(await Counter.increment()));
  O.step('get', await Counter.get());
  O.step('decrement', done(await Counter.decrement()));
  O.step('get', await Counter.get());
  O.step('reset returns', done(await Counter.reset()));
  O.step('get', await Counter.get());
  O.step('second start_link under the same name', await O.result(() => Counter.startLink(99)));
  O.step('the first agent keeps its state', await Counter.get());
  O.step('child_spec', Counter.childSpec(5));
  await Task.asyncStream(Array.from({ length: 100 }), () => Counter.increment()).toArray();
  O.step('100 concurrent increments', await Counter.get());
  O.step('linked to the starter', processInfo(self())?.links.includes(pid));
  O.step('whereis', whereis(counter));
  O.step('stop', done(await Agent.stop(counter)));
  O.step('whereis after stop', whereis(counter));
  const again = await Counter.startLink(1);
  O.step('name free again: start under it', ['ok', again !== pid]);
  O.step('under a supervisor: crash restarts with the initial value', await restarted(O));
});

async function restarted(O: Oracle): Promise<unknown> {
  await Agent.stop(counter);
  const sup = await Supervisor.startLink([Counter.childSpec(7)], { strategy: 'one_for_one' });
  await Counter.increment();
  const before = await Counter.get();
  const pid = whereis(counter);
  if (pid !== undefined) exit(pid, 'kill');
  await O.waitUntil(() => whereis(counter) !== undefined && whereis(counter) !== pid);
  const after = await Counter.get();
  await Supervisor.stop(sup);
  return [before, after];
}
