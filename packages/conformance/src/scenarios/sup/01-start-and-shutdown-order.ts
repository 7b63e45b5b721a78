/** Start order is list order, shutdown order is the reverse, for every strategy. */
import {
  exit,
  isAlive,
  monitor,
  type Pid,
  receive,
  self,
  send,
  sleep,
  spawn,
  trapExit,
  unlink,
  whereis,
} from '@coppice/core';
import { Supervisor } from '@coppice/supervisor';
import { type Oracle, ofType } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done } from '../../term.ts';
import { Workers, which } from '../../workers.ts';

interface Started {
  readonly type: 's';
  readonly sup: Pid<never>;
}

const strategies = ['one_for_one', 'one_for_all', 'rest_for_one'] as const;
const isStarted = ofType<Started>('s');
const trap = { trap: true } as const;

export const startAndShutdownOrder: Scenario = scenario('sup/01_start_and_shutdown_order', async (O) => {
  const W = new Workers(O);
  for (const strategy of strategies) {
    const sup = await Supervisor.startLink([W.spec('a', trap), W.spec('b', trap), W.spec('c', trap)], {
      strategy,
    });
    O.step(`${strategy}: start order`, O.takeLog());
    O.step(`${strategy}: which_children (last started first)`, await which(sup));
    O.step(`${strategy}: count_children`, await Supervisor.countChildren(sup));
    O.step(`${strategy}: stop returns`, done(await Supervisor.stop(sup)));
    O.step(`${strategy}: shutdown order`, O.takeLog());
  }
  const sup = await Supervisor.startLink([W.spec('a'), W.spec('b')], { strategy: 'one_for_one' });
  O.takeLog();
  await Supervisor.stop(sup);
  O.step('children that do not trap exits: terminate/2 is not called at shutdown', O.takeLog());
  await nested(O, W);
  await reasons(O, W);
  await signals(O, W);
});

async function nested(O: Oracle, W: Workers): Promise<void> {
  const inner = [W.spec('x', trap), W.spec('y', trap)];
  const sup = await Supervisor.startLink(
    [
      W.spec('a', trap),
      Supervisor.childSpec(inner, { id: 'inner', strategy: 'one_for_one' }),
      W.spec('b', trap),
    ],
    { strategy: 'one_for_one' },
  );
  O.step('nested: start is depth first', O.takeLog());
  O.step('nested: count_children of the outer', await Supervisor.countChildren(sup));
  await Supervisor.stop(sup);
  O.step('nested: shutdown is the mirror', O.takeLog());
}

async function reasons(O: Oracle, W: Workers): Promise<void> {
  const sup = await Supervisor.startLink([W.spec('a', trap)], { strategy: 'one_for_one' });
  const ref = monitor(sup);
  O.takeLog();
  unlink(sup);
  await Supervisor.stop(sup, ['custom', 1]);
  O.step('stop with a custom reason: children still get :shutdown; the supervisor ends with the custom one', [
    O.takeLog(),
    await O.awaitDown(ref),
  ]);
  O.step(
    'supervisor started by start_link dies when its parent exits (reason passes through; children get :shutdown)',
    await parentEnds(O, W, () => exit('parent_gone')),
  );
  O.step(
    "parent exits :normal: the supervisor also ends (it traps, and its parent's EXIT of any reason stops it)",
    await parentEnds(O, W, () => {}),
  );
}

/** How a supervisor ends, and what its child saw, when the process that started it runs `end`. */
async function parentEnds(O: Oracle, W: Workers, end: () => void): Promise<unknown> {
  const me = self<Started>();
  const parent = spawn<'go'>(async (ctx) => {
    const sup = await Supervisor.startLink([W.spec('a', trap)], { strategy: 'one_for_one' });
    send(me, { type: 's', sup });
    await ctx.receive();
    end();
  });
  const { sup } = await receive(isStarted);
  const ref = monitor(sup);
  O.takeLog();
  send(parent, 'go');
  const reason = await O.awaitDown(ref);
  return [reason, O.takeLog()];
}

async function signals(O: Oracle, W: Workers): Promise<void> {
  const sup = await Supervisor.startLink([W.spec('a', trap)], { strategy: 'one_for_one' });
  spawn(() => exit(sup, 'shutdown'));
  await sleep(20);
  const alive = isAlive(sup);
  await Supervisor.stop(sup);
  O.takeLog();
  O.step('an EXIT signal from a stranger does not stop a supervisor (not even :shutdown)', alive);
  trapExit(true);
  const killed = await Supervisor.startLink([W.spec('a', trap)], { strategy: 'one_for_one' });
  const a = monitor(whereis('a') ?? killed);
  const ref = monitor(killed);
  O.takeLog();
  exit(killed, 'kill');
  O.step('supervisor killed: reason seen by its monitor, and what its trapping children get', [
    await O.awaitDown(ref),
    await O.awaitDown(a),
    O.takeLog(),
  ]);
}
