import { run } from '@coppice/core';
import { Ets } from '@coppice/ets';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { keysOf, ordered, types } from './tables.ts';

describe('walks', () => {
  it(
    'in an ordered set go by the order of keys, from any key [otp-ets-014]',
    simulated(async () => {
      const table = ordered(3, 1, 2);
      expect([Ets.first(table), Ets.next(table, 1), Ets.next(table, 2.5), Ets.next(table, 3)]).toEqual([
        1,
        2,
        3,
        undefined,
      ]);
      expect([Ets.last(table), Ets.prev(table, 3), Ets.prev(table, 0)]).toEqual([3, 2, undefined]);
      expect([Ets.first(ordered()), Ets.last(ordered())]).toEqual([undefined, undefined]);
      const withUndefined = ordered(undefined, 1, 'a');
      expect([
        Ets.next(withUndefined, 1),
        Ets.next(withUndefined, undefined),
        Ets.prev(withUndefined, 'a'),
      ]).toEqual([undefined, 'a', undefined]);
      expect(keysOf(withUndefined)).toEqual([1, undefined, 'a']);
    }),
  );

  it.each(['set', 'bag', 'duplicate_bag'] as const)(
    'in a %s meet every key once, and refuse one that is not there [otp-ets-014]',
    async (type) => {
      await simulated(async () => {
        const table = Ets.new<unknown, unknown, typeof type>({ type });
        const keys = Array.from({ length: 50 }, (_, n) => (n % 2 ? n : ['key', n]));
        for (const key of keys)
          Ets.insertAll(table, [
            [key, 1],
            [key, 2],
          ]);
        const met: unknown[] = [];
        for (let key = Ets.first(table); key !== undefined; key = Ets.next(table, key)) met.push(key);
        expect(met).toEqual(keys);
        expect(Ets.last(table)).toEqual(Ets.first(table));
        expect(Ets.prev(table, 1)).toEqual(Ets.next(table, 1));
        expect(() => Ets.next(table, 'missing')).toThrow(
          new TypeError('there is no object of key "missing" to go on from'),
        );
        Ets.delete(table, 1);
        expect(() => Ets.next(table, 1)).toThrow(TypeError);
      })();
    },
  );

  it.each(types)('over a fixed %s may remove what they meet [otp-ets-007]', async (type) => {
    await simulated(async () => {
      const table = Ets.new<unknown, unknown, typeof type>({ type });
      for (let n = 1; n <= 100; n += 1) Ets.insert(table, n, n);
      Ets.safeFixtable(table, true);
      expect(Ets.info(table)?.isFixed).toBe(true);
      let met = 0;
      for (let key = Ets.first(table); key !== undefined; key = Ets.next(table, key)) {
        Ets.delete(table, key);
        met += 1;
      }
      Ets.safeFixtable(table, false);
      expect([met, Ets.info(table)?.size, Ets.info(table)?.isFixed]).toEqual([100, 0, false]);
    })();
  });

  it(
    'over a fixed set end although what they meet is replaced, and calls of safeFixtable count [otp-ets-007]',
    simulated(async () => {
      const table = Ets.new<number, number>({ protection: 'public' });
      for (let n = 0; n < 10; n += 1) Ets.insert(table, n, n);
      Ets.safeFixtable(table, true);
      Ets.safeFixtable(table, true);
      const met: number[] = [];
      for (let key = Ets.first(table); key !== undefined; key = Ets.next(table, key)) {
        Ets.delete(table, key);
        Ets.insert(table, key, -key);
        met.push(key);
      }
      expect(met).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      Ets.safeFixtable(table, false);
      expect(Ets.info(table)?.isFixed).toBe(true);
      Ets.safeFixtable(table, false);
      expect(Ets.info(table)?.isFixed).toBe(false);
      await run(() => Ets.safeFixtable(table, true));
      expect(Ets.info(table)?.isFixed).toBe(false);
      expect(() => Ets.safeFixtable(table, 1 as never)).toThrow('isFixed must be true or false, got 1');
    }),
  );

  it(
    'from the front of a set that is used up cost the same each [otp-ets-014]',
    simulated(async () => {
      const queue = Ets.new<number, number>();
      for (let n = 0; n < 50_000; n += 1) Ets.insert(queue, n, n);
      let next = 50_000;
      for (let key = Ets.first(queue); key !== undefined; key = Ets.first(queue)) {
        Ets.delete(queue, key);
        if (key % 2 === 0 && next < 60_000) Ets.insert(queue, next, (next += 1));
      }
      expect(Ets.info(queue)?.size).toBe(0);
    }),
  );

  it.each(['set', 'bag', 'duplicate_bag'] as const)(
    'over a fixed %s go on from a key that was removed before they came to it [otp-ets-007]',
    async (type) => {
      await simulated(async () => {
        const table = Ets.new<unknown, unknown, typeof type>({ type });
        for (let n = 1; n <= 5; n += 1) Ets.insert(table, n, n);
        Ets.safeFixtable(table, true);
        Ets.delete(table, 3);
        expect(Ets.next(table, 3)).toBe(4);
        expect(() => Ets.next(table, 99)).toThrow(TypeError);
        Ets.clear(table);
        expect([Ets.next(table, 5), Ets.first(table)]).toEqual([undefined, undefined]);
        Ets.insert(table, 4, 4);
        expect(Ets.next(table, 1)).toBe(4);
        Ets.safeFixtable(table, false);
        expect(() => Ets.next(table, 3)).toThrow(TypeError);
      })();
    },
  );
});
