/** Calling a function with what is registered under a key: publish and subscribe without a broker. */
import { type Awaitable, callers, ProcLib, requireFunction, run, self } from '@coppice/core';
import { entryOf } from './entry.ts';
import type { AnyKeys, Entry, RegistryName } from './registry.ts';
import { type RunningRegistry, running } from './running-registry.ts';

/** Options of `dispatch`. */
export interface DispatchOptions<P extends boolean> {
  /** Whether each partition is dispatched to in a process of its own. Default `false`. */
  readonly parallel?: P;
}

/**
 * Calls `fn` with the entries under `key`, once for each partition that has some, one after another, in the calling process; not at all if there are
 * none. What `fn` throws goes to the caller, and the other partitions are left out. With `parallel` and duplicate keys each partition's call has a
 * process of its own, linked to the caller; `fn` may be async, and the promise resolves when all are done. OTP: `Registry.dispatch/4`.
 *
 * @example
 * Registry.dispatch(Topics, 'news', (entries) => {
 *   for (const { pid } of entries) send(pid, { type: 'published', body });
 * });
 */
export function dispatch<K, V, M>(
  registry: RegistryName<K, V, M, AnyKeys>,
  key: NoInfer<K>,
  fn: (entries: readonly Entry<V, M>[]) => void,
  options?: DispatchOptions<false>,
): void;
export function dispatch<K, V, M>(
  registry: RegistryName<K, V, M, AnyKeys>,
  key: NoInfer<K>,
  fn: (entries: readonly Entry<V, M>[]) => Awaitable<void>,
  options: DispatchOptions<true>,
): Promise<void>;
export function dispatch<K, V, M>(
  registry: RegistryName<K, V, M, AnyKeys>,
  key: NoInfer<K>,
  fn: (entries: readonly Entry<V, M>[]) => Awaitable<void>,
  options?: DispatchOptions<boolean>,
): Promise<void> | void {
  if (options?.parallel === true) return dispatchParallel(registry, key, fn);
  requireFunction(fn, 'fn');
  for (const entries of entriesByPartition<V, M>(running(registry), key)) void fn(entries);
}

function dispatchParallel<K, V, M>(
  registry: RegistryName<K, V, M, AnyKeys>,
  key: K,
  fn: (entries: readonly Entry<V, M>[]) => Awaitable<void>,
): Promise<void> {
  const work = async (): Promise<void> => {
    requireFunction(fn, 'fn');
    const found = running(registry);
    const groups = entriesByPartition<V, M>(found, key);
    const start = async (entries: readonly Entry<V, M>[]): Promise<void> =>
      found.keys === 'unique'
        ? fn(entries)
        : run(() => fn(entries), { link: true, callers: [self(), ...callers()] });
    await Promise.all(groups.map(start));
  };
  return ProcLib.quietly(work()); // whoever does not wait for it is told by the link
}

function entriesByPartition<V, M>(registry: RunningRegistry, key: unknown): readonly Entry<V, M>[][] {
  const groups = new Map<number, Entry<V, M>[]>();
  for (const row of registry.table.rows.at(key)) {
    const index = registry.indexOf(row.pid);
    const group = groups.get(index);
    if (group === undefined) groups.set(index, [entryOf(row)]);
    else group.push(entryOf(row));
  }
  return byIndex(groups);
}

function byIndex<T>(groups: ReadonlyMap<number, T>): readonly T[] {
  return [...groups.entries()].sort(([a], [b]) => a - b).map(([, group]) => group);
}
