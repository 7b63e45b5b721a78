/** Registering and unregistering the calling process. */
import { isolated, link, type Pid, requireFunction, self, send, unlink, whereis } from '@coppice/core';
import { AlreadyRegisteredError } from './errors.ts';
import type { AnyKeys, RegistryEvent, RegistryName, ValueArgument } from './registry.ts';
import type { Row } from './rows.ts';
import { type AnyRegistryName, type RunningRegistry, running } from './running-registry.ts';

/**
 * Registers the calling process under `key`, with `value` beside it, until it unregisters or exits. The process is linked to the registry
 * while it has entries, so that it does not outlive what makes it known. With unique keys, throws `AlreadyRegisteredError` if the key is
 * taken, by the caller too; with duplicate keys every call adds an entry. Throws `TypeError` if the registry does not run. OTP: `Registry.register/3`.
 */
export function register<K, V, M>(
  registry: RegistryName<K, V, M, AnyKeys>,
  key: NoInfer<K>,
  ...value: ValueArgument<V>
): void {
  const holder = claim(registry, key, value[0]);
  if (holder !== undefined) throw new AlreadyRegisteredError(registry.registry, key, holder);
}

/** Registers the caller; gives who has the key, if it is taken. */
export function claim(registry: AnyRegistryName, key: unknown, value: unknown): Pid<never> | undefined {
  const found = running(registry);
  const { table, keys } = found;
  const pid = self();
  if (keys === 'unique') {
    const holder = table.rows.first(key);
    if (holder !== undefined) return holder.pid;
  }
  if (!table.hasOwner(pid)) link(found.partitionOf(pid));
  const row: Row = { key: isolated(key), pid, value: isolated(value) };
  table.insert(row);
  tell(found, { type: 'register', registry: found.name, key: row.key, pid, value: row.value });
  return undefined;
}

/** Removes the caller's entries under `key`; those of others stay. Nothing there: nothing happens. OTP: `Registry.unregister/2`. */
export function unregister<K, V, M>(registry: RegistryName<K, V, M, AnyKeys>, key: NoInfer<K>): void {
  withdraw(registry, key, () => true);
}

/** {@link unregister} of the entries whose value passes `where`. OTP: `Registry.unregister_match/4`, whose pattern and guards are a predicate here. */
export function unregisterMatch<K, V, M>(
  registry: RegistryName<K, V, M, AnyKeys>,
  key: NoInfer<K>,
  where: (value: V) => boolean,
): void {
  requireFunction(where, 'where');
  withdraw(registry, key, (row) => where(isolated(row.value) as V)); // put there under this name's types
}

/**
 * Replaces the value of the caller's own entry by `fn` of it; gives both, or `undefined` if the key is not the caller's. The registry
 * must have unique keys. What `fn` throws goes to the caller, and the value stays. OTP: `Registry.update_value/3`.
 */
export function updateValue<K, V, M>(
  registry: RegistryName<K, V, M, 'unique'>,
  key: NoInfer<K>,
  fn: (value: V) => NoInfer<V>,
): { readonly value: V; readonly old: V } | undefined {
  const { table } = runningUnique(registry, 'Registry.updateValue');
  requireFunction(fn, 'fn');
  const [row] = table.ownedUnder(key, self());
  if (row === undefined) return undefined;
  const old = isolated(row.value) as V; // put there under this name's types
  const value = isolated(fn(old));
  row.value = value;
  return { value: isolated(value), old };
}

/** The registry, for what needs unique keys. Throws `TypeError` if it has duplicate ones. */
export function runningUnique(registry: AnyRegistryName, what: string): RunningRegistry {
  const found = running(registry);
  if (found.keys === 'unique') return found;
  throw new TypeError(
    `${what} needs unique keys, and registry ${JSON.stringify(found.name)} has duplicate ones`,
  );
}

/** Removes the caller's entries under a key that pass. */
export function withdraw(registry: AnyRegistryName, key: unknown, where: (row: Row) => boolean): void {
  const found = running(registry);
  const { table } = found;
  const pid = self();
  const own = table.ownedUnder(key, pid);
  const leaving = own.filter(where);
  for (const row of leaving) table.remove(row);
  if (leaving.length > 0 && !table.hasOwner(pid)) unlink(found.partitionOf(pid));
  if (leaving.length === own.length) tell(found, { type: 'unregister', registry: found.name, key, pid });
}

/** Tells the listeners that run. OTP differs: there a listener that does not run makes the registration raise, though the entry is in. */
function tell(registry: RunningRegistry, event: RegistryEvent<unknown, unknown>): void {
  for (const listener of registry.listeners) {
    if (whereis(listener) !== undefined) send(listener, event);
  }
}
