import { Ets } from '@coppice/ets';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { filled, keysOf, types } from './tables.ts';

describe('Ets.lookup', () => {
  it(
    'gives the value, or in a bag all in order of insertion; nothing for a missing key [otp-ets-003]',
    simulated(async () => {
      const table = filled();
      expect([Ets.lookup(table, 'a'), Ets.lookup(table, 'none'), Ets.member(table, 'none')]).toEqual([
        1,
        undefined,
        false,
      ]);
      for (const type of ['bag', 'duplicate_bag'] as const) {
        const bag = Ets.new<string, number, typeof type>({ type });
        for (const n of [3, 1, 2]) Ets.insert(bag, 'k', n);
        Ets.insert(bag, 'other', 0);
        expect(Ets.lookup(bag, 'k')).toEqual([3, 1, 2]);
        expect(Ets.lookup(bag, 'none')).toEqual([]);
        const copy = Ets.lookup(bag, 'k') as number[];
        copy.push(4);
        expect(Ets.lookup(bag, 'k')).toEqual([3, 1, 2]);
      }
    }),
  );

  it.each(['__proto__', 'constructor', '', undefined, null, Number.NaN, Symbol('s'), '\u0000[1]'])(
    'takes the key %o as any other [otp-ets-003]',
    async (key) => {
      await simulated(async () => {
        for (const type of types) {
          const table = Ets.new<unknown, unknown, typeof type>({ type });
          expect(Ets.member(table, key)).toBe(false);
          Ets.insert(table, key, 'v');
          Ets.insert(table, [1], 'w');
          expect(Ets.take(table, key)).toEqual(['v']);
          expect(keysOf(table)).toEqual([[1]]);
        }
      })();
    },
  );

  it(
    'compares keys as terms: arrays and plain objects by value, types apart [otp-ets-014]',
    simulated(async () => {
      const table = Ets.new<unknown, unknown>();
      const keys = [1, 1n, '1', [1], ['1'], [[1]], { a: 1, b: 2 }, {}, [], null, undefined, true, 'true'];
      for (const key of keys) Ets.insert(table, key, key);
      expect(Ets.info(table)?.size).toBe(keys.length);
      expect(Ets.lookup(table, 1.0)).toBe(1);
      expect(Ets.lookup(table, 1n)).toBe(1n);
      expect(Ets.lookup(table, { b: 2, a: 1 })).toEqual({ a: 1, b: 2 });
      expect(Ets.lookup(table, [[1]])).toEqual([[1]]);
      Ets.delete(table, [1]);
      expect([Ets.member(table, [1]), Ets.member(table, ['1'])]).toEqual([false, true]);
    }),
  );

  it(
    'of an element throws for what is missing, or gives the default [otp-ets-004]',
    simulated(async () => {
      const table = Ets.new<string, { n: number; s?: string }>();
      Ets.insert(table, 'k', { n: 1 });
      expect(Ets.lookupElement(table, 'k')).toEqual({ n: 1 });
      expect(Ets.lookupElement(table, 'k', { element: 'n' })).toBe(1);
      expect(() => Ets.lookupElement(table, 'k', { element: 's' })).toThrow(
        new TypeError('{n} has no element "s"'),
      );
      expect(() => Ets.lookupElement(table, 'none')).toThrow(
        new TypeError('there is no object of key "none"'),
      );
      expect(Ets.lookupElement(table, 'none', { default: 7 })).toBe(7);
      expect(Ets.lookupElement(table, 'none', { element: 'n', default: undefined })).toBeUndefined();
      expect(() => Ets.lookupElement(table, 'k', { element: 'toString' as never, default: 1 })).toThrow(
        'has no element',
      );
      const bag = Ets.new<string, { n: number }, 'duplicate_bag'>({ type: 'duplicate_bag' });
      for (const n of [2, 1, 2]) Ets.insert(bag, 'k', { n });
      expect(Ets.lookupElement(bag, 'k', { element: 'n' })).toEqual([2, 1, 2]);
    }),
  );
});
