// What the types of tables promise, and what must not compile. `tsc` checks this file; the functions are never called.
import { self } from '@coppice/core';
import { type Continuation, Ets, type EtsTransfer, type Page } from '@coppice/ets';
import { expect, expectTypeOf, it } from 'vitest';

interface Usage {
  readonly hits: number;
  readonly refused: number;
  readonly tag: string;
}
const cache = Ets.name<string, number>('cache');
const used = Ets.name<string, Usage>('rate.used');
const tags = Ets.name<string, string, 'bag'>('tags');
const ordered = Ets.name<readonly [string, number], string, 'ordered_set'>('ordered');

export function typesOfResults(): void {
  expectTypeOf(Ets.new(cache, { protection: 'public' })).toEqualTypeOf<Ets<string, number>>();
  expectTypeOf(Ets.new<string, string, 'bag'>({ type: 'bag' })).toEqualTypeOf<Ets<string, string, 'bag'>>();
  expectTypeOf(Ets.lookup(cache, 'k')).toEqualTypeOf<number | undefined>();
  expectTypeOf(Ets.lookup(ordered, ['k', 1])).toEqualTypeOf<string | undefined>();
  expectTypeOf(Ets.lookup(tags, 'k')).toEqualTypeOf<readonly string[]>();
  expectTypeOf(Ets.lookupElement(cache, 'k')).toEqualTypeOf<number>();
  expectTypeOf(Ets.lookupElement(cache, 'k', { default: 'none' })).toEqualTypeOf<number | string>();
  expectTypeOf(Ets.lookupElement(used, 'k', { element: 'tag' })).toEqualTypeOf<string>();
  expectTypeOf(Ets.lookupElement(tags, 'k')).toEqualTypeOf<readonly string[]>();
  expectTypeOf(Ets.take(cache, 'k')).toEqualTypeOf<readonly number[]>();
  expectTypeOf(Ets.entries(ordered)).toEqualTypeOf<
    readonly (readonly [readonly [string, number], string])[]
  >();
  expectTypeOf(Ets.updateCounter(cache, 'k', 1, 0)).toEqualTypeOf<number>();
  expectTypeOf(Ets.updateCounter(used, 'k', { hits: 1 }, { hits: 0, refused: 0, tag: '' })).toEqualTypeOf<{
    readonly hits: number;
  }>();
  expectTypeOf(Ets.select(cache, (key, n) => [key, n] as const)).toEqualTypeOf<
    readonly (readonly [string, number])[]
  >();
  expectTypeOf(Ets.select(cache, (key) => key, 10)).toEqualTypeOf<Page<string> | undefined>();
  expectTypeOf<Page<string>['continuation']>().toEqualTypeOf<Continuation<string>>();
  expectTypeOf(Ets.foldl(cache, (sum, _key, n) => sum + n, 0)).toEqualTypeOf<number>();
  expectTypeOf(Ets.first(cache)).toEqualTypeOf<string | undefined>();
  expectTypeOf(Ets.whereis(cache)).toEqualTypeOf<Ets<string, number> | undefined>();
  expectTypeOf(Ets.range(ordered, { gte: ['a', 1], reverse: true })).toEqualTypeOf<
    readonly (readonly [readonly [string, number], string])[]
  >();
  Ets.giveAway(cache, self<EtsTransfer>(), 'anything');
}

export function mustNotCompile(): void {
  // @ts-expect-error 35: value type
  Ets.insert(cache, 'k', 'v');
  // @ts-expect-error 36: may be undefined
  const value: number = Ets.lookup(cache, 'k');
  // @ts-expect-error key type
  Ets.lookup(cache, 5);
  // @ts-expect-error each of many
  Ets.insertAll(cache, [['k', 'v']]);
  // @ts-expect-error counters are numbers
  Ets.updateCounter(used, 'k', { tag: 1 });
  // @ts-expect-error a bag has no counters
  Ets.updateCounter(tags, 'k', 1);
  // @ts-expect-error no such field
  Ets.updateElement(used, 'k', { other: 1 });
  // @ts-expect-error only an ordered set has ranges
  Ets.range(cache, { gte: 'a' });
  // @ts-expect-error objects of a bag must differ
  Ets.selectReplace(tags, () => 'same');
  // @ts-expect-error a type that there is not
  Ets.new({ type: 'hash' });
  // @ts-expect-error a table is named by its typed name
  Ets.lookup('cache', 'k');
  // @ts-expect-error who gets a table must take the message
  Ets.giveAway(cache, self<string>(), 'anything');
  // @ts-expect-error a set's name does not make a bag
  Ets.new(cache, { type: 'bag' });
  // @ts-expect-error a bag's name makes a bag, so the type must be said
  Ets.new(tags);
  // @ts-expect-error without a name too
  Ets.new<string, string, 'bag'>();
  void value;
}

it('a typed name is plain data', () => {
  expect(JSON.stringify(cache)).toBe('{"name":"cache"}');
});
