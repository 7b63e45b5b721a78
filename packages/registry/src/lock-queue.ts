/** Who holds a lock and who waits for it: the first of a key's queue holds it. Pure; `partition.ts` acts on what these functions decide. */
import type { MonitorRef } from '@coppice/core';
import type { From } from '@coppice/gen-server';

/** A request for a lock. `ref` monitors who made it, and stands for it. */
export interface Claim {
  readonly from: From<MonitorRef>;
  readonly ref: MonitorRef;
}

/** Queues by lock key; none is empty. */
export type LockQueues = ReadonlyMap<unknown, readonly Claim[]>;

/** New queues, and the claim that now holds its lock, if that changed. */
export interface LockDecision {
  readonly queues: LockQueues;
  readonly granted: Claim | undefined;
}

/** Adds a claim behind those that wait. */
export function enqueue(queues: LockQueues, key: unknown, claim: Claim): LockDecision {
  const queue = queues.get(key) ?? [];
  return {
    queues: new Map(queues).set(key, [...queue, claim]),
    granted: queue.length === 0 ? claim : undefined,
  };
}

/** Removes a claim, wherever it stands: its holder is done, or who made it has exited. */
export function release(queues: LockQueues, ref: MonitorRef): LockDecision {
  for (const [key, queue] of queues) {
    const index = queue.findIndex((claim) => claim.ref === ref);
    if (index === -1) continue;
    const left = queue.filter((claim) => claim.ref !== ref);
    const next = new Map(queues);
    if (left.length === 0) next.delete(key);
    else next.set(key, left);
    return { queues: next, granted: index === 0 ? left[0] : undefined };
  }
  return { queues, granted: undefined };
}
