/** Advanced 4: agent under a global name (one node). */
import { Agent, type AgentPid } from '@coppice/agent';
import { exit, Global, self, send, unlink, whereis } from '@coppice/core';
import { type Oracle, slimExit } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done } from '../../term.ts';

const global = (name: unknown) => Agent.name<number>({ global: name });
const DistributedCounter = {
  startLink: (name: unknown = 'DistributedCounter') => Agent.startLink(() => 0, { name: global(name) }),
  increment: (name: unknown = 'DistributedCounter') => Agent.update(global(name), (count) => count + 1),
  get: (name: unknown = 'DistributedCounter') => Agent.get(global(name), (count) => count),
};

export const advGlobalAgent: Scenario = scenario('seed/18_adv_global_agent', async (O) => {
  O.step('get before start', slimExit(await O.catching(() => DistributedCounter.get())));
  const p = await DistributedCounter.startLink();
  O.name(p, 'global');
  O.step('increment', done(await DistributedCounter.increment()));
  O.step('get', await DistributedCounter.get());
  O.step('duplicate', await O.result(() => DistributedCounter.startLink()));
  const q = await DistributedCounter.startLink(['counter', 2]);
  O.name(q, 'second');
  O.step('another name is another counter; names can be any term', [
    await DistributedCounter.get(['counter', 2]),
    done(await DistributedCounter.increment(['counter', 2])),
    await DistributedCounter.get(['counter', 2]),
    await DistributedCounter.get(),
  ]);
  lookUps(O);
  await registration(O, p);
  await ends(O, p);
});

/** `:global.whereis_name/1` */
function whereisGlobal(name: unknown): unknown {
  return Global.whereisName(name) ?? 'undefined';
}

function lookUps(O: Oracle): void {
  O.step('whereis_name', [whereisGlobal('DistributedCounter'), whereisGlobal('nope')]);
  O.step('local name is not set', whereis('DistributedCounter'));
  O.step('GenServer.whereis', [whereis({ global: 'DistributedCounter' }), whereis({ global: 'nope' })]);
  O.step('registered_names', Global.registeredNames().toSorted(byKind));
}

/** Term order: atoms before tuples. */
function byKind(a: unknown, b: unknown): number {
  return Number(Array.isArray(a)) - Number(Array.isArray(b));
}

async function registration(O: Oracle, p: AgentPid<number>): Promise<void> {
  const yesNo = (isDone: boolean) => (isDone ? 'yes' : 'no');
  O.step('register_name directly: duplicate says :no', [
    yesNo(await Global.registerName('x', self())),
    yesNo(await Global.registerName('x', p)),
    whereisGlobal('x'),
  ]);
  const r = yesNo(await Global.registerName('y', self()));
  O.step('one process under two global names: said no', [r, whereisGlobal('y')]);
  O.step('re_register_name moves', [done(await Global.reregisterName('x', p), 'yes'), whereisGlobal('x')]);
  O.step('unregister_name (also of an unknown name)', [
    done(await Global.unregisterName('x')),
    done(await Global.unregisterName('x')),
    whereisGlobal('x'),
  ]);
  O.step(':global.send to a missing name', await O.catching(() => send({ global: 'nope' }, 'hello')));
  await Global.registerName('me', self());
  const to = done(send({ global: 'me' }, 'hello'), whereisGlobal('me'));
  O.step(':global.send returns the pid', [to, await O.mailbox()]);
  O.step('cast to a missing global name', done(Agent.cast(global('nope'), (count) => count)));
}

async function ends(O: Oracle, p: AgentPid<number>): Promise<void> {
  unlink(p);
  exit(p, 'kill');
  await O.down(p);
  const isGone = () => Global.whereisName('DistributedCounter') === undefined;
  O.step('dies: the name goes', await O.waitUntil(isGone));
  const again = await DistributedCounter.startLink();
  O.step('name free again', ['ok', again !== p, await DistributedCounter.get()]);
  O.step('stop by global name', [
    done(await Agent.stop(global('DistributedCounter'))),
    await O.waitUntil(isGone),
  ]);
}
