/** Names that lead to a partition: `{ via, key: [supervisor, key] }`. OTP: `{:via, PartitionSupervisor, {name, key}}`. */
import { describe, type Name, type Named, type Pid, plainName, typedName, type Via } from '@coppice/core';
import { lookUp, type PartitionedRef } from './partition-table.ts';

/** Refused: a partition's process is put there by its supervisor. */
export function registerName(key: unknown, _pid: Pid<never>): boolean {
  throw new TypeError(
    `no process can be registered as a partition, got ${describe(key)}: its supervisor starts it`,
  );
}

/** Does nothing: a partition's process is taken out by its supervisor. */
export function unregisterName(_key: unknown): void {}

/** The process of the partition of `key` in `[supervisor, key]`. Throws `ExitError('noproc')` when the supervisor is missing. */
export function whereisName(key: unknown): Pid<never> | undefined {
  if (!Array.isArray(key) || key.length !== 2) {
    throw new TypeError(`key of a partition must be [supervisor, key], got ${describe(key)}`);
  }
  const [supervisor, own] = key as readonly unknown[]; // an array, as was just seen
  return lookUp(supervisor as PartitionedRef, own); // whereis refuses what is no reference
}

/**
 * A name for the process of `key`'s partition: may be called, sent to, monitored, as any name, and is looked up anew at each use. Integers go round
 * robin, other keys by a hash. OTP: `{:via, PartitionSupervisor, {name, key}}`.
 */
export function via<P extends Pid<never>>(supervisor: Named<P>, key: unknown): Named<P>;
export function via(supervisor: string, key: unknown): Name;
export function via(supervisor: string | Named<Pid<never>>, key: unknown): Name | Named<Pid<never>> {
  const name: Name = { via: router, key: [plainName(supervisor), key] };
  return typeof supervisor === 'string' ? name : typedName(name);
}

const router: Via = { registerName, unregisterName, whereisName };
