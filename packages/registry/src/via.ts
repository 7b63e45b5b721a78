/** Registry keys as names of processes. OTP: `{:via, Registry, {registry, key, value}}`. */
import { describe, type Name, type Pid, self, type Via } from '@coppice/core';
import { claim, runningUnique, withdraw } from './register.ts';
import type { RegistryName, ValueArgument } from './registry.ts';
import { type AnyRegistryName, type RunningRegistry, requireRegistryName } from './running-registry.ts';

/** What a via name of this package holds beside the via. OTP: `{registry, key}` and `{registry, key, value}`. */
export interface RegistryKey {
  readonly registry: AnyRegistryName;
  readonly key: unknown;
  readonly value?: unknown;
}

/**
 * A name for `startLink`, `call`, `send`: the process that is registered under `key`. Started under it, a process is registered, with `value`,
 * before its `init` runs. `Counter.name(Registry.via(Names, id))` is a typed one. Throws `TypeError` if keys are not unique. OTP: `{:via, Registry, …}`.
 */
export function via<K, V, M>(
  registry: RegistryName<K, V, M, 'unique'>,
  key: NoInfer<K>,
  ...value: ValueArgument<V>
): Name {
  requireRegistryName(registry);
  if (registry.keys !== 'unique')
    throw new TypeError(`via names need unique keys, and ${describe(registry.registry)} has duplicate ones`);
  const name: RegistryKey = value.length === 0 ? { registry, key } : { registry, key, value: value[0] };
  return { via: registryVia, key: name };
}

/** Registers `pid`, which must be the calling process; `false` if the key is taken. OTP: `Registry.register_name/2`. */
export function registerName(name: RegistryKey, pid: Pid<never>): boolean {
  const { registry, key, value } = requireKey(name);
  runningUnique(registry, 'a via name');
  if (pid !== self())
    throw new TypeError(
      `pid must be the calling process ${self()}, which alone may register itself, got ${describe(pid)}`,
    );
  return claim(registry, key, value) === undefined;
}

/** Frees the key, if it is the caller's. OTP: `Registry.unregister_name/1`. */
export function unregisterName(name: RegistryKey): void {
  const { registry, key } = requireKey(name);
  withdraw(registry, key, () => true);
}

/** The live process that has the key. Throws `TypeError` if the registry does not run. OTP: `Registry.whereis_name/1`. */
export function whereisName(name: RegistryKey): Pid<never> | undefined {
  const { registry, key } = requireKey(name);
  return runningHere(registry).table.rows.first(key)?.pid;
}

const registryVia: Via<RegistryKey> = { registerName, unregisterName, whereisName };

/** The runtime looks a name up, deep below who uses it, and a stack has ten lines: they begin here. */
function runningHere(registry: AnyRegistryName): RunningRegistry {
  try {
    return runningUnique(registry, 'a via name');
  } catch (error) {
    if (error instanceof Error) Error.captureStackTrace?.(error, runningHere);
    throw error;
  }
}

function requireKey(name: unknown): RegistryKey {
  if (typeof name === 'object' && name !== null && 'registry' in name && 'key' in name)
    return name as RegistryKey; // the registry itself is checked where it is used
  throw new TypeError(`key must be made by Registry.via, or be { registry, key }, got ${describe(name)}`);
}
