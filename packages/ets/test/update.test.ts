import { sleep, spawn } from '@coppice/core';
import { Ets, type Increment } from '@coppice/ets';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

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
      const pairs = Ets.new<readonly [string, number], number>();
      expect(() => Ets.updateCounter(pairs, ['ann', 1], 1)).toThrow(
        'there is no object of key ["ann",1], and no initial value',
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
      const deleting = (value: { a: number; b: number }): { a: number; b: number } => {
        Ets.delete(table);
        return value;
      };
      expect(() => Ets.update(table, 'k', deleting)).toThrow(TypeError);
    }),
  );

  it(
    'counts and replaces places of tuples, which keep their length [otp-ets-014]',
    simulated(async () => {
      const table = Ets.new<string, readonly [number, string, number]>();
      expect(Ets.updateCounter(table, 'k', { 0: 2, 2: -1 }, [0, 'tag', 10])).toEqual({ 0: 2, 2: 9 });
      expect(Ets.updateElement(table, 'k', { 1: 'other' })).toBe(true);
      expect(Ets.lookup(table, 'k')).toEqual([2, 'other', 9]);
      expect(() => Ets.updateElement(table, 'k', { 3: 'more' } as never)).toThrow('has no element "3"');
      expect(() => Ets.updateElement(table, 'k', { length: 1 } as never)).toThrow('has no element "length"');
      expect(() => Ets.updateCounter(table, 'k', { 1: 1 } as never)).toThrow('element "1" must be a number');
      expect(Ets.lookup(table, 'k')).toEqual([2, 'other', 9]);
    }),
  );

  it(
    'refuses to count with fractions, or where adding 1 changes nothing [otp-ets-014]',
    simulated(async () => {
      const table = Ets.new<string, number>();
      Ets.insertAll(table, [
        ['n', 1],
        ['half', 0.5],
        ['large', Number.MAX_SAFE_INTEGER],
      ]);
      const refused = (key: string, by: Increment) =>
        expect(() => Ets.updateCounter(table, key, by)).toThrow(RangeError);
      refused('n', 0.5);
      refused('n', Number.NaN);
      refused('n', { by: 1, threshold: 0.5, setValue: 0 });
      refused('n', { by: 1, threshold: 1, setValue: 0.5 });
      refused('half', 1);
      refused('large', 1);
      expect(Ets.updateCounter(table, 'large', { by: 1, threshold: 10, setValue: 0 })).toBe(0);
      expect(Ets.lookup(table, 'n')).toBe(1);
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
