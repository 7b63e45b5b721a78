import { explore, simulated } from '@coppice/testing';
import { Ets, exit, Supervisor, sleep, subscribe, Task, whereis } from 'coppice';
import { describe, expect, it } from 'vitest';
import * as Cache from '../src/cache.ts';

subscribe('coppice.supervisor.report', () => {}); // else on stderr

/** A cache of how often each key was loaded; a load takes 10 ms. */
async function startCounting() {
  const loads = new Map<string, number>();
  const cache = Cache.define('cache', {
    load: async (key) => {
      const count = (loads.get(key) ?? 0) + 1;
      loads.set(key, count);
      await sleep(10);
      if (key === 'bad') throw new Error('no such key');
      return count;
    },
    ttlMs: 1_000,
  });
  await Supervisor.startLink([cache.childSpec()], { strategy: 'one_for_one' });
  return cache;
}

const size = () => Ets.info(Ets.name('cache'))?.size;
describe('get', () => {
  it('loads a key once for all who ask meanwhile, in any order', () =>
    explore(async () => {
      const cache = await startCounting();
      const readers = Array.from({ length: 5 }, (_, index) =>
        Task.async(async () => {
          await sleep(index * 2.5); // the last one comes at the moment when the value does
          return cache.get('a');
        }),
      );
      const outcomes = await Task.awaitMany(readers);
      expect(outcomes).toEqual(outcomes.map(() => ({ ok: true, value: 1 })));
    }));

  it(
    'loads different keys at the same time',
    simulated(async ({ now }) => {
      const cache = await startCounting();
      await Task.awaitMany(['a', 'b', 'c'].map((key) => Task.async(() => cache.get(key))));
      expect(now()).toBe(10);
    }),
  );

  it(
    'keeps a value for its time, and then frees its memory',
    simulated(async () => {
      const cache = await startCounting();
      await cache.get('a');
      await sleep(999);
      expect(await cache.get('a')).toEqual({ ok: true, value: 1 });
      expect(size()).toBe(1);
      await sleep(2);
      expect(size()).toBe(0);
      expect(await cache.get('a')).toEqual({ ok: true, value: 2 });
    }),
  );

  it(
    'tells all who wait why a load failed, and loads again',
    simulated(async ({ expectCrash }) => {
      expectCrash('no such key');
      const cache = await startCounting();
      const readers = [Task.async(() => cache.get('bad')), Task.async(() => cache.get('bad'))];
      const failed = { ok: false, reason: new Error('no such key') };
      expect(await Task.awaitMany(readers)).toEqual([failed, failed]);
      expect(await cache.get('bad')).toEqual(failed);
      expect(size()).toBe(0);
    }),
  );

  it(
    'is a failure while the owner is dead, and a miss when it has been restarted',
    simulated(
      async ({ down }) => {
        const cache = await startCounting();
        await cache.get('a');
        const waiting = Task.async(() => cache.get('b'));
        await sleep(5);
        const owner = whereis(cache.server);
        if (owner === undefined) throw new Error('the cache has no server');
        exit(owner, 'kill');
        await down(owner);
        expect(await Task.await(waiting)).toEqual({ ok: false, reason: 'killed' });
        await Supervisor.countChildren('cache');
        expect(await cache.get('a')).toEqual({ ok: true, value: 2 });
        expect(await cache.get('b')).toEqual({ ok: true, value: 2 });
        await Supervisor.terminateChild('cache', 'cache.server');
        expect(await cache.get('a')).toEqual({ ok: false, reason: 'noproc' });
      },
      { lingering: 'allowed' },
    ),
  );
});
