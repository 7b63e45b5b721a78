/**
 * Reading and changing what passes a function, which takes the place of OTP's match specs. Walks need no `safeFixtable`: each object that is there from
 * the beginning until the walk comes to it is met once, whatever happens to others, and what is added meanwhile never keeps a walk from ending.
 */
import { describe, requireFunction } from '@coppice/core';
import type { Ets, TableType } from './ets.ts';
import { OrderedStore } from './ordered-store.ts';
import type { Stored } from './store.ts';
import type { Table } from './table.ts';
import { readable, writable } from './tables.ts';

/** Where a limited walk goes on: in an ordered set from a key, whatever changed since; in others from an object, and once only, so that used again it gives what it gave. */
export class Continuation<out R> {
  readonly #more: () => Page<R> | undefined;

  constructor(more: () => Page<R> | undefined) {
    this.#more = more;
  }

  static resume<R>(continuation: Continuation<R>): Page<R> | undefined {
    return continuation.#more();
  }
}

/** A limited walk's results so far: never none. */
export interface Page<out R> {
  readonly results: readonly R[];
  readonly continuation: Continuation<R>;
}

/**
 * What `fn` makes of each object; `undefined` leaves it out. With a `limit` it stops at so many results and gives a page, whose `continuation` gives
 * the next one; `undefined` at the end of the table. OTP: `ets:select/2`, `/3`, `/1`.
 *
 * @example
 * for (let page = Ets.select(users, (id) => id, 100); page !== undefined; page = Ets.select(page.continuation)) …
 */
export function select<K, V, R>(
  table: Ets<K, V, TableType>,
  fn: (key: K, value: V) => R | undefined,
): readonly R[];
export function select<K, V, R>(
  table: Ets<K, V, TableType>,
  fn: (key: K, value: V) => R | undefined,
  limit: number,
): Page<R> | undefined;
export function select<R>(continuation: Continuation<R>): Page<R> | undefined;
export function select<K, V, R>(
  from: Ets<K, V, TableType> | Continuation<R>,
  fn?: (key: K, value: V) => R | undefined,
  limit?: number,
): readonly R[] | Page<R> | undefined {
  if (from instanceof Continuation) return Continuation.resume(from);
  return collect(from, { fn, limit, isReversed: false });
}

/** {@link select}, last first, where there is an order. OTP: `ets:select_reverse/2`, `/3`, `/1`. */
export function selectReverse<K, V, R>(
  table: Ets<K, V, TableType>,
  fn: (key: K, value: V) => R | undefined,
): readonly R[];
export function selectReverse<K, V, R>(
  table: Ets<K, V, TableType>,
  fn: (key: K, value: V) => R | undefined,
  limit: number,
): Page<R> | undefined;
export function selectReverse<R>(continuation: Continuation<R>): Page<R> | undefined;
export function selectReverse<K, V, R>(
  from: Ets<K, V, TableType> | Continuation<R>,
  fn?: (key: K, value: V) => R | undefined,
  limit?: number,
): readonly R[] | Page<R> | undefined {
  if (from instanceof Continuation) return Continuation.resume(from);
  return collect(from, { fn, limit, isReversed: true });
}

/** The objects that pass `where`, in pages if there is a `limit`: see `select`. OTP: `ets:match_object/2`, `/3`, `/1`. */
export function match<K, V>(
  table: Ets<K, V, TableType>,
  where: (key: K, value: V) => boolean,
): readonly (readonly [K, V])[];
export function match<K, V>(
  table: Ets<K, V, TableType>,
  where: (key: K, value: V) => boolean,
  limit: number,
): Page<readonly [K, V]> | undefined;
export function match<R>(continuation: Continuation<R>): Page<R> | undefined;
export function match<K, V>(
  from: Ets<K, V, TableType> | Continuation<unknown>,
  where?: (key: K, value: V) => boolean,
  limit?: number,
): readonly (readonly [K, V])[] | Page<unknown> | undefined {
  if (from instanceof Continuation) return Continuation.resume(from);
  requireFunction(where, 'where');
  const fn = (key: K, value: V): readonly [K, V] | undefined =>
    where?.(key, value) ? [key, value] : undefined;
  return collect(from, { fn, limit, isReversed: false });
}

/** Number of objects that pass `where`. OTP: `ets:select_count/2`. */
export function selectCount<K, V>(table: Ets<K, V, TableType>, where: (key: K, value: V) => boolean): number {
  requireFunction(where, 'where');
  return collect(table, {
    fn: (key: K, value: V) => (where(key, value) ? true : undefined),
    limit: undefined,
    isReversed: false,
  }).length;
}

/** Removes the objects that pass `where`; how many. OTP: `ets:select_delete/2`, `ets:match_delete/2`. */
export function selectDelete<K, V>(
  table: Ets<K, V, TableType>,
  where: (key: K, value: V) => boolean,
): number {
  requireFunction(where, 'where');
  const found = writable(table);
  let removed = 0;
  for (const [key, value] of objectsOf(found, false)) {
    if (!where(found.read(key) as K, found.read(value) as V)) continue; // put there under this table's types
    found.store.deleteObject(key, value);
    removed += 1;
  }
  return removed;
}

/** Replaces the value of each object by what `fn` makes of it; `undefined` leaves it. How many. Not for a `'bag'`, whose objects must differ: `TypeError`. OTP: `ets:select_replace/2`. */
export function selectReplace<K, V>(
  table: Ets<K, V, Exclude<TableType, 'bag'>>,
  fn: (key: K, value: V) => V | undefined,
): number {
  requireFunction(fn, 'fn');
  const found = writable(table);
  const replace = ([key, value]: Stored): unknown => fn(found.read(key) as K, found.read(value) as V); // as above
  if (found.store.kind === 'bag') return replaceInBag(found, replace);
  let replaced = 0;
  for (const object of objectsOf(found, false)) {
    const value = replace(object);
    if (value === undefined) continue;
    found.insert(object[0], value);
    replaced += 1;
  }
  return replaced;
}

function replaceInBag(table: Table, replace: (object: Stored) => unknown): number {
  if (table.store.kind !== 'bag' || table.type === 'bag')
    throw new TypeError(`the table must be of another type than bag to replace values`);
  let replaced = 0;
  table.store.map((key, value) => {
    const next = replace([key, value]);
    if (next === undefined) return value;
    replaced += 1;
    return table.keep(next);
  });
  return replaced;
}

interface Walk<K, V, R> {
  readonly fn: ((key: K, value: V) => R | undefined) | undefined;
  readonly isReversed: boolean;
}

function collect<K, V, R>(
  table: Ets<K, V, TableType>,
  walk: Walk<K, V, R> & { readonly limit: undefined },
): readonly R[];
function collect<K, V, R>(
  table: Ets<K, V, TableType>,
  walk: Walk<K, V, R> & { readonly limit: number | undefined },
): readonly R[] | Page<R> | undefined;
function collect<K, V, R>(
  table: Ets<K, V, TableType>,
  { fn, limit, isReversed }: Walk<K, V, R> & { readonly limit: number | undefined },
): readonly R[] | Page<R> | undefined {
  requireFunction(fn, 'fn');
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0))
    throw new RangeError(`limit must be a whole number from 1, got ${describe(limit)}`);
  const found = readable(table);
  const objects = objectsOf(found, isReversed);
  const visit = ([key, value]: Stored): R | undefined => fn?.(found.read(key) as K, found.read(value) as V); // as above
  return limit === undefined
    ? take(objects, visit, Number.POSITIVE_INFINITY)
    : page({ table: found, visit, limit, isReversed }, objects);
}

interface Pages<R> {
  readonly table: Table;
  readonly visit: (object: Stored) => R | undefined;
  readonly limit: number;
  readonly isReversed: boolean;
}

function page<R>(pages: Pages<R>, objects: Iterator<Stored, undefined>): Page<R> | undefined {
  const { table, visit, limit, isReversed } = pages;
  let lastKey: unknown;
  const remember = (object: Stored): R | undefined => {
    lastKey = object[0];
    return visit(object);
  };
  const results = take(objects, remember, limit);
  if (results.length === 0) return undefined;
  const { store } = table;
  const following =
    store instanceof OrderedStore
      ? () => page(pages, store.beyond(lastKey, isReversed))
      : once(() => page(pages, objects));
  return {
    results,
    continuation: new Continuation(() => {
      readable(table.id); // still there, and still to be read
      return following();
    }),
  };
}

function once<T>(fn: () => T): () => T {
  let done: { readonly value: T } | undefined;
  return () => {
    done ??= { value: fn() };
    return done.value;
  };
}

/** At most `limit` results. */
function take<R>(
  objects: Iterator<Stored, undefined>,
  visit: (object: Stored) => R | undefined,
  limit: number,
): readonly R[] {
  const results: R[] = [];
  while (results.length < limit) {
    const step = objects.next();
    if (step.done === true) break;
    const result = visit(step.value);
    if (result !== undefined) results.push(result);
  }
  return results;
}

function objectsOf({ store }: Table, isReversed: boolean): IterableIterator<Stored, undefined> {
  return isReversed ? store.objectsReversed() : store.objects();
}
