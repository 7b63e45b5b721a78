/** Walking over a table from key to key. In an ordered set by their order; else in an order that stays the same while the table does not change. */
import { formatTerm } from '@coppice/core';
import type { Ets, TableType } from './ets.ts';
import type { Step } from './store.ts';
import type { Table } from './table.ts';
import { readable } from './tables.ts';

/** The first key; `undefined` if the table is empty. OTP: `ets:first/1`. */
export function first<K, V>(table: Ets<K, V, TableType>): K | undefined {
  const found = readable(table);
  return keyOf<K>(found, found.store.first());
}

/** The last key; without an order the same as `first`. OTP: `ets:last/1`. */
export function last<K, V>(table: Ets<K, V, TableType>): K | undefined {
  const found = readable(table);
  return keyOf<K>(found, found.store.last());
}

/**
 * The key after `key`; `undefined` at the end. In an ordered set `key` need not be there. In others it must be, or have been when the table was fixed by
 * `safeFixtable`: else it throws `TypeError`. OTP: `ets:next/2`.
 */
export function next<K, V>(table: Ets<K, V, TableType>, key: NoInfer<K>): K | undefined {
  const found = readable(table);
  return keyOf<K>(found, found.store.next(key) ?? refuse(key));
}

/** The key before `key`; without an order the same as `next`. OTP: `ets:prev/2`. */
export function prev<K, V>(table: Ets<K, V, TableType>, key: NoInfer<K>): K | undefined {
  const found = readable(table);
  return keyOf<K>(found, found.store.prev(key) ?? refuse(key));
}

function keyOf<K>(table: Table, step: Step): K | undefined {
  return step.done ? undefined : (table.read(step.value) as K); // put there under this table's types
}

function refuse(key: unknown): never {
  throw new TypeError(`there is no object of key ${formatTerm(key)} to go on from`);
}
