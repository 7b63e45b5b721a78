import { Ets } from '@coppice/ets';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { ordered, types } from './tables.ts';

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
      expect(() => Ets.select(made, { tag: 'a' } as never)).toThrow('fn must be a function, got {tag}');
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
    'go on from one continuation as often as it is used [otp-ets-014]',
    simulated(async () => {
      for (const type of types) {
        const made = Ets.new<unknown, unknown, typeof type>({ type });
        for (let n = 1; n <= 5; n += 1) Ets.insert(made, n, n);
        const first = Ets.select(made, (key) => key, 2);
        const again = () => first && Ets.select(first.continuation);
        expect([again()?.results, again()?.results]).toEqual([
          [3, 4],
          [3, 4],
        ]);
        const last = again();
        expect(last && Ets.select(last.continuation)?.results).toEqual([5]);
      }
    }),
  );

  it(
    'see what comes ahead of a continuation in an ordered set, in both directions [otp-ets-014]',
    simulated(async () => {
      const made = ordered(undefined, 3, 4, Number.NaN);
      const up = Ets.select(made, (key) => [key], 1);
      const down = Ets.selectReverse(made, (key) => [key], 1);
      Ets.insert(made, 'last', 0);
      Ets.insert(made, 1, 0);
      const rest = (page: typeof up): unknown => page && Ets.select(page.continuation);
      expect([up?.results, down?.results]).toEqual([[[3]], [[undefined]]]);
      expect(rest(up)).toMatchObject({ results: [[4]] });
      Ets.delete(made, 4);
      expect(rest(up)).toMatchObject({ results: [[Number.NaN]] });
      expect(rest(down)).toMatchObject({ results: [[Number.NaN]] });
      const first = Ets.select(made, (key) => [key], 3);
      expect(first?.results).toEqual([[1], [3], [Number.NaN]]);
      expect(rest(first)).toMatchObject({ results: [[undefined], ['last']] });
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

describe('selectReplace of a duplicate_bag', () => {
  it(
    'ends, and loses nothing, when its function changes the table',
    simulated(() => {
      const table = Ets.new<string, number, 'duplicate_bag'>({ type: 'duplicate_bag' });
      Ets.insertAll(table, [
        ['a', 1],
        ['a', 2],
        ['a', Number.NaN],
        ['b', 3],
      ]);
      let calls = 0;
      const replaced = Ets.selectReplace(table, (key, value) => {
        calls += 1;
        if (calls > 10) throw new Error('the walk does not end');
        if (value === 1) Ets.deleteObject(table, 'a', 2);
        Ets.insert(table, key, 100);
        Ets.insert(table, `${key}${key}`, 100);
        return Number.isNaN(value) ? 0 : value * 10;
      });
      expect(replaced).toBe(3);
      expect(Ets.lookup(table, 'a').filter((value) => value !== 100)).toEqual([10, 0]);
      expect(Ets.lookup(table, 'b').filter((value) => value !== 100)).toEqual([30]);
    }),
  );
});
