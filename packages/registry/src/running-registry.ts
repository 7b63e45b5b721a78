/** Registries that run, found by name on the caller's node. OTP: the info table of Elixir's `Registry`. */
import { describe, type MonitorRef, type Pid, whereis } from '@coppice/core';
import type { ServerPid } from '@coppice/gen-server';
import type { AnyKeys } from './registry.ts';
import { Table } from './table.ts';

/** A registry's name with the types of what it holds left out. */
export interface AnyRegistryName {
  readonly registry: string;
  readonly keys: AnyKeys;
}

/** A process of the registry, as others use it. */
export type PartitionPid = ServerPid<{
  readonly call: { readonly lock: (key: unknown) => MonitorRef };
  readonly cast: { readonly unlock: (ref: MonitorRef) => void };
}>;

/** A registry's data. It lasts as long as the registry's supervisor, its entries as long as the partitions. */
export class RunningRegistry {
  readonly name: string;
  readonly keys: AnyKeys;
  readonly table: Table;
  /** Names of processes that are told of registrations. */
  readonly listeners: readonly string[];
  readonly meta: Map<string, unknown>;
  readonly #partitions: (PartitionPid | undefined)[];

  constructor(
    { registry, keys }: AnyRegistryName,
    partitions: number,
    listeners: readonly string[],
    meta: Iterable<readonly [string, unknown]>,
  ) {
    this.name = registry;
    this.keys = keys;
    this.table = new Table(keys);
    this.listeners = listeners;
    this.meta = new Map(meta);
    this.#partitions = Array.from({ length: partitions }, () => undefined);
  }

  /** The partition has started. */
  open(index: number, pid: PartitionPid): void {
    this.#partitions[index] = pid;
  }

  /** The partition has exited: the supervisor stops the others too, so all entries go. */
  close(index: number): void {
    this.#partitions[index] = undefined;
    this.table.clear();
  }

  /** Whether every partition runs. */
  get isOpen(): boolean {
    return !this.#partitions.includes(undefined);
  }

  /** The partition that `pid` is linked to while it has entries. */
  partitionOf(pid: Pid<never>): Pid<never> {
    const partition = this.#partitions[this.indexOf(pid)];
    if (partition === undefined) throw unknownRegistry(this.name);
    return partition;
  }

  /** Index of a process's partition. */
  indexOf(pid: Pid<never>): number {
    return pid.id % this.#partitions.length;
  }

  /** The partition that keeps the queues of locks. */
  get lockKeeper(): PartitionPid {
    const [first] = this.#partitions;
    if (first === undefined) throw unknownRegistry(this.name);
    return first;
  }
}

/** By the registry's supervisor, which has the registry's name. */
const registries = new Map<Pid<never>, RunningRegistry>();

export function addRegistry(supervisor: Pid<never>, registry: RunningRegistry): void {
  registries.set(supervisor, registry);
}

export function deleteRegistry(supervisor: Pid<never>): void {
  registries.delete(supervisor);
}

/** The running registry of that name. Throws `TypeError` if there is none, its partitions do not run, or it has the other kind of keys. */
export function running(registry: AnyRegistryName): RunningRegistry {
  const found = runningSupervisor(registry);
  if (!found.isOpen) throw unknownRegistry(registry.registry);
  return found;
}

/** {@link running} for what does not need the partitions. */
export function runningSupervisor(registry: AnyRegistryName): RunningRegistry {
  requireRegistryName(registry);
  const supervisor = whereis(registry.registry);
  const found = supervisor === undefined ? undefined : registries.get(supervisor);
  if (found === undefined) throw unknownRegistry(registry.registry);
  if (found.keys !== registry.keys) {
    throw new TypeError(
      `registry ${describe(found.name)} was started with ${found.keys} keys, not ${registry.keys}`,
    );
  }
  return found;
}

/** Throws `TypeError` for what is no name of a registry. */
export function requireRegistryName(value: unknown): asserts value is AnyRegistryName {
  if (typeof value === 'object' && value !== null && 'registry' in value && 'keys' in value) return;
  throw new TypeError(
    `registry must be a name made by Registry.unique or Registry.duplicate, got ${describe(value)}`,
  );
}

function unknownRegistry(name: string): TypeError {
  return new TypeError(`unknown registry ${describe(name)}: it has not been started, or it has stopped`);
}
