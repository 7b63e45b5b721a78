/** Entries as callers see them. */
import { describe, isolated } from '@coppice/core';
import type { Entry, KeyedEntry } from './registry.ts';
import type { Row } from './rows.ts';

/** A row under the types of the registry's name: whoever put it there had that name. */
export function entryOf<V, M>(row: Row): Entry<V, M> {
  return { pid: row.pid, value: isolated(row.value) } as Entry<V, M>;
}

/** {@link entryOf} with the key. */
export function keyedEntryOf<K, V, M>(row: Row): KeyedEntry<K, V, M> {
  return { key: row.key, pid: row.pid, value: isolated(row.value) } as KeyedEntry<K, V, M>;
}

/** Checks a function given by a caller. Throws `TypeError` that names the parameter. */
export function requireFunction(value: unknown, parameter: string): void {
  if (typeof value !== 'function')
    throw new TypeError(`${parameter} must be a function, got ${describe(value)}`);
}
