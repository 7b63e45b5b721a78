/** A supervisor of equal children, one per partition, found by key. OTP: Elixir's `PartitionSupervisor`. */
import {
  type ChildOptions,
  type ChildSpec,
  describe,
  isPid,
  type Name,
  type Named,
  type Pid,
  ProcLib,
  plainName,
  requireFunction,
  requireName,
  schedulersOnline,
  self,
} from '@coppice/core';
import { requireOptions } from './argument.ts';
import { type ChildSpecOf, completeSpecs, type StartResult } from './child-spec.ts';
import { bindTable, type PartitionTable } from './partition-table.ts';
import { defineStatic } from './static-server.ts';
import {
  type AutoShutdown,
  completeFlags,
  type RestartLimit,
  type Strategy,
  type SupervisorFlags,
} from './supervisor-flags.ts';
import { startServer } from './supervisor-module.ts';
import type { SupervisorPid } from './supervisor-ref.ts';
import { supervisorSpec } from './supervisor-spec.ts';

/** Options of a partition supervisor. */
export interface PartitionSupervisorOptions<P extends Pid<never>> extends RestartLimit {
  /** Under which the partitions are found; required. */
  readonly name: Named<P> | Name;
  /** The child spec of each partition; its id will be the partition's number. OTP: `:child_spec` with `:with_arguments`. */
  readonly child: (partition: number) => ChildSpecOf<P | Extract<StartResult, 'ignore'>>;
  /** How many, from 1; default: as many as the machine runs threads at once. */
  readonly partitions?: number;
  /** Default `'one_for_one'`. */
  readonly strategy?: Strategy;
  /** Default `'never'`. */
  readonly autoShutdown?: AutoShutdown;
  /** For reports and `processTree`. */
  readonly label?: unknown;
}

/**
 * Starts a supervisor with a child per partition, linked to the caller. Rejects as `Supervisor.startLink` does; with `TypeError` or `RangeError` for a
 * missing name, a `child` that is no function, a number of partitions below 1. OTP: `PartitionSupervisor.start_link/1`.
 *
 * @example
 * await PartitionSupervisor.startLink({ name: 'counters', child: (partition) => Counter.childSpec(partition), partitions: 4 });
 * await Counter.call(PartitionSupervisor.via('counters', userId), 'add', 1);
 */
export function startLink<P extends Pid<never>>(
  options: PartitionSupervisorOptions<P>,
): Promise<SupervisorPid> {
  return ProcLib.quietly(start(options));
}

/** Child spec of a partition supervisor: type `'supervisor'`, shutdown `'infinity'`. Default id: the `id` option, else the name. */
export function childSpec<P extends Pid<never>>(
  options: PartitionSupervisorOptions<P> & ChildOptions,
): ChildSpec<SupervisorPid, never> {
  check(options);
  return supervisorSpec<SupervisorPid, never>(
    'PartitionSupervisor',
    { ...options, name: plainName(options.name) },
    () => startLink(options),
  );
}

const server = defineStatic('PartitionSupervisor');

async function start<P extends Pid<never>>(options: PartitionSupervisorOptions<P>): Promise<SupervisorPid> {
  check(options);
  const { name, label, child, partitions = schedulersOnline(), strategy = 'one_for_one' } = options;
  const flags: SupervisorFlags = { ...options, strategy };
  completeFlags(flags);
  const table: PartitionTable = { pids: new Array<undefined>(partitions).fill(undefined), size: partitions };
  const specs = completeSpecs(Array.from({ length: partitions }, (_, partition) => child(partition)));
  const children = specs.map((spec, partition) => inPartition(spec, partition, table));
  const init = () => {
    bindTable(self(), table);
    return { ...flags, children };
  };
  const pid = await startServer(server, init, {
    name: plainName(name),
    ...(label !== undefined && { label }),
  });
  return pid as SupervisorPid; // a server of `defineStatic` whose `init` does not ignore
}

/** The spec of one partition: whoever starts is put into the table. */
function inPartition(spec: ChildSpecOf, partition: number, table: PartitionTable): ChildSpecOf {
  const run = async (): Promise<StartResult> => {
    table.pids[partition] = undefined;
    const result = await spec.start();
    table.pids[partition] = pidOf(result);
    return result;
  };
  return { ...spec, id: partition, start: run };
}

function pidOf(result: StartResult): Pid<never> | undefined {
  if (isPid(result)) return result;
  return typeof result === 'object' ? result.pid : undefined;
}

function check<P extends Pid<never>>(options: PartitionSupervisorOptions<P>): void {
  requireOptions(options);
  const { name, child, partitions } = options;
  requireName(name, 'name');
  requireFunction(child, 'child');
  if (partitions === undefined) return;
  if (typeof partitions !== 'number')
    throw new TypeError(`partitions must be a number, got ${describe(partitions)}`);
  if (!Number.isInteger(partitions) || partitions < 1) {
    throw new RangeError(`partitions must be a whole number from 1, got ${partitions}`);
  }
}
