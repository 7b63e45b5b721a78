/** Entries as callers see them. */
import { describe, isAlive, isolated } from '@coppice/core';
import type { Entry, KeyedEntry } from './registry.ts';
import type { Row, Rows } from './rows.ts';

/** A row under the types of the registry's name: whoever put it there had that name. */
export function entryOf<V, M>(row: Row): Entry<V, M> {
  return { pid: row.pid, value: isolated(row.value) } as Entry<V, M>;
}

/** {@link entryOf} with the key. */
export function keyedEntryOf<K, V, M>(row: Row): KeyedEntry<K, V, M> {
  return { key: row.key, pid: row.pid, value: isolated(row.value) } as KeyedEntry<K, V, M>;
}

/** Rows of live processes under a key. A subscriber of exits may look while the exiting process's entries are still there. */
export function liveRows(rows: Rows, key: unknown): readonly Row[] {
  const found = rows.at(key);
  return found.every((row) => isAlive(row.pid)) ? found : found.filter((row) => isAlive(row.pid));
}

/** Checks a function given by a caller. Throws `TypeError` that names the parameter. */
export function requireFunction(value: unknown, parameter: string): void {
  if (typeof value !== 'function')
    throw new TypeError(`${parameter} must be a function, got ${describe(value)}`);
}
