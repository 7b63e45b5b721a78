import { type Context, exit, isAlive, receive, run, self, send, sleep, spawn } from '@coppice/core';
import { Ets, type EtsTransfer } from '@coppice/ets';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

const types = ['set', 'ordered_set', 'bag', 'duplicate_bag'] as const;
const filled = () => {
  const table = Ets.new<unknown, unknown>();
  Ets.insertAll(table, [
    ['a', 1],
    ['b', 2],
  ]);
  return table;
};
const ordered = (...keys: readonly unknown[]) => {
  const table = Ets.new<unknown, unknown, 'ordered_set'>({ type: 'ordered_set' });
  for (const key of keys) Ets.insert(table, key, key);
  return table;
};
const keysOf = (table: Parameters<typeof Ets.entries<unknown, unknown>>[0]) =>
  Ets.entries(table).map(([key]) => key);

describe('Ets.new', () => {
  it(
    'makes a protected set of the caller’s without a name, or as the options say [otp-ets-001]',
    simulated(async () => {
      const table = Ets.new();
      expect(table.name).toBeUndefined();
      expect(Ets.info(table)).toEqual({
        name: undefined,
        isNamed: false,
        type: 'set',
        protection: 'protected',
        owner: self(),
        heir: undefined,
        size: 0,
        isFixed: false,
      });
      for (const type of types)
        expect(Ets.info(Ets.new({ type, protection: 'public' }))).toMatchObject({
          type,
          protection: 'public',
        });
      expect(Ets.new()).not.toBe(Ets.new());
    }),
  );

  it(
    'makes a table that is found by its name, once [otp-ets-001]',
    simulated(async () => {
      const cache = Ets.name<string, number>('cache');
      expect(Ets.new(cache, { type: 'set' })).toBe(cache);
      Ets.insert(cache, 'k', 1);
      expect(Ets.lookup(Ets.name<string, number>('cache'), 'k')).toBe(1);
      expect(() => Ets.new(cache)).toThrow(new TypeError('name "cache" is already taken by a table'));
      expect(() => Ets.new(Ets.name('cache'))).toThrow(TypeError);
      Ets.delete(cache);
      Ets.new(cache);
      expect(Ets.lookup(cache, 'k')).toBeUndefined();
    }),
  );

  it(
    'refuses options that cannot be [otp-ets-001]',
    simulated(async () => {
      expect(() => Ets.new({ type: 'hash' as never })).toThrow(
        new TypeError('type must be one of set, ordered_set, bag, duplicate_bag, got "hash"'),
      );
      expect(() => Ets.new({ protection: 'secret' as never })).toThrow(
        'protection must be one of public, protected, private',
      );
      expect(() => Ets.new({ heir: self() as never })).toThrow('heir must be { pid, data }');
      expect(() => Ets.new('cache' as never)).toThrow('options must be an object, got "cache"');
      expect(() => Ets.name('')).toThrow('name must be a non-empty string, got ""');
      expect(() => Ets.lookup('cache' as never, 1 as never)).toThrow(
        'table must be made by Ets.new or Ets.name, got "cache"',
      );
    }),
  );

  it(
    'keeps names apart by node',
    simulated(async () => {
      const cache = Ets.name<string, number>('cache');
      Ets.new(cache);
      await simulated(async () => {
        expect(Ets.info(cache)).toBeUndefined();
        Ets.new(cache);
      })();
      expect(Ets.info(cache)?.owner).toBe(self());
    }),
  );

  it(
    'protects: public, protected, private [otp-ets-001]',
    simulated(async () => {
      const make = (protection: 'public' | 'protected' | 'private') => {
        const table = Ets.new<string, number>({ protection });
        Ets.insert(table, 'k', 1);
        return table;
      };
      const tables = { public: make('public'), protected: make('protected'), private: make('private') };
      const owner = self();
      await run(() => {
        Ets.insert(tables.public, 'k', 2);
        expect(Ets.lookup(tables.public, 'k')).toBe(2);
        expect(Ets.lookup(tables.protected, 'k')).toBe(1);
        expect(() => Ets.insert(tables.protected, 'k', 2)).toThrow(
          new TypeError(
            `only its owner ${owner} may write to the table: it is protected, and this is ${self()}`,
          ),
        );
        for (const use of [
          () => Ets.lookup(tables.private, 'k'),
          () => Ets.first(tables.private),
          () => Ets.entries(tables.private),
          () => Ets.insert(tables.private, 'k', 2),
          () => Ets.delete(tables.private),
          () => Ets.delete(tables.protected),
          () => Ets.clear(tables.protected),
          () => Ets.take(tables.protected, 'k'),
          () => Ets.rename(tables.protected, Ets.name('x')),
          () => Ets.setopts(tables.public, { heir: 'none' }),
          () => Ets.giveAway(tables.public, self<EtsTransfer>(), 1),
        ])
          expect(use).toThrow('only its owner');
        expect(Ets.info(tables.private)?.size).toBe(1);
        Ets.delete(tables.public);
      });
      expect(Ets.info(tables.public)).toBeUndefined();
      expect(Ets.lookup(tables.private, 'k')).toBe(1);
    }),
  );
});

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
        new TypeError('an object with keys ["n"] has no element "s"'),
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
          new TypeError('the table does not exist: it has not been made, or it was deleted'),
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

describe('Ets.match and Ets.select', () => {
  const table = () => {
    const made = Ets.new<number, { tag: string; n: number }, 'ordered_set'>({ type: 'ordered_set' });
    Ets.insertAll(made, [
      [1, { tag: 'a', n: 10 }],
      [2, { tag: 'b', n: 20 }],
      [3, { tag: 'a', n: 30 }],
    ]);
    return made;
  };

  it(
    'give the objects that pass, or what is made of them [otp-ets-006]',
    simulated(async () => {
      const made = table();
      expect(Ets.match(made, (_key, { tag }) => tag === 'a').map(([key]) => key)).toEqual([1, 3]);
      expect(Ets.match(made, () => false)).toEqual([]);
      expect(Ets.select(made, (key, { n }) => (n > 10 ? [key, n] : undefined))).toEqual([
        [2, 20],
        [3, 30],
      ]);
      expect(Ets.selectReverse(made, (key) => key)).toEqual([3, 2, 1]);
      expect(Ets.selectCount(made, (_key, { tag }) => tag === 'a')).toBe(2);
      expect(() => Ets.select(made, { tag: 'a' } as never)).toThrow(
        'fn must be a function, got an object with keys ["tag"]',
      );
      expect(() => Ets.match(made, undefined as never)).toThrow('where must be a function, got undefined');
    }),
  );

  it(
    'give pages with a limit, each with its continuation [otp-ets-006] [otp-ets-014]',
    simulated(async () => {
      const pages = (type: (typeof types)[number]) => {
        const made = Ets.new<unknown, unknown, typeof type>({ type });
        for (let n = 1; n <= 5; n += 1) Ets.insert(made, n, n);
        const seen: unknown[] = [];
        for (
          let page = Ets.select(made, (key) => key, 2);
          page !== undefined;
          page = Ets.select(page.continuation)
        )
          seen.push(page.results);
        return seen;
      };
      for (const type of types) expect(pages(type)).toEqual([[1, 2], [3, 4], [5]]);
      const made = table();
      const page = Ets.match(made, (_key, { tag }) => tag === 'a', 1);
      expect(page?.results).toEqual([[1, { tag: 'a', n: 10 }]]);
      const second = page === undefined ? page : Ets.match(page.continuation);
      expect(second?.results).toEqual([[3, { tag: 'a', n: 30 }]]);
      expect(second === undefined ? second : Ets.match(second.continuation)).toBeUndefined();
      expect(Ets.selectReverse(made, (key) => key, 2)?.results).toEqual([3, 2]);
      expect(Ets.select(made, () => undefined, 2)).toBeUndefined();
      expect(() => Ets.select(made, (key) => key, 0)).toThrow(
        new RangeError('limit must be a whole number from 1, got 0'),
      );
    }),
  );

  it(
    'go on where they were while the table changes, and not when it is deleted [otp-ets-014]',
    simulated(async () => {
      const made = ordered(1, 2, 3, 4, 5, 6);
      const page = Ets.select(made, (key) => key, 2);
      Ets.delete(made, 3);
      Ets.insert(made, 2.5, 0);
      Ets.insert(made, 1.5, 0);
      const next = page === undefined ? page : Ets.select(page.continuation);
      expect(next?.results).toEqual([2.5, 4]);
      Ets.delete(made);
      expect(() => next && Ets.select(next.continuation)).toThrow('does not exist');
    }),
  );

  it(
    'replace values by what a function makes of them, where keys are one object each [otp-ets-014]',
    simulated(async () => {
      const made = table();
      expect(
        Ets.selectReplace(made, (_key, value) =>
          value.tag === 'a' ? { ...value, n: value.n + 1 } : undefined,
        ),
      ).toBe(2);
      expect(Ets.entries(made).map(([, { n }]) => n)).toEqual([11, 20, 31]);
      const bag = Ets.new<string, number, 'duplicate_bag'>({ type: 'duplicate_bag' });
      for (const n of [1, 2, 1]) Ets.insert(bag, 'k', n);
      expect(Ets.selectReplace(bag, (_key, n) => (n === 1 ? 9 : undefined))).toBe(2);
      expect(Ets.lookup(bag, 'k')).toEqual([9, 2, 9]);
      const strict = Ets.new<string, number, 'bag'>({ type: 'bag' });
      expect(() => Ets.selectReplace(strict as never, () => 1)).toThrow(TypeError);
    }),
  );
});

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
});

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

describe('changing one object', () => {
  it(
    'adds to counters, with bounds and defaults, all at once [otp-ets-014]',
    simulated(async () => {
      const table = Ets.new<string, number>();
      Ets.insert(table, 'n', 5);
      expect(Ets.updateCounter(table, 'n', 1)).toBe(6);
      expect(Ets.updateCounter(table, 'n', -10)).toBe(-4);
      expect(Ets.updateCounter(table, 'n', { by: 10, threshold: 5, setValue: 0 })).toBe(0);
      expect(Ets.updateCounter(table, 'n', { by: 5, threshold: 5, setValue: 0 })).toBe(5);
      expect(Ets.updateCounter(table, 'n', { by: -20, threshold: -5, setValue: 7 })).toBe(7);
      expect(Ets.updateCounter(table, 'new', 1, 41)).toBe(42);
      expect(() => Ets.updateCounter(table, 'missing', 1)).toThrow(
        new TypeError('there is no object of key "missing", and no initial value'),
      );
      expect(() => Ets.updateCounter(table, 'n', '1' as never)).toThrow(
        'by must be a number or { by, threshold, setValue }, got "1"',
      );
      expect(Ets.lookup(table, 'n')).toBe(7);

      const used = Ets.new<string, { hits: number; refused: number; tag: string }>();
      const none = { hits: 0, refused: 0, tag: 'x' };
      expect(Ets.updateCounter(used, 'ann', { refused: 1 }, none)).toEqual({ refused: 1 });
      expect(
        Ets.updateCounter(used, 'ann', { hits: { by: 3, threshold: 2, setValue: 1 }, refused: -1 }),
      ).toEqual({ hits: 1, refused: 0 });
      expect(Ets.lookup(used, 'ann')).toEqual({ hits: 1, refused: 0, tag: 'x' });
      expect(() => Ets.updateCounter(used, 'ann', { hits: 1, tag: 1 } as never)).toThrow(
        'element "tag" must be a number to count with, and is "x"',
      );
      expect(() => Ets.updateCounter(used, 'ann', { toString: 1 } as never)).toThrow(
        'element "toString" must be a number',
      );
      expect(Ets.lookup(used, 'ann')).toEqual({ hits: 1, refused: 0, tag: 'x' });
      expect(() => Ets.updateCounter(Ets.new({ type: 'bag' }) as never, 'k' as never, 1)).toThrow(TypeError);
      const words = Ets.new<string, unknown>();
      Ets.insert(words, 'k', 'word');
      expect(() => Ets.updateCounter(words as never, 'k' as never, 1)).toThrow(
        'a value must be an object to have elements, and is "word"',
      );
    }),
  );

  it(
    'replaces elements and values of keys that are there [otp-ets-014]',
    simulated(async () => {
      const table = Ets.new<string, { a: number; b: number }>();
      Ets.insert(table, 'k', { a: 1, b: 2 });
      expect([Ets.updateElement(table, 'k', { b: 3 }), Ets.updateElement(table, 'none', { b: 3 })]).toEqual([
        true,
        false,
      ]);
      expect(Ets.lookup(table, 'k')).toEqual({ a: 1, b: 3 });
      expect([
        Ets.update(table, 'k', ({ a, b }) => ({ a: b, b: a })),
        Ets.update(table, 'none', (v) => v),
      ]).toEqual([true, false]);
      expect(Ets.lookup(table, 'k')).toEqual({ a: 3, b: 1 });
      expect(() =>
        Ets.update(table, 'k', () => {
          throw new Error('no');
        }),
      ).toThrow('no');
      expect(Ets.lookup(table, 'k')).toEqual({ a: 3, b: 1 });
      expect(() => Ets.updateElement(table, 'k', 5 as never)).toThrow(
        'a value must be an object to have elements, and is 5',
      );
    }),
  );

  it(
    'loses no update of many processes [otp-ets-014]',
    simulated(async ({ down }) => {
      const table = Ets.new<string, number>({ protection: 'public' });
      const workers = Array.from({ length: 20 }, () =>
        spawn(async () => {
          for (let n = 0; n < 100; n += 1) {
            Ets.updateCounter(table, 'n', 1, 0);
            if (n % 10 === 0) await sleep(1);
          }
        }),
      );
      for (const worker of workers) await down(worker);
      expect(Ets.lookup(table, 'n')).toBe(2_000);
    }),
  );
});

describe('the owner of a table', () => {
  const made = (options: object, work: (table: ReturnType<typeof Ets.new>) => void = () => {}) => {
    const parent = self<ReturnType<typeof Ets.new>>();
    return spawn(async ({ receive }: Context<'stop'>) => {
      const table = Ets.new(options);
      work(table);
      send(parent, table);
      await receive();
    });
  };

  it(
    'takes it along, in the turn of its exit [otp-ets-014]',
    simulated(async ({ down }) => {
      const named = Ets.name<string, number>('named');
      const owner = made({ protection: 'public' }, () => Ets.new(named));
      const table = await receive<ReturnType<typeof Ets.new>>();
      expect(Ets.info(table)?.owner).toBe(owner);
      expect(Ets.all()).toHaveLength(2);
      exit(owner, 'kill');
      await down(owner);
      expect([Ets.info(table), Ets.info(named), Ets.all()]).toEqual([undefined, undefined, []]);
      Ets.new(named);
    }),
  );

  it(
    'leaves it to a live heir, which is told [otp-ets-014]',
    simulated(async ({ down }) => {
      const heir = { pid: self<EtsTransfer>(), data: { why: 'heir' } };
      const owner = made({ heir }, (table) => Ets.insert(table, 1, 2));
      const table = await receive<ReturnType<typeof Ets.new>>();
      expect(Ets.info(table)?.heir).toBe(self());
      exit(owner, 'kill');
      await down(owner);
      expect(await receive()).toEqual({ type: 'ETS-TRANSFER', table, from: owner, data: { why: 'heir' } });
      expect(Ets.info(table)?.owner).toBe(self());
      expect(Ets.entries(table)).toEqual([[1, 2]]);
      Ets.insert(table, 3, 4);
    }),
  );

  it(
    'leaves it to nobody if the heir is dead, or was taken back [otp-ets-014]',
    simulated(async ({ down }) => {
      const dead = spawn<EtsTransfer>(() => {});
      await down(dead);
      for (const work of [
        (table: ReturnType<typeof Ets.new>) => Ets.setopts(table, { heir: { pid: dead, data: 1 } }),
        (table: ReturnType<typeof Ets.new>) => Ets.setopts(table, { heir: 'none' }),
      ]) {
        const owner = made({ heir: { pid: self(), data: 1 } }, work);
        const table = await receive<ReturnType<typeof Ets.new>>();
        expect(Ets.info(table)?.heir).toBeUndefined();
        exit(owner, 'kill');
        await down(owner);
        expect(Ets.info(table)).toBeUndefined();
      }
      expect(() => Ets.setopts(Ets.new(), { heir: 5 as never })).toThrow('heir must be { pid, data }, got 5');
    }),
  );

  it(
    'of a named table that is inherited is told its name [otp-ets-014]',
    simulated(async ({ down }) => {
      const named = Ets.name<string, number>('named');
      const heir = { pid: self<EtsTransfer>(), data: 'd' };
      const owner = spawn(() => {
        Ets.new(named, { heir });
        Ets.insert(named, 'k', 1);
      });
      await down(owner);
      expect(await receive()).toEqual({ type: 'ETS-TRANSFER', table: named, from: owner, data: 'd' });
      expect(Ets.lookup(named, 'k')).toBe(1);
    }),
  );

  it(
    'gives it away to another live process [otp-ets-014]',
    simulated(async ({ down }) => {
      const table = Ets.new<string, number>();
      Ets.insert(table, 'k', 1);
      const parent = self<unknown>();
      const next = spawn(async ({ receive }: Context<EtsTransfer>) => {
        send(parent, await receive());
        Ets.insert(table, 'k', 2);
        send(parent, 'written');
        await sleep('infinity');
      });
      Ets.giveAway(table, next, 'gift');
      expect(Ets.info(table)?.owner).toBe(next);
      expect(await receive()).toEqual({ type: 'ETS-TRANSFER', table, from: self(), data: 'gift' });
      expect(await receive()).toBe('written');
      expect(() => Ets.insert(table, 'k', 3)).toThrow('only its owner');
      expect(() => Ets.giveAway(table, next, 'again')).toThrow('only its owner');
      exit(next, 'kill');
      await down(next);
      expect(Ets.info(table)).toBeUndefined();
      const own = Ets.new();
      expect(() => Ets.giveAway(own, next, 1)).toThrow(
        new TypeError(`pid must be another live process, got ${next}`),
      );
      expect(() => Ets.giveAway(own, self<EtsTransfer>(), 1)).toThrow('pid must be another live process');
      expect(isAlive(self())).toBe(true);
    }),
  );

  it(
    'that gave it away does not take it along [otp-ets-014]',
    simulated(async ({ down }) => {
      const parent = self<EtsTransfer>();
      const giver = spawn(() => {
        const table = Ets.new({ protection: 'public' });
        Ets.giveAway(table, parent, 'gift');
      });
      const { table } = await receive<EtsTransfer>();
      await down(giver);
      expect(Ets.info(table)?.owner).toBe(self());
    }),
  );
});

describe('names', () => {
  it(
    'can be changed, and stand for a table only as long as it has them [otp-ets-014]',
    simulated(async () => {
      const one = Ets.name<string, number>('one');
      const two = Ets.name<string, number>('two');
      Ets.new(one);
      Ets.insert(one, 'k', 1);
      const table = Ets.whereis(one);
      expect(Ets.rename(one, two)).toBe(two);
      expect([Ets.whereis(one), Ets.whereis(two)]).toEqual([undefined, table]);
      expect(() => Ets.lookup(one, 'k')).toThrow('table "one" does not exist');
      expect(Ets.lookup(two, 'k')).toBe(1);
      expect(table && Ets.lookup(table, 'k')).toBe(1);
      expect(Ets.info(two)?.name).toBe('two');
      Ets.new(one);
      expect(() => Ets.rename(one, two)).toThrow('name "two" is already taken by a table');
      expect(() => Ets.rename(one, 'three' as never)).toThrow('name must be made by Ets.name, got "three"');
      Ets.delete(two);
      expect(table && Ets.info(table)).toBeUndefined();
      const unnamed = Ets.new<string, number>();
      expect(Ets.rename(unnamed, two)).toBe(unnamed);
      expect(Ets.info(unnamed)).toMatchObject({ name: 'two', isNamed: false });
      expect(Ets.whereis(two)).toBeUndefined();
      expect(Ets.all()).toHaveLength(2);
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
