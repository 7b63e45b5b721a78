/** Significant children and autoShutdown (OTP 24 and later). */
import { type ExitReason, isAlive, monitor, sleep, whereis } from '@coppice/core';
import { type ChildSpec, Supervisor, type SupervisorOptions } from '@coppice/supervisor';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done, untyped } from '../../term.ts';
import { ids, Workers } from '../../workers.ts';

type Flags = Partial<SupervisorOptions>;
type Kills = readonly (readonly [id: string, why: ExitReason])[];
type Restart = 'permanent' | 'transient' | 'temporary';

const start = (flags: Flags, specs: readonly ChildSpec[]) =>
  Supervisor.startLink(specs, { strategy: 'one_for_one', ...flags });

export const autoShutdown: Scenario = scenario('sup/08_auto_shutdown', async (O) => {
  await O.trap();
  const W = new Workers(O);
  const sig = (id: string, restart: Restart) => W.spec(id, { trap: true, restart, significant: true });
  const plain = (id: string) => W.spec(id, { trap: true });
  const run = async (name: string, flags: Flags, specs: readonly ChildSpec[], kills: Kills) =>
    O.step(name, await endings(O, W, { flags, specs, kills }));
  const any: Flags = { autoShutdown: 'any_significant' };
  const all: Flags = { autoShutdown: 'all_significant' };
  const two = [sig('a', 'transient'), plain('b')];
  await run(
    'any_significant: a significant transient ends normally',
    any,
    [...two, sig('c', 'transient')],
    [['a', 'normal']],
  );
  await run('any_significant: a significant transient ends :shutdown', any, two, [['a', 'shutdown']]);
  await run('any_significant: a significant transient crashes: restarted instead', any, two, [
    ['a', 'crash'],
  ]);
  await run(
    'any_significant: a significant temporary crashes: shuts down',
    any,
    [sig('a', 'temporary'), plain('b')],
    [['a', 'crash']],
  );
  await run(
    'all_significant: first of two ends: lives; second ends: shuts down',
    all,
    [sig('a', 'transient'), sig('b', 'temporary'), plain('c')],
    [
      ['a', 'normal'],
      ['b', 'crash'],
    ],
  );
  await refused(O, 'never with a significant child: refused', { autoShutdown: 'never' }, [
    sig('a', 'transient'),
  ]);
  await refused(O, 'default is never: refused too', {}, [sig('a', 'transient')]);
  await refused(O, 'a permanent significant child: refused', any, [sig('a', 'permanent')]);
  await refused(O, 'unknown auto_shutdown', { autoShutdown: untyped('some') }, []);
  await run(
    'a non-significant child ending does not shut down',
    any,
    [sig('a', 'transient'), W.spec('b', { trap: true, restart: 'temporary' })],
    [['b', 'normal']],
  );
  await notTriggered(O, W, two);
  const inner = (restart: Restart) => seenByParent(O, W, restart, sig('x', 'transient'));
  O.step('the parent supervisor sees :shutdown: a permanent inner is restarted, a transient one is not', [
    await inner('permanent'),
    await inner('transient'),
  ]);
});

interface Run {
  readonly flags: Flags;
  readonly specs: readonly ChildSpec[];
  readonly kills: Kills;
}

/** After each kill, whether the supervisor lives; how it ends; the log. */
async function endings(O: Oracle, W: Workers, { flags, specs, kills }: Run): Promise<unknown> {
  const sup = await start(flags, specs);
  const ref = monitor(sup);
  O.takeLog();
  const states: unknown[] = [];
  for (const [id, why] of kills) {
    if (whereis(id) === undefined) continue;
    await W.crash(id, why);
    await sleep(15);
    states.push([id, isAlive(sup)]);
  }
  const end = isAlive(sup) ? ['alive', await ids(sup)] : ['ended', await O.awaitDown(ref)];
  if (isAlive(sup)) await Supervisor.stop(sup);
  await O.mailbox();
  return [states, end, O.takeLog()];
}

async function refused(O: Oracle, name: string, flags: Flags, specs: readonly ChildSpec[]): Promise<void> {
  O.step(name, await O.result(() => start(flags, specs)));
  await O.mailbox();
}

async function notTriggered(O: Oracle, W: Workers, specs: readonly ChildSpec[]): Promise<void> {
  const sup = await start({ autoShutdown: 'any_significant' }, specs);
  const r = done(await Supervisor.terminateChild(sup, 'a'));
  await sleep(10);
  O.step('terminate_child of a significant child does not trigger it', [r, isAlive(sup), await ids(sup)]);
  await Supervisor.stop(sup);
  await O.mailbox();
  O.takeLog();
  const group = await start({ strategy: 'one_for_all', autoShutdown: 'any_significant' }, specs);
  O.takeLog();
  await W.crashSync(group, 'b', 'crash');
  O.step('one_for_all group restart of siblings does not trigger it', [
    isAlive(group),
    await ids(group),
    O.takeLog(),
  ]);
  await Supervisor.stop(group);
  await O.mailbox();
  O.takeLog();
}

async function seenByParent(O: Oracle, W: Workers, restart: Restart, child: ChildSpec): Promise<unknown> {
  const inner = Supervisor.childSpec([child], {
    id: 'inner',
    name: 'inner',
    restart,
    strategy: 'one_for_one',
    autoShutdown: 'any_significant',
  });
  const sup = await Supervisor.startLink([inner], { strategy: 'one_for_one' });
  const ref = monitor(whereis('inner') ?? sup);
  await W.crash('x', 'normal');
  const down = await O.awaitDown(ref);
  const r = [restart, down, await ids(sup)];
  await Supervisor.stop(sup);
  await O.mailbox();
  O.takeLog();
  return r;
}
