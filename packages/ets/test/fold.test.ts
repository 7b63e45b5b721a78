import { Ets } from '@coppice/ets';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { ordered, types } from './tables.ts';

describe('Ets.range', () => {
  it(
    'gives the objects within bounds, in order, both ways, up to a limit [otp-ets-014]',
    simulated(async () => {
      const table = ordered(1, 2, 3, 4, 5);
      const range = (options: Parameters<typeof Ets.range<unknown, unknown>>[1]) =>
        Ets.range(table, options).map(([key]) => key);
      expect(range({})).toEqual([1, 2, 3, 4, 5]);
      expect(range({ gt: 1, lt: 4 })).toEqual([2, 3]);
      expect(range({ gte: 2, lte: 4 })).toEqual([2, 3, 4]);
      expect(range({ gte: 1.5, lt: 9 })).toEqual([2, 3, 4, 5]);
      expect(range({ gt: 2, reverse: true })).toEqual([5, 4, 3]);
      expect(range({ lte: 4, reverse: true, limit: 2 })).toEqual([4, 3]);
      expect(range({ lt: 3.5, gte: 2, reverse: true })).toEqual([3, 2]);
      expect(range({ limit: 0 })).toEqual([]);
      expect(range({ gt: 5 })).toEqual([]);
      const compound = ordered(['ann', 1], ['ann', 2], ['bob', 1], ['ann']);
      expect(Ets.range(compound, { gte: ['ann'], lt: ['ann', []] }).map(([key]) => key)).toEqual([
        ['ann'],
        ['ann', 1],
        ['ann', 2],
      ]);
      expect(() => range({ gt: 1, gte: 1 })).toThrow('options must not have both gt and gte');
      expect(() => range({ lt: 1, lte: 1 })).toThrow('options must not have both lt and lte');
      expect(() => range({ limit: -1 })).toThrow(
        new RangeError('limit must be a whole number from 0, got -1'),
      );
      expect(() => Ets.range(Ets.new() as never)).toThrow(
        'the table must be of type ordered_set to have ranges, and is a set',
      );
    }),
  );
});

describe('folds', () => {
  it(
    'go through all objects, in their order or against it [otp-ets-010]',
    simulated(async () => {
      const collect = (all: readonly unknown[], key: unknown) => [...all, key];
      const table = ordered(3, 1, 2);
      expect(Ets.foldl(table, collect, [])).toEqual([1, 2, 3]);
      expect(Ets.foldr(table, collect, [])).toEqual([3, 2, 1]);
      expect(Ets.foldl(Ets.new(), collect, [])).toEqual([]);
      expect(Ets.foldr(ordered(), collect, [])).toEqual([]);
      for (const type of ['set', 'bag', 'duplicate_bag'] as const) {
        const other = Ets.new<number, number, typeof type>({ type });
        for (const n of [1, 2, 3]) Ets.insert(other, n, n * 10);
        expect(Ets.foldl(other, (sum, key, value) => sum + key + value, 0)).toBe(66);
        expect(Ets.foldr(other, (sum, key, value) => sum + key + value, 0)).toBe(66);
      }
      expect(() => Ets.foldl(table, 'sum' as never, 0)).toThrow('fn must be a function, got "sum"');
    }),
  );

  it.each(types)('over a %s end though the function changes it [otp-ets-010]', async (type) => {
    await simulated(async () => {
      const table = Ets.new<number, number, typeof type>({ type });
      for (let n = 0; n < 10; n += 1) Ets.insert(table, n, n);
      const met = Ets.foldl(
        table,
        (keys: number[], key) => {
          Ets.delete(table, key);
          Ets.insert(table, key, -key);
          Ets.insert(table, key + 1_000, 0);
          return [...keys, key];
        },
        [],
      );
      expect(met).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    })();
  });

  it(
    'tab2list has every object once [otp-ets-007]',
    simulated(async () => {
      for (const type of types) {
        const table = Ets.new<unknown, unknown, typeof type>({ type });
        for (let n = 0; n < 20; n += 1) Ets.insert(table, n % 7, n % 3);
        expect(Ets.entries(table)).toHaveLength(Ets.info(table)?.size ?? -1);
      }
    }),
  );
});
