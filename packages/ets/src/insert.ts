/** Putting objects into tables, and taking them out. All of it happens at once: no other process sees a half of it. */
import { describe } from '@coppice/core';
import type { Ets, TableType } from './ets.ts';
import { readable, writable } from './tables.ts';

/** Adds an object. In a set it replaces that of the same key; in a bag it is one more, unless a `'bag'` has the same already. OTP: `ets:insert/2`. */
export function insert<K, V>(table: Ets<K, V, TableType>, key: NoInfer<K>, value: NoInfer<V>): void {
  writable(table).insert(key, value);
}

/** {@link insert} of many, one after another; all or, if the entries are bad, none. OTP: `ets:insert/2` of a list. */
export function insertAll<K, V>(
  table: Ets<K, V, TableType>,
  entries: Iterable<readonly [NoInfer<K>, NoInfer<V>]>,
): void {
  const list = requireEntries(entries);
  const found = writable(table);
  for (const [key, value] of list) found.insert(key, value);
}

/** Adds an object if there is none of its key; whether it was added. OTP: `ets:insert_new/2`. */
export function insertNew<K, V>(table: Ets<K, V, TableType>, key: NoInfer<K>, value: NoInfer<V>): boolean {
  const found = writable(table);
  if (found.store.has(key)) return false;
  found.insert(key, value);
  return true;
}

/** {@link insertNew} of many: all or, if there is an object of one of their keys, none. OTP: `ets:insert_new/2` of a list. */
export function insertNewAll<K, V>(
  table: Ets<K, V, TableType>,
  entries: Iterable<readonly [NoInfer<K>, NoInfer<V>]>,
): boolean {
  const list = requireEntries(entries);
  const found = writable(table);
  if (list.some(([key]) => found.store.has(key))) return false;
  for (const [key, value] of list) found.insert(key, value);
  return true;
}

/** Removes and gives the values of a key. OTP: `ets:take/2`. */
export function take<K, V>(table: Ets<K, V, TableType>, key: NoInfer<K>): readonly V[] {
  const found = writable(table);
  const values = found.store.values(key).map((value) => found.read(value));
  found.store.delete(key);
  return values as readonly V[]; // put there under this table's types
}

/** Deletes the table, or the objects of a key in it; nothing there: nothing happens. OTP: `ets:delete/1`, `ets:delete/2`. */
export function deleteFrom<K, V>(table: Ets<K, V, TableType>, ...key: [key?: NoInfer<K>]): void {
  const found = writable(table);
  if (key.length === 0) found.delete();
  else found.store.delete(key[0]);
}

/** Removes the objects of a key that have this value, the same as a term. OTP: `ets:delete_object/2`. */
export function deleteObject<K, V>(table: Ets<K, V, TableType>, key: NoInfer<K>, value: NoInfer<V>): void {
  writable(table).store.deleteObject(key, value);
}

/** Removes all objects. OTP: `ets:delete_all_objects/1`. */
export function clear<K, V>(table: Ets<K, V, TableType>): void {
  writable(table).store.clear();
}

/** Whether there is an object of this key. OTP: `ets:member/2`. */
export function member<K, V>(table: Ets<K, V, TableType>, key: NoInfer<K>): boolean {
  return readable(table).store.has(key);
}

function requireEntries(
  entries: Iterable<readonly [unknown, unknown]>,
): readonly (readonly [unknown, unknown])[] {
  if (typeof entries !== 'object' || entries === null || !(Symbol.iterator in entries))
    throw new TypeError(`entries must be iterable, got ${describe(entries)}`);
  const list: readonly unknown[] = [...entries];
  const bad = list.findIndex((entry) => !Array.isArray(entry) || entry.length !== 2);
  if (bad !== -1)
    throw new TypeError(`entries must be [key, value] pairs, got ${describe(list[bad])} at index ${bad}`);
  return list as readonly (readonly [unknown, unknown])[]; // checked above
}
