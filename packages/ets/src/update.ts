/** Changing the value of one key in a set, at once: what two processes do to one key never overlaps. */
import { describe, formatTerm, requireFunction } from '@coppice/core';
import type { Ets, Sets } from './ets.ts';
import type { Table } from './table.ts';
import { type AnyTable, writable } from './tables.ts';

/** An addition with a bound: beyond `threshold` (above it when adding, below it when subtracting) the counter becomes `setValue`. OTP: `{Pos, Incr, Threshold, SetValue}`. */
export interface BoundedIncrement {
  readonly by: number;
  readonly threshold: number;
  readonly setValue: number;
}
/** What is added to a counter. */
export type Increment = number | BoundedIncrement;

/** What of a value can be replaced or counted: fields of an object, places of a tuple. */
type Elements<V> = V extends readonly unknown[] ? Exclude<keyof V, keyof (readonly unknown[])> : keyof V;
type Counters<V> = { readonly [F in Elements<V> as V[F] extends number ? F : never]?: Increment };

/** Replaces the value of a key by `fn` of it; `false` if there is none. What `fn` throws goes to the caller, and nothing changes. */
export function update<K, V>(table: Ets<K, V, Sets>, key: NoInfer<K>, fn: (value: V) => NoInfer<V>): boolean {
  const found = writable(table);
  requireFunction(fn, 'fn');
  const store = requireSet(found);
  if (!store.has(key)) return false;
  const value = fn(found.read(store.get(key)) as V); // put there under this table's types
  writable(table).insert(key, value); // which `fn` may have deleted
  return true;
}

/**
 * Replaces fields of the value of a key, or places of a tuple; `false` if there is none. Throws `TypeError` for a value without fields. OTP:
 * `ets:update_element/3`.
 */
export function updateElement<K, V extends object>(
  table: Ets<K, V, Sets>,
  key: NoInfer<K>,
  elements: Partial<Pick<NoInfer<V>, Elements<NoInfer<V>>>>,
): boolean {
  const found = writable(table);
  const store = requireSet(found);
  if (!store.has(key)) return false;
  found.insert(key, replaceElements(requireFields(store.get(key)), requireFields(elements)));
  return true;
}

/**
 * Adds to the counter that is a key's value, or to counters that are fields of it, and gives what they are then. Without an object of the key it
 * begins with `initial`; without that too it throws `TypeError`, as for what is no number. `RangeError` for what is no whole number. Nothing
 * changes then. OTP: `ets:update_counter/3`, `/4`.
 *
 * @example
 * Ets.updateCounter(hits, '/home', 1, 0);
 * Ets.updateCounter(seats, 'bus', { by: 1, threshold: 50, setValue: 0 });
 * Ets.updateCounter(usage, 'ann', { reads: 1, writes: -1 }, { reads: 0, writes: 0 }).reads;
 */
export function updateCounter<K>(
  table: Ets<K, number, Sets>,
  key: NoInfer<K>,
  by: Increment,
  initial?: number,
): number;
export function updateCounter<K, V extends object, const B extends Counters<V>>(
  table: Ets<K, V, Sets>,
  key: NoInfer<K>,
  by: B,
  initial?: NoInfer<V>,
): { readonly [F in keyof B]: number };
export function updateCounter(table: AnyTable, key: unknown, by: unknown, initial?: unknown): unknown {
  const found = writable(table);
  const store = requireSet(found);
  const before = store.has(key) ? store.get(key) : initial;
  if (before === undefined)
    throw new TypeError(`there is no object of key ${formatTerm(key)}, and no initial value`);
  if (typeof before === 'number') {
    const after = add(before, by);
    found.insert(key, after);
    return after;
  }
  const fields = requireFields(before);
  const after = addToFields(fields, requireFields(by));
  found.insert(key, replaceElements(fields, after));
  return after;
}

/** A copy with other elements. A tuple keeps its length: OTP knows no new positions either. */
function replaceElements(value: object, elements: object): object {
  if (!Array.isArray(value)) return { ...value, ...elements };
  const missing = Object.keys(elements).find((place) => !Object.hasOwn(value, place) || place === 'length');
  if (missing !== undefined) throw new TypeError(`${describe(value)} has no element ${describe(missing)}`);
  const copy: unknown = Object.assign([...(value as readonly unknown[])], elements);
  return copy as object;
}

function addToFields(fields: object, increments: object): Record<string, number> {
  const after = Object.entries(increments).map(([field, by]: [string, unknown]): [string, number] => {
    const before: unknown = Object.hasOwn(fields, field) ? Reflect.get(fields, field) : undefined;
    if (typeof before !== 'number')
      throw new TypeError(
        `element ${describe(field)} must be a number to count with, and is ${describe(before)}`,
      );
    return [field, add(before, by)];
  });
  return Object.fromEntries(after);
}

function add(before: number, by: unknown): number {
  whole(before);
  if (typeof by === 'number') return whole(before + whole(by));
  if (!isBounded(by))
    throw new TypeError(`by must be a number or { by, threshold, setValue }, got ${describe(by)}`);
  const after = before + whole(by.by);
  const isBeyond = by.by < 0 ? after < whole(by.threshold) : after > whole(by.threshold);
  return isBeyond ? whole(by.setValue) : whole(after);
}

/** Counters are exact: beyond 2^53 adding 1 changes nothing, so such a number is refused. */
function whole(value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`a counter must count in whole numbers up to 2^53, got ${describe(value)}`);
}

function isBounded(by: unknown): by is BoundedIncrement {
  if (typeof by !== 'object' || by === null) return false;
  return ['by', 'threshold', 'setValue'].every((field) => typeof Reflect.get(by, field) === 'number');
}

function requireFields(value: unknown): object {
  if (typeof value === 'object' && value !== null) return value;
  throw new TypeError(`a value must be an object to have elements, and is ${describe(value)}`);
}

function requireSet({ store, type }: Table): Exclude<Table['store'], { readonly kind: 'bag' }> {
  if (store.kind === 'set') return store;
  throw new TypeError(`the table must be of type set or ordered_set, and is a ${type}`);
}
