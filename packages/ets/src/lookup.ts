/** Reading objects by key. */
import { describe, formatTerm } from '@coppice/core';
import type { Bags, Ets, Sets, TableType } from './ets.ts';
import { readable } from './tables.ts';

/** The value of a key, or `undefined`; in a bag all of its values, in order of insertion. OTP: `ets:lookup/2`. */
export function lookup<K, V>(table: Ets<K, V, Sets>, key: NoInfer<K>): V | undefined;
/** All values of a key in a bag, in order of insertion; none: an empty array. OTP: `ets:lookup/2`. */
export function lookup<K, V>(table: Ets<K, V, Bags>, key: NoInfer<K>): readonly V[];
export function lookup<K, V>(table: Ets<K, V, TableType>, key: K): V | undefined | readonly V[] {
  const found = readable(table);
  const { store } = found;
  // What comes out was put there under this table's types.
  if (store.kind === 'set') return found.read(store.get(key)) as V | undefined;
  return store.values(key).map((value) => found.read(value)) as readonly V[];
}

/** What of a value to read, and what to give where there is none. */
export interface ElementOptions<E, D> {
  /** A field of the value. Default: the value itself. OTP: a position. */
  readonly element?: E;
  /** Given if there is no object of the key. Without it that is a `TypeError`. */
  readonly default?: D;
}

/**
 * {@link lookup} for a key that must be there: throws `TypeError` if it is not and no default was given, or if a value has no such field. In a bag
 * the result is an array, one element for each value. OTP: `ets:lookup_element/3`, `/4`.
 */
export function lookupElement<K, V, E extends keyof V, D = never>(
  table: Ets<K, V, Sets>,
  key: NoInfer<K>,
  options: ElementOptions<E, D> & { readonly element: E },
): V[E] | D;
export function lookupElement<K, V, D = never>(
  table: Ets<K, V, Sets>,
  key: NoInfer<K>,
  options?: ElementOptions<never, D>,
): V | D;
export function lookupElement<K, V, E extends keyof V, D = never>(
  table: Ets<K, V, Bags>,
  key: NoInfer<K>,
  options: ElementOptions<E, D> & { readonly element: E },
): readonly V[E][] | D;
export function lookupElement<K, V, D = never>(
  table: Ets<K, V, Bags>,
  key: NoInfer<K>,
  options?: ElementOptions<never, D>,
): readonly V[] | D;
export function lookupElement(
  table: Ets<unknown, unknown, TableType>,
  key: unknown,
  options: ElementOptions<PropertyKey, unknown> = {},
): unknown {
  const found = readable(table);
  const values = found.store.values(key);
  if (values.length === 0) {
    if ('default' in options) return options.default;
    throw new TypeError(`there is no object of key ${formatTerm(key)}`);
  }
  const elements = values.map((value) => found.read(elementOf(value, options)));
  return found.store.kind === 'set' ? elements[0] : elements;
}

function elementOf(value: unknown, { element }: ElementOptions<PropertyKey, unknown>): unknown {
  if (element === undefined) return value;
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, element))
    return Reflect.get(value, element);
  throw new TypeError(`${describe(value)} has no element ${describe(element)}`);
}
