/** The functions of the `PartitionSupervisor` namespace, which is also a `Via`. OTP: Elixir's `PartitionSupervisor`. */
import {
  describe,
  type ExitReason,
  type Name,
  type Named,
  type Pid,
  ProcLib,
  type Timeout,
  typedName,
} from '@coppice/core';
import { GenServer } from '@coppice/gen-server';
import { ChildError } from './errors.ts';
import { type PartitionedRef, type PartitionTable, tableOf } from './partition-table.ts';
import { ask, askCountChildren, askWhichChildren, type ChildCounts, type ChildInfo } from './protocol.ts';

export { childSpec, startLink } from './partition-supervisor.ts';
export { registerName, unregisterName, via, whereisName } from './partition-via.ts';

/** A typed name of a partition supervisor whose children are `P`: for `startLink`, and for `via`, which then gives typed names. */
export function name<P extends Pid<never>>(name: Name): Named<P> {
  return typedName(name);
}

/** How many partitions are in use. Throws `ExitError('noproc')` when there is no such supervisor. OTP: `PartitionSupervisor.partitions/1`. */
export function partitions(supervisor: PartitionedRef): number {
  return tableOf(supervisor).size;
}

/** The partitions, last first: their `id` is their number. OTP: `PartitionSupervisor.which_children/1`. */
export function whichChildren(supervisor: PartitionedRef): Promise<readonly ChildInfo[]> {
  return askWhichChildren(supervisor);
}

/** How many children there are. OTP: `PartitionSupervisor.count_children/1`. */
export function countChildren(supervisor: PartitionedRef): Promise<ChildCounts> {
  return askCountChildren(supervisor);
}

/**
 * Uses the first `partitions` only: the others are stopped, or started again. At most as many as it was started with; keys find other partitions
 * afterwards. Resolves with how many there were. Rejects with `RangeError` for a number that cannot be. One at a time. OTP: `PartitionSupervisor.resize!/2`.
 */
export function resize(supervisor: PartitionedRef, partitions: number): Promise<number> {
  return ProcLib.quietly(resizeTo(supervisor, partitions));
}

/** Ends a partition supervisor: see `Supervisor.stop`. OTP: `PartitionSupervisor.stop/3`. */
export function stop(supervisor: PartitionedRef, reason?: ExitReason, timeout?: Timeout): Promise<void> {
  return GenServer.stop(supervisor, reason, timeout);
}

async function resizeTo(supervisor: PartitionedRef, size: number): Promise<number> {
  const table = tableOf(supervisor);
  const limit = table.pids.length;
  if (!Number.isInteger(size) || size < 0 || size > limit) {
    throw new RangeError(`partitions must be a whole number from 0 to ${limit}, got ${describe(size)}`);
  }
  const before = table.size;
  if (size < before) await shrink(supervisor, table, size);
  else await grow(supervisor, table, size);
  return before;
}

/** Out of use first, then stopped: nobody is sent to a partition that is going. */
async function shrink(supervisor: PartitionedRef, table: PartitionTable, size: number): Promise<void> {
  const before = table.size;
  table.size = size;
  await stopPartitions(supervisor, table, { from: size, to: before });
}

/** Last first. */
async function stopPartitions(
  supervisor: PartitionedRef,
  table: PartitionTable,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  for (let partition = to - 1; partition >= from; partition -= 1) {
    await ask(supervisor, 'terminate_child', {
      payload: partition,
      what: `cannot stop partition ${partition}`,
    });
    table.pids[partition] = undefined;
  }
}

/** All or none: those that did start are stopped if one does not. */
async function grow(supervisor: PartitionedRef, table: PartitionTable, size: number): Promise<void> {
  const from = table.size;
  for (let partition = from; partition < size; partition += 1) {
    try {
      await ask(supervisor, 'restart_child', {
        payload: partition,
        what: `cannot start partition ${partition}`,
      });
    } catch (error) {
      if (error instanceof ChildError) await stopPartitions(supervisor, table, { from, to: partition });
      throw error;
    }
  }
  table.size = size;
}
