/** terminateChild, restartChild, deleteChild, startChild, whichChildren, countChildren: what they answer. */
import { Agent } from '@coppice/agent';
import { self, whereis } from '@coppice/core';
import { GenServer, ignore, stopInit } from '@coppice/gen-server';
import { DynamicSupervisor, Supervisor, type SupervisorPid } from '@coppice/supervisor';
import { Task } from '@coppice/task';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done, text } from '../../term.ts';
import { ids, Workers, which } from '../../workers.ts';

const trap = { trap: true } as const;
const oneForOne = { strategy: 'one_for_one' } as const;

export const childManagement: Scenario = scenario('sup/06_child_management', async (O) => {
  const W = new Workers(O);
  const s = await Supervisor.startLink(
    [
      W.spec('a', trap),
      W.spec('t', { restart: 'temporary' }),
      Supervisor.childSpec([], { ...oneForOne, id: 'sub' }),
    ],
    oneForOne,
  );
  O.takeLog();
  await shapes(O, s);
  await operations(O, W, s);
  await moreOperations(O, W, s);
  await otherSupervisors(O, W);
  specs(O);
  await effectiveSpecs(O, W);
  O.step('calls to a missing supervisor', await O.catching(() => Supervisor.whichChildren('no_sup')));
});

async function shapes(O: Oracle, s: SupervisorPid): Promise<void> {
  O.step('which_children: last first; modules is the start module', await which(s));
  O.step('count_children', await Supervisor.countChildren(s));
  O.step('erlang count_children is a proplist', Object.entries(await Supervisor.countChildren(s)));
  O.step('terminate_child unknown', await O.ok(() => Supervisor.terminateChild(s, 'zz')));
  O.step('restart_child unknown', await O.result(() => Supervisor.restartChild(s, 'zz')));
  O.step('delete_child unknown', await O.ok(() => Supervisor.deleteChild(s, 'zz')));
}

async function operations(O: Oracle, W: Workers, s: SupervisorPid): Promise<void> {
  const restart = (id: string) => O.result(() => Supervisor.restartChild(s, id));
  O.step('restart_child running', await restart('a'));
  O.step('delete_child running', await O.ok(() => Supervisor.deleteChild(s, 'a')));
  O.step('terminate_child', [await O.ok(() => Supervisor.terminateChild(s, 'a')), O.takeLog()]);
  O.step('after terminate: kept as :undefined', [await ids(s), await Supervisor.countChildren(s)]);
  O.step('terminate_child again', await O.ok(() => Supervisor.terminateChild(s, 'a')));
  O.step(
    'start_child with the id of a stopped child',
    await O.result(() => Supervisor.startChild(s, W.spec('a'))),
  );
  const restarted = await restart('a');
  O.step('restart_child', Array.isArray(restarted) ? [restarted[0], restarted[1] !== undefined] : restarted);
  O.name(whereis('a'), 'a');
  O.step(
    'start_child with the id of a running child',
    await O.result(() => Supervisor.startChild(s, W.spec('a'))),
  );
  O.step('terminate and delete', [
    await O.ok(() => Supervisor.terminateChild(s, 'a')),
    await O.ok(() => Supervisor.deleteChild(s, 'a')),
    await ids(s),
  ]);
  O.step('restart_child of a deleted one', await restart('a'));
  O.step('terminate_child of a temporary child also deletes it', [
    await O.ok(() => Supervisor.terminateChild(s, 't')),
    await ids(s),
    await restart('t'),
  ]);
  O.takeLog();
}

async function moreOperations(O: Oracle, W: Workers, s: SupervisorPid): Promise<void> {
  O.step(
    'terminate_child by pid on a non-simple supervisor',
    await O.catching(() => O.ok(() => Supervisor.terminateChild(s, self()))),
  );
  await Supervisor.startChild(s, W.spec('n1', trap));
  await Supervisor.startChild(s, W.spec('n2', trap));
  O.takeLog();
  O.step('start_child adds at the end of the start order', [
    await ids(s),
    done(await Supervisor.stop(s)),
    O.takeLog(),
  ]);
}

async function otherSupervisors(O: Oracle, W: Workers): Promise<void> {
  const results = [stopInit('nope'), ignore()];
  const f = W.spec('f', { counter: { starts: 0 }, init: (n) => results[n - 1] ?? 'go' });
  const s = await Supervisor.startLink([f], oneForOne);
  await Supervisor.terminateChild(s, 'f');
  const restart = () => O.result(async () => (await Supervisor.restartChild(s, 'f')) ?? 'undefined');
  O.step('restart_child whose start fails: error, child stays :undefined', [
    await restart(),
    await ids(s),
    await restart(),
    await ids(s),
  ]);
  const zero = () => Agent.startLink(() => 0);
  const t = await Supervisor.startLink(
    [
      { id: ['x', 1], start: zero },
      { id: 'str', start: zero },
    ],
    oneForOne,
  );
  const terminated = [
    await O.ok(() => Supervisor.terminateChild(t, ['x', 1])),
    await O.ok(() => Supervisor.terminateChild(t, 'str')),
  ];
  const left = await Supervisor.whichChildren(t);
  O.step('ids may be any term and compare by value', [
    ...terminated,
    left.map(({ id, child }) => [id === 'str' ? text(id) : id, child ?? 'undefined']),
  ]);
  const u = await Supervisor.startLink([W.spec('a')], oneForOne);
  O.step('get_childspec', [await specOf(u, 'a'), await O.result(() => Supervisor.getChildSpec(u, 'zz'))]);
  await Supervisor.stop(u);
}

/** The spec that a supervisor keeps, without `start`. */
async function specOf(sup: SupervisorPid, id: string): Promise<unknown> {
  const { start: _, ...rest } = await Supervisor.getChildSpec(sup, id);
  return rest;
}

function specs(O: Oracle): void {
  const CG = GenServer.define('CG', { init: (arg: unknown) => arg });
  const CS = Supervisor.define('CS', (_: string) => ({ children: [], ...oneForOne }));
  O.step('default child_spec of use GenServer / Agent / Task / Supervisor', [
    CG.childSpec('arg'),
    Agent.childSpec(() => 'arg', { id: 'CA' }),
    Task.childSpec(() => 'arg', { id: 'CT' }),
    CS.childSpec('arg'),
    DynamicSupervisor.childSpec({ id: 'CD' }),
  ]);
  O.step('use options override', CG.childSpec(1, { id: 'other', restart: 'transient', shutdown: 10 }));
  O.step('Supervisor.child_spec overrides', { ...CG.childSpec(1), id: 'new', restart: 'temporary' });
  O.step('Supervisor.child_spec of module, of map', [
    CG.childSpec([]),
    { id: 1, start: () => CG.startLink([]), shutdown: 7 },
  ]);
}

async function effectiveSpecs(O: Oracle, W: Workers): Promise<void> {
  const s = await Supervisor.startLink(
    [W.spec('a'), Supervisor.childSpec([], { ...oneForOne, id: 'sub' })],
    oneForOne,
  );
  O.step('effective defaults kept by the supervisor (worker / supervisor)', [
    await specOf(s, 'a'),
    await specOf(s, 'sub'),
  ]);
  await Supervisor.stop(s);
}
