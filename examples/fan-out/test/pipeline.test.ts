import { explore, simulate } from '@coppice/testing';
import { exit, type Pid, processes, processInfo, Supervisor, sleep, subscribe, whereis } from 'coppice';
import { describe, expect, it } from 'vitest';
import * as Ledger from '../src/ledger.ts';
import * as Pipeline from '../src/pipeline.ts';
import * as PriceService from '../src/price-service.ts';

subscribe('coppice.supervisor.report', () => {}); // else on stderr
subscribe('coppice.process.crash', () => {});

const lines = Array.from({ length: 30 }, (_, index) => `${index} tea`);
const positions = lines.map((_, index) => index + 1);

function start(given: readonly string[], outages: readonly number[] = []) {
  const children = [Ledger.childSpec(), PriceService.childSpec(outages), ...Pipeline.childSpecs(given)];
  return Supervisor.startLink(children, { strategy: 'rest_for_one', maxRestarts: 1_000 });
}
const written = async () => (await Ledger.read()).entries.map(({ position }) => position);

describe('the pipeline', () => {
  it('writes each order once and in order, whichever of its processes is killed when', () =>
    explore(
      async ({ seed }) => {
        await start(lines);
        for (let kill = 0; kill < 10; kill += 1) {
          await sleep((seed * 7 + kill * 3) % 11);
          const own = ownProcesses();
          const victim = own[(seed * 31 + kill * 17) % own.length];
          if (victim !== undefined) exit(victim, 'kill');
        }
        await Ledger.reached(lines.length);
        expect(await written()).toEqual(positions);
      },
      { crashes: 'allowed' },
    ));

  it('goes on at a line at which its service was down', () =>
    explore(
      async ({ expectCrash }) => {
        for (const position of [1, 7, 30]) expectCrash(`order ${position}: the price service is down`);
        await start(lines, [1, 7, 30]);
        await Ledger.reached(lines.length);
        const { starts, entries } = await Ledger.read();
        expect([starts, entries.length]).toEqual([4, 30]);
      },
      { seeds: 20 },
    ));

  it('rejects lines that nobody can read, and goes on', () =>
    simulate(async ({ expectCrash }) => {
      expectCrash('no order: ?');
      expectCrash('no order: !');
      await start(['?', '2 tea', '!']);
      await Ledger.reached(3);
      const { starts, entries } = await Ledger.read();
      expect([starts, entries.map((entry) => ('why' in entry ? 'rejected' : entry.total))]).toEqual([
        1,
        ['rejected', 6, 'rejected'],
      ]);
    }));

  it('draws no more than its stages have room for', () =>
    explore(async () => {
      await start(lines);
      await Ledger.reached(lines.length);
      const { ahead } = await Ledger.read();
      expect(ahead).toBeGreaterThan(4);
      expect(ahead).toBeLessThanOrEqual(12);
    }));
});

/** All processes of the pipeline: its task, its stages, and the tasks of those; the parsers' supervisor too. */
function ownProcesses(): readonly Pid<never>[] {
  const roots = [whereis('pipeline'), whereis('parsers')].filter((pid) => pid !== undefined);
  const isOwn = (pid: Pid<never>): boolean => {
    const ancestors = processInfo(pid)?.ancestors ?? [];
    return roots.includes(pid) || ancestors.includes('pipeline') || ancestors.includes('parsers');
  };
  return processes().filter(isOwn);
}
