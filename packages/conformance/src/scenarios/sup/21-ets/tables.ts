/** How the scenario makes tables, and reads them as the script does. */
import { type Bags, Ets, type Sets, type TableType } from '@coppice/ets';
import type { Oracle } from '../../../oracle.ts';

export type AnySet<T extends Sets = 'set'> = Ets<unknown, unknown, T>;

export interface Tables {
  readonly set: AnySet;
  readonly os: AnySet<'ordered_set'>;
  readonly bag: Ets<unknown, unknown, 'bag'>;
  readonly dup: Ets<unknown, unknown, 'duplicate_bag'>;
}

/** `:ets.new(name, [type])`: the name is information, the table is not found by it. */
export function unnamed<T extends TableType>(name: string, type: T): Ets<unknown, unknown, T> {
  return Ets.rename(Ets.new<unknown, unknown, T>({ type }), Ets.name<unknown, unknown, T>(name));
}

/** An ordered set of `{key}`s. */
export function tableOf(keys: readonly unknown[]): AnySet<'ordered_set'> {
  const table = unnamed('t', 'ordered_set');
  for (const key of keys) Ets.insert(table, key, []);
  return table;
}

/** `{key, …values}`. */
export function tuple([key, value]: readonly [unknown, unknown]): readonly unknown[] {
  return Array.isArray(value) ? [key, ...(value as readonly unknown[])] : [key, value];
}

/** `:ets.tab2list`. */
export function objects<K, V>(table: Ets<K, V, TableType>): readonly (readonly unknown[])[] {
  return Ets.entries(table).map(tuple);
}

/** `:ets.lookup`. */
export function lookup<K, V>(table: Ets<K, V, Sets>, key: NoInfer<K>): readonly unknown[] {
  const value = Ets.lookup(table, key);
  return value === undefined ? [] : [tuple([key, value])];
}

/** {@link lookup} in a table with many objects for a key. */
export function lookupAll<K, V>(table: Ets<K, V, Bags>, key: NoInfer<K>): readonly unknown[] {
  return Ets.lookup(table, key).map((value) => tuple([key, value]));
}

/** What `fn` gives, or the error that it raises. */
export async function raised(O: Oracle, fn: () => unknown): Promise<unknown> {
  const [kind, value] = await O.catching(fn);
  return kind === 'returned' ? value : [kind, value];
}
