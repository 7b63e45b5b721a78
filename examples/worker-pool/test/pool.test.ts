import { simulate } from '@coppice/testing';
import {
  ExitError,
  exit,
  GenServer,
  type Pid,
  reply,
  Supervisor,
  self,
  sleep,
  spawn,
  subscribe,
  Task,
  whereis,
} from 'coppice';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Pool from '../src/pool.ts';

subscribe('coppice.supervisor.report', () => {}); // else on stderr

const Worker = GenServer.define('Worker', {
  init: () => 0,
  call: {
    work: async (done, ms: number) => {
      await sleep(ms);
      return reply(self(), done + 1);
    },
  },
});
const pool = Pool.define('pool', { size: 2, worker: Worker.childSpec() });
const work = (ms: number) =>
  pool.withWorker((worker) => Worker.call(worker, 'work', ms, { timeout: 'infinity' }));
const start = () => Supervisor.startLink([pool.childSpec()], { strategy: 'one_for_one' });
const allFree = { free: 2, lent: 0, waiting: 0 };

describe('withWorker', () => {
  it('serves clients in the order in which they came, as many at a time as there are workers', () =>
    simulate(async ({ now }) => {
      await start();
      const done: string[] = [];
      const clients = ['a', 'b', 'c', 'd', 'e'].map((client) =>
        Task.async(async () => {
          await work(10);
          done.push(`${client} ${now()}`);
        }),
      );
      await Task.awaitMany(clients);
      expect(done).toEqual(['a 10', 'b 10', 'c 20', 'd 20', 'e 30']);
      expect(await pool.count()).toEqual(allFree);
    }));

  it('gives the place of a task that a time limit ends to the next in line', () =>
    simulate(async ({ now }) => {
      await start();
      const busy = [Task.async(() => work(100)), Task.async(() => work(100))];
      const impatient = Task.async(() => work(1));
      const patient = Task.async(() => work(1));
      await sleep(10);
      expect(await pool.count()).toEqual({ free: 0, lent: 2, waiting: 2 });
      expect(await Task.shutdown(impatient)).toBeUndefined();
      expect(await pool.count()).toEqual({ free: 0, lent: 2, waiting: 1 });
      await Task.await(patient);
      expect(now()).toBe(101);
      await Task.awaitMany(busy);
      expect(await pool.count()).toEqual(allFree);
    }));

  it('gives the worker back when the use of it fails', () =>
    simulate(async () => {
      await start();
      await expect(pool.withWorker(() => Promise.reject(new Error('no use')))).rejects.toThrow('no use');
      expect(await pool.count()).toEqual(allFree);
    }));

  it('serves everybody who lives, and loses no worker, whoever is killed', () =>
    fc.assert(fc.asyncProperty(plans, survives), { numRuns: 200 }));
});

describe('a pool', () => {
  it('gives up when workers do not start', () =>
    simulate(
      async ({ settle }) => {
        const Broken = GenServer.define('Broken', {
          init: (): number => {
            throw new Error('does not start');
          },
        });
        const broken = Pool.define('broken', { size: 1, worker: Broken.childSpec() });
        await Supervisor.startLink([{ ...broken.childSpec(), restart: 'temporary' }], {
          strategy: 'one_for_one',
        });
        await settle();
        expect(whereis('broken')).toBeUndefined();
      },
      { crashes: 'allowed' },
    ));
});

interface Plan {
  readonly seed: number;
  readonly clients: readonly {
    readonly atMs: number;
    readonly workMs: number;
    readonly killedAtMs: number | null;
  }[];
  readonly workerKillsMs: readonly number[];
}
const ms = fc.integer({ min: 0, max: 30 });
const plans: fc.Arbitrary<Plan> = fc.record({
  seed: fc.nat(1_000),
  clients: fc.array(fc.record({ atMs: ms, workMs: ms, killedAtMs: fc.option(ms) }), { maxLength: 12 }),
  workerKillsMs: fc.array(ms, { maxLength: 6 }),
});

function survives({ seed, clients, workerKillsMs }: Plan): Promise<void> {
  const body = async (): Promise<void> => {
    await start();
    const atWork = new Set<Pid<never>>();
    const ends = clients.map(() => 'waits');
    const pids = clients.map(({ atMs, workMs }, index) =>
      spawn(async () => {
        await sleep(atMs);
        ends[index] = await pool
          .withWorker(async (worker) => {
            atWork.add(worker);
            return Worker.call(worker, 'work', workMs, { timeout: 'infinity' });
          })
          .then(
            () => 'served',
            (error: unknown) => (error instanceof ExitError ? 'its worker died' : `failed: ${error}`),
          );
      }),
    );
    for (const [index, { killedAtMs }] of clients.entries()) {
      if (killedAtMs !== null) at(killedAtMs, () => pids[index]);
    }
    for (const time of workerKillsMs) at(time, () => [...atWork].at(-1));
    await sleep(1_000);

    const survivors = ends.filter((_, index) => clients[index]?.killedAtMs === null);
    const excused = workerKillsMs.length === 0 ? [] : ['its worker died'];
    expect(survivors.filter((end) => !['served', ...excused].includes(end))).toEqual([]);
    expect(await pool.count()).toEqual(allFree);
  };
  return simulate(body, { seed, crashes: 'allowed', lingering: 'allowed' });
}

/** Kills a process at a time. */
function at(time: number, which: () => Pid<never> | undefined): void {
  spawn(async () => {
    await sleep(time);
    const pid = which();
    if (pid !== undefined) exit(pid, 'kill');
  });
}
