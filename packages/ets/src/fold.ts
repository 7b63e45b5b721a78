/** Going through a whole table, or a range of one. What happens to the table meanwhile is as for `select`. */
import { describe, requireFunction } from '@coppice/core';
import type { Ets, TableType } from './ets.ts';
import { type Bounds, OrderedStore } from './ordered-store.ts';
import type { Stored } from './store.ts';
import type { Table } from './table.ts';
import { readable } from './tables.ts';

/** All objects. OTP: `ets:tab2list/1`. */
export function entries<K, V>(table: Ets<K, V, TableType>): readonly (readonly [K, V])[] {
  const found = readable(table);
  return Array.from(found.store.objects(), (object) => objectOf<K, V>(found, object));
}

/** Folds over all objects, in their order if they have one. What `fn` throws goes to the caller. OTP: `ets:foldl/3`. */
export function foldl<K, V, A>(
  table: Ets<K, V, TableType>,
  fn: (accumulator: A, key: K, value: V) => A,
  initial: A,
): A {
  const found = readable(table);
  return fold(found, found.store.objects(), fn, initial);
}

/** {@link foldl}, last first. OTP: `ets:foldr/3`. */
export function foldr<K, V, A>(
  table: Ets<K, V, TableType>,
  fn: (accumulator: A, key: K, value: V) => A,
  initial: A,
): A {
  const found = readable(table);
  return fold(found, found.store.objectsReversed(), fn, initial);
}

/** Which objects of an ordered set, by their keys. */
export interface RangeOptions<K> extends Bounds<K> {
  /** Last first. Default `false`. */
  readonly reverse?: boolean;
  /** At most so many. Default: all. */
  readonly limit?: number;
}

/**
 * The objects of an ordered set whose keys are within bounds, in order: found in O(log n), however large the table is. Arrays compare element by
 * element, so `{ gte: ['ann'], lt: ['ann', []] }` are the keys that begin with `'ann'` and go on with anything but an array or a string.
 * Throws `TypeError` for another type of table or bounds that exclude each other (`gt` with `gte`). OTP: `ets:select/2` with a partly bound key.
 */
export function range<K, V>(
  table: Ets<K, V, 'ordered_set'>,
  options: RangeOptions<NoInfer<K>> = {},
): readonly (readonly [K, V])[] {
  const found = readable(table);
  requireRange(options);
  if (!(found.store instanceof OrderedStore))
    throw new TypeError(`the table must be of type ordered_set to have ranges, and is a ${found.type}`);
  const objects = options.reverse === true ? found.store.rangeReversed(options) : found.store.range(options);
  const results: (readonly [K, V])[] = [];
  if (options.limit === 0) return results;
  for (const object of objects) {
    results.push(objectOf(found, object));
    if (results.length === options.limit) break;
  }
  return results;
}

function fold<K, V, A>(
  table: Table,
  objects: Iterable<Stored>,
  fn: (accumulator: A, key: K, value: V) => A,
  initial: A,
): A {
  requireFunction(fn, 'fn');
  let accumulator = initial;
  for (const object of objects) accumulator = fn(accumulator, ...objectOf<K, V>(table, object));
  return accumulator;
}

function objectOf<K, V>(table: Table, [key, value]: Stored): readonly [K, V] {
  return [table.read(key) as K, table.read(value) as V]; // put there under this table's types
}

function requireRange({ gt, gte, lt, lte, limit }: RangeOptions<unknown>): void {
  if (gt !== undefined && gte !== undefined) throw new TypeError('options must not have both gt and gte');
  if (lt !== undefined && lte !== undefined) throw new TypeError('options must not have both lt and lte');
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 0))
    throw new RangeError(`limit must be a whole number from 0, got ${describe(limit)}`);
}
