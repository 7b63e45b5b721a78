/** Data of a registry as a whole: settings, subscribers' defaults. It outlives the entries, not the registry. */
import { describe, isolated } from '@coppice/core';
import { type AnyRegistryName, runningSupervisor } from './running-registry.ts';

/** What is stored under `key`, or `undefined`. OTP: `Registry.meta/2`. */
export function meta(registry: AnyRegistryName, key: string): unknown {
  return isolated(runningSupervisor(registry).meta.get(requireKey(key)));
}

/** Stores `value` under `key`, from any process. OTP: `Registry.put_meta/3`. */
export function putMeta(registry: AnyRegistryName, key: string, value: unknown): void {
  runningSupervisor(registry).meta.set(requireKey(key), isolated(value));
}

/** Removes what is stored under `key`. OTP: `Registry.delete_meta/2`. */
export function deleteMeta(registry: AnyRegistryName, key: string): void {
  runningSupervisor(registry).meta.delete(requireKey(key));
}

function requireKey(key: unknown): string {
  if (typeof key === 'string') return key;
  throw new TypeError(`key must be a string, got ${describe(key)}`);
}
