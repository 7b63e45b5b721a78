/** Who is in which partition: one table per running partition supervisor, found by its pid. OTP: the ETS table of Elixir's `PartitionSupervisor`. */
import {
  type CallSite,
  describe,
  ExitError,
  isPid,
  type Name,
  type Pid,
  plainName,
  type StandsFor,
  whereis,
} from '@coppice/core';
import { partitionOf } from './partition-key.ts';

/** Kept by the start functions of the partitions, read by whoever looks up a key. */
export interface PartitionTable {
  /** The process of each partition; `undefined` where none runs. */
  readonly pids: (Pid<never> | undefined)[];
  /** How many are in use: the first so many. */
  size: number;
}

/** A partition supervisor by pid or name. */
export type PartitionedRef = Pid<never> | StandsFor<Pid<never>> | Name;

const tables = new WeakMap<Pid<never>, PartitionTable>();

/** Makes `table` that of the partition supervisor `pid`. */
export function bindTable(pid: Pid<never>, table: PartitionTable): void {
  tables.set(pid, table);
}

/** The table of a partition supervisor. Throws `ExitError('noproc')` when there is no such process, as Elixir exits. */
export function tableOf(supervisor: PartitionedRef): PartitionTable {
  const pid = isPid(supervisor) ? supervisor : whereis(plainName(supervisor));
  const table = pid === undefined ? undefined : tables.get(pid);
  if (table === undefined) throw new ExitError('noproc', site(supervisor));
  return table;
}

/** The process that has the partition of `key`; `undefined` if none runs there. Throws `RangeError` if there are no partitions. */
export function lookUp(supervisor: PartitionedRef, key: unknown): Pid<never> | undefined {
  const { pids, size } = tableOf(supervisor);
  if (size === 0)
    throw new RangeError(`partition supervisor ${describe(supervisor)} has been resized to 0 partitions`);
  return pids[partitionOf(key, size)];
}

function site(supervisor: PartitionedRef): CallSite {
  return { module: 'PartitionSupervisor', function: 'partitions', args: [supervisor] };
}
