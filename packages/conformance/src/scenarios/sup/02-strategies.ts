/** What is stopped and started, in which order, when the middle child of three ends. */
import { whereis } from '@coppice/core';
import { type Strategy, Supervisor, type SupervisorPid } from '@coppice/supervisor';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { ids, Workers } from '../../workers.ts';

const names = ['a', 'b', 'c'] as const;
const trap = { trap: true } as const;
const temporary = { trap: true, restart: 'temporary' } as const;
const transient = { trap: true, restart: 'transient' } as const;

export const strategies: Scenario = scenario('sup/02_strategies', async (O) => {
  const W = new Workers(O);
  for (const strategy of ['one_for_one', 'one_for_all', 'rest_for_one'] as const) {
    for (const victim of names) await crashOf(O, W, strategy, victim);
  }
  for (const strategy of ['one_for_all', 'rest_for_one'] as const) {
    await mixedSiblings(O, W, strategy);
    await temporaryCrash(O, W, strategy);
    await transientEnd(O, W, strategy);
  }
  await terminated(O, W);
  await late(O, W);
});

async function crashOf(O: Oracle, W: Workers, strategy: Strategy, victim: string): Promise<void> {
  const sup = await Supervisor.startLink(
    names.map((id) => W.spec(id, trap)),
    { strategy },
  );
  const before = names.map((id) => whereis(id));
  O.takeLog();
  await W.crashSync(sup, victim, 'crash');
  O.step(`${strategy}: ${victim} crashes`, O.takeLog());
  O.step(
    `${strategy}: ${victim} crashes: which pids changed`,
    names.map((id, i) => [id, whereis(id) !== before[i]]),
  );
  O.step(`${strategy}: order of which_children after`, await ids(sup));
  await stop(O, sup);
}

async function stop(O: Oracle, sup: SupervisorPid): Promise<void> {
  await Supervisor.stop(sup);
  O.takeLog();
}

async function mixedSiblings(O: Oracle, W: Workers, strategy: Strategy): Promise<void> {
  const children = [W.spec('a', trap), W.spec('b', temporary), W.spec('c', transient), W.spec('d', trap)];
  const sup = await Supervisor.startLink(children, { strategy });
  O.takeLog();
  await W.crashSync(sup, 'a', 'crash');
  O.step(`${strategy}: with a temporary and a transient sibling: a crashes`, O.takeLog());
  O.step(`${strategy}: the temporary sibling is gone for good, the transient one is back`, await ids(sup));
  await stop(O, sup);
}

async function temporaryCrash(O: Oracle, W: Workers, strategy: Strategy): Promise<void> {
  const children = [W.spec('a', trap), W.spec('b', temporary), W.spec('c', trap)];
  const sup = await Supervisor.startLink(children, { strategy });
  O.takeLog();
  await W.crashSync(sup, 'b', 'crash');
  O.step(`${strategy}: the temporary child crashes: siblings are not touched`, [O.takeLog(), await ids(sup)]);
  await stop(O, sup);
}

async function transientEnd(O: Oracle, W: Workers, strategy: Strategy): Promise<void> {
  const children = [W.spec('a', trap), W.spec('b', transient), W.spec('c', trap)];
  const sup = await Supervisor.startLink(children, { strategy });
  O.takeLog();
  await W.crashSync(sup, 'b', 'normal');
  O.step(`${strategy}: the transient child ends normally: siblings are not touched`, [
    O.takeLog(),
    await ids(sup),
  ]);
  await W.crashSync(sup, 'a', 'crash');
  O.step(`${strategy}: then a crashes: the ended transient child is started again with the group`, [
    O.takeLog(),
    await ids(sup),
  ]);
  await stop(O, sup);
}

async function terminated(O: Oracle, W: Workers): Promise<void> {
  const sup = await Supervisor.startLink(
    names.map((id) => W.spec(id, trap)),
    { strategy: 'one_for_all' },
  );
  O.takeLog();
  await Supervisor.terminateChild(sup, 'b');
  O.step('one_for_all: terminate_child touches only that child', [O.takeLog(), await ids(sup)]);
  await W.crashSync(sup, 'a', 'crash');
  O.step('one_for_all: then a crashes: the terminated b is started again too', [O.takeLog(), await ids(sup)]);
  await stop(O, sup);
}

async function late(O: Oracle, W: Workers): Promise<void> {
  const sup = await Supervisor.startLink([W.spec('a', trap)], { strategy: 'rest_for_one' });
  await Supervisor.startChild(sup, W.spec('late', trap));
  O.takeLog();
  await W.crashSync(sup, 'a', 'crash');
  O.step('rest_for_one: a child added by start_child counts as last', [O.takeLog(), await ids(sup)]);
  await Supervisor.stop(sup);
}
