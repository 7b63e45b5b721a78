/** Entries as callers see them. */
import { isolated } from '@coppice/core';
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
