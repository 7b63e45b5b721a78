/** Registries that run, found by name on the caller's node. OTP: the info table of Elixir's `Registry`. */
import { describe, type MonitorRef, nodeKey, onExit, type Pid, self } from '@coppice/core';
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
  /** Identity of the node that it runs on: the caller's. */
  readonly node: object = nodeKey();
  readonly table: Table;
  /** Names of processes that are told of registrations. */
  readonly listeners: readonly string[];
  readonly meta: Map<string, unknown>;
  readonly #partitions: (PartitionPid | undefined)[];
  /** Whether every partition runs. */
  isOpen = false;

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
    this.isOpen = !this.#partitions.includes(undefined);
  }

  /** The partition has exited: the supervisor stops the others too, so all entries go. */
  close(index: number): void {
    this.#partitions[index] = undefined;
    this.isOpen = false;
    this.table.clear();
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

/** By name, on each node. */
const registries = new WeakMap<object, Map<string, RunningRegistry>>();

/** What {@link running} found last, and for which name. */
let lastName: AnyRegistryName | undefined;
let lastFound: RunningRegistry | undefined;

/** The registry runs, until its supervisor, the caller, exits. */
export function addRegistry(registry: RunningRegistry): void {
  const here = registries.get(registry.node) ?? new Map<string, RunningRegistry>();
  registries.set(registry.node, here.set(registry.name, registry));
  onExit(self(), () => here.delete(registry.name));
}

/** The running registry of that name. Throws `TypeError` if there is none, its partitions do not run, or it has the other kind of keys. */
export function running(registry: AnyRegistryName): RunningRegistry {
  const last = foundLast(registry);
  if (last?.isOpen === true && last.node === nodeKey()) return last;
  const found = runningSupervisor(registry);
  if (!found.isOpen) throw unknownRegistry(found.name);
  lastName = registry;
  lastFound = found;
  return found;
}

/** What {@link running} found last for `registry`: it may have stopped, or run on another node than the caller's. */
export function foundLast(registry: AnyRegistryName): RunningRegistry | undefined {
  return registry === lastName ? lastFound : undefined;
}

/** {@link running} for what does not need the partitions. */
export function runningSupervisor(registry: AnyRegistryName): RunningRegistry {
  const found = registries.get(nodeKey())?.get(registry?.registry); // what is no name is told when nothing was found
  if (found === undefined || found.keys !== registry.keys) throw whyNot(registry, found);
  return found;
}

function whyNot(registry: AnyRegistryName, found: RunningRegistry | undefined): TypeError {
  requireRegistryName(registry);
  if (found === undefined) return unknownRegistry(registry.registry);
  return new TypeError(
    `registry ${describe(found.name)} was started with ${found.keys} keys, not ${registry.keys}`,
  );
}

/** Throws `TypeError` for what is no name of a registry. */
export function requireRegistryName(value: unknown): asserts value is AnyRegistryName {
  if (typeof value === 'object' && value !== null && 'registry' in value && 'keys' in value) {
    const { registry, keys } = value;
    if (typeof registry === 'string' && (keys === 'unique' || keys === 'duplicate')) return;
  }
  throw new TypeError(
    `registry must be a name made by Registry.unique or Registry.duplicate, got ${describe(value)}`,
  );
}

function unknownRegistry(name: string): TypeError {
  return new TypeError(`unknown registry ${describe(name)}: it has not been started, or it has stopped`);
}
