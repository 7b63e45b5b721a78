import { exit, type Pid, receive, self, send, sleep, spawn, unlink } from '@coppice/core';
import { Registry } from '@coppice/registry';
import { Supervisor } from '@coppice/supervisor';
import { explore, simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

const Names = Registry.unique<string>('names');
const start = () => Registry.startLink(Names, { partitions: 2 });

describe('Registry.lock', () => {
  it(
    'on different keys does not wait [reg-003]',
    simulated(async ({ now }) => {
      await start();
      const held = (key: string) => Registry.lock(Names, key, () => sleep(100));
      await Promise.all([held('one'), held('two')]);
      expect(now()).toBe(100);
    }),
  );

  it('on one key lets one in at a time, in order [reg-004]', () =>
    explore(
      async () => {
        await start();
        const log: string[] = [];
        const worker = (name: string) => {
          const parent = self<string>();
          spawn(async () => {
            const result = await Registry.lock(Names, ['key'], async () => {
              log.push(`${name} in`);
              await sleep(10);
              log.push(`${name} out`);
              return name;
            });
            send(parent, result);
          });
        };
        for (const name of ['a', 'b', 'c']) worker(name);
        for (let n = 0; n < 3; n += 1) await receive();
        expect(log.filter((_, index) => index % 2 === 0).map((line) => line.slice(0, 1))).toEqual(
          log.filter((_, index) => index % 2 === 1).map((line) => line.slice(0, 1)),
        );
      },
      { seeds: 20 },
    ));

  it(
    'is free again when the function throws [reg-005]',
    simulated(async () => {
      await start();
      const failing = Registry.lock(Names, 'key', () => {
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect(await Registry.lock(Names, 'key', () => 'mine')).toBe('mine');
      await expect(Registry.lock(Names, 'key', 1 as never)).rejects.toThrow('fn must be a function, got 1');
    }),
  );

  it(
    'is free again when the holder dies [reg-006]',
    simulated(async ({ down }) => {
      await start();
      const pid = await locker('held');
      exit(pid, 'kill');
      await down(pid);
      expect(await Registry.lock(Names, 'key', () => 'mine')).toBe('mine');
    }),
  );

  it(
    'passes over a waiting process that dies [reg-007]',
    simulated(async ({ down, now }) => {
      await start();
      await locker('held');
      const waiting = spawn(async () => {
        await Registry.lock(Names, 'key', () => sleep('infinity'));
      });
      const last = Registry.lock(Names, 'key', () => 'mine');
      await sleep(1);
      exit(waiting, 'kill');
      await down(waiting);
      expect(await last).toBe('mine');
      expect(now()).toBe(1_000);
    }),
  );

  it(
    'rejects those who wait when the registry stops',
    simulated(async () => {
      const registry = await start();
      unlink(registry);
      const waiting = Registry.lock(Names, 'key', () => sleep('infinity'));
      const next = Registry.lock(Names, 'key', () => 1);
      await sleep(1);
      await Supervisor.stop(registry, 'shutdown');
      await expect(next).rejects.toMatchObject({ code: 'exit' });
      void waiting;
    }),
  );
});

/** A process that holds the lock for a second. */
async function locker(told: string): Promise<Pid<never>> {
  const parent = self<string>();
  const pid = spawn(async () => {
    await Registry.lock(Names, 'key', async () => {
      send(parent, told);
      await sleep(1_000);
    });
  });
  await receive((message): message is string => message === told);
  return pid;
}
