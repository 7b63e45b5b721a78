/** Trees of several kinds of supervisors, a child that is early to stop, modules whose `init` fails. */
import { exit, isExit, isPid, monitor, sleep, whereis } from '@coppice/core';
import { continueWith, noreply, ok, stop } from '@coppice/gen-server';
import { Registry } from '@coppice/registry';
import { DynamicSupervisor, Supervisor } from '@coppice/supervisor';
import type { OneWay } from '../../../doer.ts';
import { ids, kill } from '../../../workers.ts';
import { plain, type Setup, trap } from './setup.ts';

export async function trees({ O, W, F, step }: Setup): Promise<void> {
  const names = Registry.unique<number>('Names');
  await step(
    'rest_for_one: a registry, a dynamic supervisor, what fills it',
    [Registry.childSpec(names), DynamicSupervisor.childSpec({ name: 'pool' }), W.spec('filler', trap)],
    async (s) => {
      for (const n of [1, 2]) {
        await DynamicSupervisor.startChild('pool', F.childSpec(plain, { name: Registry.via(names, n) }));
      }
      const active = async () => (await DynamicSupervisor.countChildren('pool')).active;
      const before = [await active(), Registry.count(names)];
      O.takeLog();
      await W.killSync(s, 'pool');
      return [before, await active(), Registry.count(names), O.takeLog()];
    },
    { strategy: 'rest_for_one' },
  );
  await step(
    'a dynamic supervisor that gives up comes back empty',
    [DynamicSupervisor.childSpec({ name: 'pool', maxRestarts: 1 })],
    async (s) => {
      await DynamicSupervisor.startChild('pool', W.spec('w'));
      await W.killSync('pool', 'w');
      const end = monitor('pool');
      await kill(O, whereis('w'));
      const reason = await O.awaitDown(end);
      await Supervisor.countChildren(s);
      return [reason, isPid(whereis('pool')), await DynamicSupervisor.countChildren('pool')];
    },
  );
}

export async function early({ O, child, step }: Setup): Promise<void> {
  let starts = 0;
  const once: OneWay = (state) => (Number(state) < 3 ? stop('early', state) : noreply(state));
  await step(
    'a child whose continue stops it, twice',
    [child('early', () => ok(++starts, continueWith('do', once)))],
    async (s) => {
      await sleep(10);
      return [starts, await ids(s), O.takeLog()];
    },
    { maxRestarts: 5 },
  );
}

export async function modules({ O }: Setup): Promise<void> {
  const M = Supervisor.define('M', (init: () => never) => init());
  const raises = (): never => {
    throw new Error('no');
  };
  for (const [how, init] of [['raises', raises] as const, ['exits', () => exit('no')] as const]) {
    const result = await O.result(() => M.startLink(init));
    const exits = (await O.mailbox()).map((message) => (isExit(message) ? message.reason : message));
    O.step(`a module whose init ${how}`, [result, exits]);
  }
}
