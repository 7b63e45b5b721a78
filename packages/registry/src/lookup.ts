/** Looking into a registry: from any process, without waiting. Nothing there is an empty array, never an error. */
import { type Pid, requireFunction } from '@coppice/core';
import { entryOf, keyedEntryOf } from './entry.ts';
import type { AnyKeys, Entry, KeyedEntry, RegistryName } from './registry.ts';
import { foundLast, running } from './running-registry.ts';

/** Entries under `key`, in order of registration: one at most if keys are unique. Throws `TypeError` if the registry does not run, as all functions here. OTP: `Registry.lookup/2`. */
export function lookup<K, V, M>(
  registry: RegistryName<K, V, M, AnyKeys>,
  key: NoInfer<K>,
): readonly Entry<V, M>[] {
  if (registry?.keys === 'duplicate')
    return running(registry)
      .table.rows.at(key)
      .map((row) => entryOf(row));
  // The key is looked for before it is known whether this is the registry of the caller's node: among a million keys the processor
  // waits for memory, and who the caller is can be found out meanwhile.
  const guess = foundLast(registry);
  const guessed = guess?.table.rows.first(key);
  const found = running(registry);
  const row = found === guess ? guessed : found.table.rows.first(key);
  return row === undefined ? [] : [entryOf(row)];
}

/** Keys of `pid`, in order of registration; a key that it holds several times comes several times. OTP: `Registry.keys/2`. */
export function keys<K, V, M>(registry: RegistryName<K, V, M, AnyKeys>, pid: Pid<never>): readonly K[] {
  return running(registry)
    .table.ownedBy(pid)
    .map((row) => row.key as K); // put there under this name's types
}

/** Values of `pid` under `key`. OTP: `Registry.values/3`. */
export function values<K, V, M>(
  registry: RegistryName<K, V, M, AnyKeys>,
  key: NoInfer<K>,
  pid: Pid<never>,
): readonly V[] {
  return running(registry)
    .table.ownedUnder(key, pid)
    .map((row) => entryOf<V, M>(row).value);
}

/** Number of entries. OTP: `Registry.count/1`. */
export function count<K, V, M>(registry: RegistryName<K, V, M, AnyKeys>): number {
  return running(registry).table.rows.size;
}

/** Entries under `key` whose value passes `where`. OTP: `Registry.match/4`, whose pattern and guards are a predicate here. */
export function match<K, V, M>(
  registry: RegistryName<K, V, M, AnyKeys>,
  key: NoInfer<K>,
  where: (value: V) => boolean,
): readonly Entry<V, M>[] {
  requireFunction(where, 'where');
  return lookup(registry, key).filter((entry) => where(entry.value));
}

/** How many entries {@link match} would give. OTP: `Registry.count_match/4`. */
export function countMatch<K, V, M>(
  registry: RegistryName<K, V, M, AnyKeys>,
  key: NoInfer<K>,
  where: (value: V) => boolean,
): number {
  return match(registry, key, where).length;
}

/** What `fn` makes of each entry of the registry; `undefined` leaves it out. The order is not defined. OTP: `Registry.select/2`, whose match specs are a function here. */
export function select<K, V, M, R>(
  registry: RegistryName<K, V, M, AnyKeys>,
  fn: (entry: KeyedEntry<K, V, M>) => R | undefined,
): readonly R[] {
  requireFunction(fn, 'fn');
  const results: R[] = [];
  for (const row of running(registry).table.rows.all()) {
    const result = fn(keyedEntryOf<K, V, M>(row));
    if (result !== undefined) results.push(result);
  }
  return results;
}

/** Number of entries that pass `where`. OTP: `Registry.count_select/2`. */
export function countSelect<K, V, M>(
  registry: RegistryName<K, V, M, AnyKeys>,
  where: (entry: KeyedEntry<K, V, M>) => boolean,
): number {
  requireFunction(where, 'where');
  let passed = 0;
  for (const row of running(registry).table.rows.all()) {
    if (where(keyedEntryOf<K, V, M>(row))) passed += 1;
  }
  return passed;
}
