/** Starting a registry: a supervisor over its partitions. OTP: `Registry.start_link/1`. */
import { type ChildOptions, type ChildSpec, describe } from '@coppice/core';
import { Supervisor, type SupervisorPid } from '@coppice/supervisor';
import { partitionSpec } from './partition.ts';
import type { AnyKeys, RegistryName } from './registry.ts';
import {
  type AnyRegistryName,
  addRegistry,
  RunningRegistry,
  requireRegistryName,
} from './running-registry.ts';

/** How a registry is started. */
export interface RegistryOptions {
  /** Number of processes that registered ones are linked to, and of calls that a `dispatch` makes. Default 1: more are of use on the BEAM, where they run in parallel. */
  readonly partitions?: number;
  /** Names of processes that get a `RegistryEvent` for each registration and unregistration. Default: none. */
  readonly listeners?: readonly string[];
  /** What `Registry.meta` gives from the start. */
  readonly meta?: Readonly<Record<string, unknown>>;
}

interface Start extends RegistryOptions {
  readonly registry: AnyRegistryName;
}

const RegistrySupervisor = Supervisor.define(
  'Registry',
  ({ registry, partitions = 1, listeners = [], meta = {} }: Start) => {
    const running = new RunningRegistry(registry, partitions, listeners, Object.entries(meta));
    addRegistry(running);
    return {
      strategy: 'one_for_all',
      children: Array.from({ length: partitions }, (_, index) => partitionSpec(running, index)),
    };
  },
);

/**
 * Starts a registry, linked to the caller; more often a supervisor does, by `childSpec`. It has the registry's name, so a second one of that name
 * rejects with `AlreadyStartedError`. When it stops or crashes, all entries and meta are gone, and so are the registered processes that do not
 * trap exits. Rejects with `TypeError` or `RangeError` for bad options.
 */
export function startLink<K, V, M>(
  registry: RegistryName<K, V, M, AnyKeys>,
  options?: RegistryOptions,
): Promise<SupervisorPid> {
  return start(registry, options);
}

/** A child spec of a registry; default id: the registry's name. Start it before the processes that register. OTP: `Registry.child_spec/1`. */
export function childSpec<K, V, M>(
  registry: RegistryName<K, V, M, AnyKeys>,
  options?: RegistryOptions & ChildOptions,
): ChildSpec<SupervisorPid, never> {
  requireOptions(registry, options);
  return RegistrySupervisor.childSpec({ registry, ...options }, { ...options, name: registry.registry });
}

async function start(
  registry: AnyRegistryName,
  options: RegistryOptions | undefined,
): Promise<SupervisorPid> {
  requireOptions(registry, options);
  return await RegistrySupervisor.startLink({ registry, ...options }, { name: registry.registry });
}

function requireOptions(registry: AnyRegistryName, options: RegistryOptions = {}): void {
  requireRegistryName(registry);
  const { partitions, listeners } = options;
  if (partitions !== undefined && !(Number.isInteger(partitions) && partitions > 0))
    throw new RangeError(`partitions must be a whole number from 1, got ${describe(partitions)}`);
  const areNames =
    listeners === undefined ||
    (Array.isArray(listeners) && listeners.every((name) => typeof name === 'string'));
  if (!areNames) throw new TypeError(`listeners must be an array of names, got ${describe(listeners)}`);
}
