/**
 * The processes of a registry. Registered processes are linked to one of them, by pid, so that they end with the registry; and they keep the
 * queues of locks. Entries are not here but in the registry's table, which any process reads without asking. OTP: `Registry.Partition`.
 */
import { type ChildSpec, demonitor, type MonitorRef, monitor, onExit } from '@coppice/core';
import { type From, GenServer, type Noreply, noreply } from '@coppice/gen-server';
import { enqueue, type LockDecision, type LockQueues, release } from './lock-queue.ts';
import type { PartitionPid, RunningRegistry } from './running-registry.ts';

interface PartitionArgument {
  readonly registry: RunningRegistry;
  readonly index: number;
}

const Partition = GenServer.define('Registry.Partition', {
  init: ({ registry, index }: PartitionArgument): LockQueues => {
    const pid: PartitionPid = Partition.self(); // annotated: it is part of what it is made of
    registry.open(index, pid);
    onExit(pid, () => registry.close(index));
    return new Map();
  },
  call: {
    lock: (queues, key: unknown, from: From<MonitorRef>) => {
      const claim = { from, ref: monitor(from.pid) };
      return grant(enqueue(queues, key, claim));
    },
  },
  cast: {
    unlock: (queues, ref: MonitorRef) => {
      demonitor(ref, { flush: true });
      return grant(release(queues, ref));
    },
  },
  info: {
    DOWN: (queues, { ref }) => grant(release(queues, ref)),
    EXIT: (queues) => noreply(queues), // the table knows already
  },
  trapExit: true,
});

/** The supervisor's child for one partition. */
export function partitionSpec(registry: RunningRegistry, index: number): ChildSpec {
  const id = `${registry.name}.PIDPartition${index}`;
  return Partition.childSpec({ registry, index }, { id, label: id });
}

function grant({ queues, granted }: LockDecision): Noreply<LockQueues> {
  if (granted !== undefined) GenServer.reply(granted.from, granted.ref);
  return noreply(queues);
}
