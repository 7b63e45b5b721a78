/** Time in proportion to the number of children: ten times as many take some ten times as long, where the square would take a hundred times. */
import { receive, self, send, sleep, spawnLink } from '@coppice/core';
import { type ChildSpec, DynamicSupervisor, Supervisor } from '@coppice/supervisor';
import { onNode } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import './worker.ts';

const FEW = 300;
const MANY = 10 * FEW;
const AT_MOST = 40;

const specOf = (id: number, restart: 'permanent' | 'temporary'): ChildSpec => ({
  id,
  restart,
  start: async () => spawnLink(() => sleep('infinity')),
});

/** The processor's time, which does not depend on what else the machine does. */
async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

async function growth(work: (children: number) => Promise<unknown>): Promise<number> {
  await work(FEW);
  const few = await cpuMs(() => work(FEW));
  return (await cpuMs(() => work(MANY))) / few;
}

describe('many children', () => {
  it(
    'of a static supervisor start and stop in about linear time [otp-sup-027]',
    onNode(async () => {
      const ratio = await growth(async (children) => {
        const specs = Array.from({ length: children }, (_, id) => specOf(id, 'permanent'));
        const supervisor = await Supervisor.startLink(specs, { strategy: 'one_for_one' });
        expect(await Supervisor.countChildren(supervisor)).toMatchObject({ active: children });
        await Supervisor.stop(supervisor);
      });
      expect(ratio).toBeLessThan(AT_MOST);
    }),
    60_000,
  );

  it(
    'are restarted as a group in about linear time',
    onNode(async () => {
      const ratio = await growth(async (children) => {
        const me = self<string>();
        let starts = 0;
        const brief = async () => {
          if (++starts === 2) send(me, 'again');
          return spawnLink(() => sleep(starts === 1 ? 1 : 'infinity'));
        };
        const specs = [
          ...Array.from({ length: children }, (_, id) => specOf(id, 'permanent')),
          { id: 'last', start: brief },
        ];
        const supervisor = await Supervisor.startLink(specs, { strategy: 'one_for_all' });
        await receive((message) => message === 'again', { timeout: 'infinity' });
        expect(await Supervisor.countChildren(supervisor)).toMatchObject({ active: children + 1 });
        await Supervisor.stop(supervisor);
      });
      expect(ratio).toBeLessThan(AT_MOST);
    }),
    60_000,
  );

  it(
    'that are temporary come, go by themselves and are stopped in about linear time under a dynamic supervisor [otp-sup-016]',
    onNode(async () => {
      const ratio = await growth(async (children) => {
        const supervisor = await DynamicSupervisor.startLink();
        for (let id = 0; id < children; id += 1) {
          await DynamicSupervisor.startChild(supervisor, specOf(id, 'temporary'));
          if (id % 2 === 0)
            await DynamicSupervisor.startChild(supervisor, {
              ...specOf(id, 'temporary'),
              start: async () => spawnLink(() => {}),
            });
        }
        await DynamicSupervisor.countChildren(supervisor);
        expect(await DynamicSupervisor.countChildren(supervisor)).toMatchObject({ active: children });
        await DynamicSupervisor.stop(supervisor);
      });
      expect(ratio).toBeLessThan(AT_MOST);
    }),
    60_000,
  );
});
