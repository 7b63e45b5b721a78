/** PartitionSupervisor. */
import { availableParallelism } from 'node:os';
import { Agent } from '@coppice/agent';
import { exit, isAlive, isPid, monitor, type Pid, whereis } from '@coppice/core';
import { DynamicSupervisor, PartitionSupervisor as PS } from '@coppice/supervisor';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done, moduleOf, untyped } from '../../term.ts';

const zero = () => Agent.childSpec(() => 0);
const get = (supervisor: string, key: unknown) =>
  Agent.get(PS.via(supervisor, key), (state: unknown) => state);

export const partitionSupervisor: Scenario = scenario('sup/10_partition_supervisor', async (O) => {
  await O.trap();
  await PS.startLink({ child: () => Agent.childSpec(() => 'state'), name: 'ps', partitions: 3 });
  await shapes(O);
  await routing(O);
  await forms(O);
  await failures(O);
  const pids = (await PS.whichChildren('ps')).map(({ child }) => child).filter(isPid);
  O.step('stop ends every partition', [done(await PS.stop('ps')), pids.some((pid) => isAlive(pid))]);
});

async function shapes(O: Oracle): Promise<void> {
  O.step('partitions', PS.partitions('ps'));
  const children = await PS.whichChildren('ps');
  O.step(
    'which_children',
    children
      .toSorted((a, b) => Number(a.id) - Number(b.id))
      .map(({ id, child, type, modules }) => [id, isPid(child), type, modules]),
  );
  O.step('count_children', await PS.countChildren('ps'));
  await PS.startLink({ child: zero, name: 'ps_default' });
  O.step(
    'default number of partitions is schedulers_online',
    PS.partitions('ps_default') === availableParallelism(),
  );
}

async function routing(O: Oracle): Promise<void> {
  const children = await PS.whichChildren('ps');
  const route = (key: unknown) => children.find(({ child }) => child === whereis(PS.via('ps', key)))?.id;
  O.step(
    'integer key: rem(abs(key), partitions)',
    [0, 1, 2, 3, 4, 5, -1, -2, -4].map((key) => [key, route(key)]),
  );
  O.step(
    'other keys: :erlang.phash2(key, partitions) — same partition each time',
    ['a', 'b', [1, 2], 1.5].map((key) => route(key) !== undefined && route(key) === route(key)),
  );
  O.step('call through via', await get('ps', 0));
  const p = whereis(PS.via('ps', 1));
  if (p !== undefined) await killed(O, p);
  O.step(
    'a child restarts in its own partition',
    await O.waitUntil(() => ![undefined, p].includes(whereis(PS.via('ps', 1)))),
  );
}

async function killed(O: Oracle, pid: Pid<never>): Promise<void> {
  exit(pid, 'kill');
  await O.down(pid);
}

async function forms(O: Oracle): Promise<void> {
  await PS.startLink({ child: (i) => Agent.childSpec(() => ['part', i]), name: 'ps_args', partitions: 2 });
  O.step('with_arguments', [await get('ps_args', 0), await get('ps_args', 1)]);
  await PS.startLink({ child: () => DynamicSupervisor.childSpec(), name: 'ps_ds', partitions: 2 });
  const p = await DynamicSupervisor.startChild(
    PS.via('ps_ds', 5),
    Agent.childSpec(() => 1),
  );
  const active = async (key: number) => (await DynamicSupervisor.countChildren(PS.via('ps_ds', key))).active;
  O.step('DynamicSupervisor per partition', [
    p === undefined ? p : await Agent.get(p, (state) => state),
    [await active(0), await active(1)],
  ]);
}

async function failures(O: Oracle): Promise<void> {
  O.step('missing supervisor: whereis / call', [
    whereis(PS.via('ps', 0)) !== undefined,
    await O.catching(() => whereis(PS.via('no_ps', 0))),
    await O.catching(() => PS.partitions('no_ps')),
  ]);
  const refusals: unknown[] = [];
  const bad: readonly object[] = [
    { name: 'x' },
    { child: zero },
    { child: zero, name: 'x', partitions: 0 },
    { child: zero, name: 'x', partitions: 'many' },
    { child: 1, name: 'x' },
  ];
  for (const options of bad) {
    const [kind, error] = await O.catching(() => PS.startLink(untyped(options)));
    refusals.push([kind, moduleOf(error)]);
  }
  O.step('bad options', refusals);
  const s = await PS.startLink({ child: zero, name: 'ps_max', partitions: 2, maxRestarts: 0 });
  const ref = monitor(s);
  const p = whereis(PS.via('ps_max', 0));
  if (p !== undefined) exit(p, 'kill');
  O.step('max_restarts: the partition supervisor gives up', await O.awaitDown(ref));
}
