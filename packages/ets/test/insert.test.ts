import { exit, sleep, spawn } from '@coppice/core';
import { Ets } from '@coppice/ets';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { filled, keysOf, types } from './tables.ts';

describe('Ets.insert', () => {
  it(
    'replaces in a set, adds to a bag what is not there, adds to a duplicate bag [otp-ets-002]',
    simulated(async () => {
      const make = (type: (typeof types)[number]) => {
        const table = Ets.new<string, unknown, typeof type>({ type });
        for (const value of [{ n: 2 }, { n: 1 }, { n: 2 }]) Ets.insert(table, 'k', value);
        return Ets.entries(table);
      };
      expect(make('set')).toEqual([['k', { n: 2 }]]);
      expect(make('ordered_set')).toEqual([['k', { n: 2 }]]);
      expect(make('bag')).toEqual([
        ['k', { n: 2 }],
        ['k', { n: 1 }],
      ]);
      expect(make('duplicate_bag')).toHaveLength(3);
    }),
  );

  it(
    'of many is all or nothing when an entry is bad [otp-ets-013]',
    simulated(async () => {
      for (const type of types) {
        const table = Ets.new<unknown, unknown, typeof type>({ type });
        expect(() => Ets.insertAll(table, [['a', 1], ['b'] as never])).toThrow(
          new TypeError('entries must be [key, value] pairs, got an array of 1 at index 1'),
        );
        expect(() => Ets.insertAll(table, 5 as never)).toThrow('entries must be iterable, got 5');
        expect(Ets.info(table)?.size).toBe(0);
        Ets.insertAll(
          table,
          new Map([
            ['a', 1],
            ['b', 2],
          ]),
        );
        Ets.insertAll(table, []);
        expect(Ets.info(table)?.size).toBe(2);
        Ets.insertAll(table, [
          ['a', 2],
          ['a', 3],
        ]);
        expect(Ets.lookupElement(table as never, 'a' as never)).toEqual(type.includes('bag') ? [1, 2, 3] : 3);
      }
    }),
  );

  it(
    'of what is new tells whether it was, for one and for all of many [otp-ets-013] [otp-ets-014]',
    simulated(async () => {
      const table = filled();
      expect(Ets.insertNew(table, 'a', 9)).toBe(false);
      expect(Ets.insertNew(table, 'c', 9)).toBe(true);
      expect(
        Ets.insertNewAll(table, [
          ['z', 1],
          ['a', 1],
        ]),
      ).toBe(false);
      expect(Ets.member(table, 'z')).toBe(false);
      expect(
        Ets.insertNewAll(table, [
          ['y', 1],
          ['z', 1],
        ]),
      ).toBe(true);
      expect(Ets.entries(table)).toEqual([
        ['a', 1],
        ['b', 2],
        ['c', 9],
        ['y', 1],
        ['z', 1],
      ]);
      const bag = Ets.new<string, number, 'bag'>({ type: 'bag' });
      expect(
        Ets.insertNewAll(bag, [
          ['k', 1],
          ['k', 2],
        ]),
      ).toBe(true);
      expect(Ets.insertNew(bag, 'k', 3)).toBe(false);
      expect(Ets.lookup(bag, 'k')).toEqual([1, 2]);
    }),
  );

  it('keeps values from being shared where messages are', async () => {
    const shares = (isolation: 'share' | 'freeze' | 'clone') =>
      simulated(
        async () => {
          const table = Ets.new<unknown, { n: number }>();
          const value = { n: 1 };
          Ets.insert(table, ['k'], value);
          const read = Ets.lookup(table, ['k']);
          const again = Ets.lookup(table, ['k']);
          expect(read).toEqual({ n: 1 });
          expect([read === value, read === again, Object.isFrozen(read)]).toEqual(
            { share: [true, true, false], freeze: [true, true, true], clone: [false, false, false] }[
              isolation
            ],
          );
        },
        { isolation },
      )();
    await shares('share');
    await shares('freeze');
    await shares('clone');
  });
});

describe('Ets.delete', () => {
  it(
    'removes the objects of a key, those of a value, all, and the table [otp-ets-005]',
    simulated(async () => {
      const table = filled();
      Ets.delete(table, 'a');
      Ets.delete(table, 'none');
      expect(Ets.entries(table)).toEqual([['b', 2]]);
      Ets.deleteObject(table, 'b', 3);
      expect(Ets.member(table, 'b')).toBe(true);
      Ets.deleteObject(table, 'b', 2);
      expect(Ets.info(table)?.size).toBe(0);

      const bag = Ets.new<string, unknown, 'duplicate_bag'>({ type: 'duplicate_bag' });
      for (const value of [[1], 2, [1], 3]) Ets.insert(bag, 'k', value);
      Ets.deleteObject(bag, 'k', [1]);
      expect(Ets.lookup(bag, 'k')).toEqual([2, 3]);
      expect(Ets.info(bag)?.size).toBe(2);
      Ets.clear(bag);
      expect([Ets.info(bag)?.size, Ets.lookup(bag, 'k')]).toEqual([0, []]);
      Ets.insert(bag, 'k', 1);
      Ets.delete(bag, 'k');
      expect(Ets.info(bag)?.size).toBe(0);

      Ets.delete(table);
      for (const use of [
        () => Ets.lookup(table, 'b'),
        () => Ets.delete(table),
        () => Ets.insert(table, 'b', 1),
      ])
        expect(use).toThrow(
          new TypeError(
            'the table does not exist: it has not been made, was deleted, or ended with its owner',
          ),
        );
      expect(() => Ets.lookup(Ets.name('nope'), 1 as never)).toThrow('table "nope" does not exist');
      expect(Ets.info(table)).toBeUndefined();
    }),
  );

  it(
    'with an explicit undefined removes that key, never the table [otp-ets-005]',
    simulated(async () => {
      const table = Ets.new<string | undefined, number>();
      Ets.insert(table, 'a', 1);
      Ets.delete(table, undefined);
      expect(Ets.info(table)?.size).toBe(1);
    }),
  );

  it(
    'by a predicate removes what passes, and says how many [otp-ets-005]',
    simulated(async () => {
      for (const type of types) {
        const table = Ets.new<unknown, unknown, typeof type>({ type });
        for (let n = 0; n < 10; n += 1) Ets.insert(table, n, n % 3);
        expect(Ets.selectDelete(table, (_key, value) => value === 0)).toBe(4);
        expect(Ets.selectDelete(table, () => false)).toBe(0);
        expect(new Set(keysOf(table))).toEqual(new Set([1, 2, 4, 5, 7, 8]));
      }
      const bag = Ets.new<string, number, 'duplicate_bag'>({ type: 'duplicate_bag' });
      for (const n of [1, 2, 1, 3]) Ets.insert(bag, 'k', n);
      expect(Ets.selectDelete(bag, (_key, n) => n === 1)).toBe(2);
      expect(Ets.lookup(bag, 'k')).toEqual([2, 3]);
    }),
  );

  it(
    'of a large table frees its name at once [otp-ets-005]',
    simulated(async () => {
      const big = Ets.name<number, number>('big');
      Ets.new(big);
      for (let n = 0; n < 100_000; n += 1) Ets.insert(big, n, n);
      Ets.delete(big);
      Ets.new(big, { type: 'set' });
      expect(Ets.info(big)?.size).toBe(0);
    }),
  );

  it(
    'of an object takes the key as a term: in an ordered set 1 is not 1n [otp-ets-014]',
    simulated(async () => {
      const table = Ets.new<unknown, string, 'ordered_set'>({ type: 'ordered_set' });
      Ets.insert(table, 1, 'x');
      Ets.deleteObject(table, 1n, 'x');
      expect(Ets.member(table, 1n)).toBe(true);
      Ets.deleteObject(table, 1, 'x');
      expect(Ets.member(table, 1n)).toBe(false);
    }),
  );

  it(
    'takes what it removes [otp-ets-014]',
    simulated(async () => {
      const table = filled();
      expect([Ets.take(table, 'b'), Ets.take(table, 'b'), Ets.info(table)?.size]).toEqual([[2], [], 1]);
      const bag = Ets.new<string, number, 'bag'>({ type: 'bag' });
      for (const n of [2, 1]) Ets.insert(bag, 'k', n);
      expect([Ets.take(bag, 'k'), Ets.info(bag)?.size]).toEqual([[2, 1], 0]);
    }),
  );
});

it(
  'the code of a dead process can use no table',
  simulated(async ({ down }) => {
    const table = Ets.new<string, number>({ protection: 'public' });
    const pid = spawn(async () => {
      try {
        await sleep('infinity');
      } finally {
        Ets.insert(table, 'k', 1);
      }
    });
    await sleep(1);
    exit(pid, 'kill');
    await down(pid);
    await sleep(1);
    expect(Ets.member(table, 'k')).toBe(false);
  }),
);
