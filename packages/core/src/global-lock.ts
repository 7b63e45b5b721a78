/**
 * Cluster-wide locks. OTP: the locks of `global`. A resource is locked by one requester, for as many of its processes as ask; a process holds it once,
 * however often it has asked, and lets it go when it ends. On one node it is known when a lock is free, so who waits is told; OTP tries again after a pause.
 */
import { requireFunction } from './argument.ts';
import { exited } from './current.ts';
import { onProcessExit } from './exit-hook.ts';
import { describe } from './format.ts';
import type { Pid } from './pid.ts';
import type { Awaitable, Host, Process } from './process.ts';
import { sameTerm, termKey } from './term.ts';
import type { Timeout } from './timeout.ts';
import { EXPIRED, settleWait, startWait } from './waits.ts';

/** What is locked, and for whom: processes that give the same requester share the lock. Often the requester is `self()`. OTP: `{ResourceId, LockRequesterId}`. */
export interface LockId {
  readonly resourceId: unknown;
  readonly lockRequesterId: unknown;
}

/** How a lock is asked for. */
export interface LockOptions {
  /**
   * For how many pauses to wait when another requester has the lock: the first takes 250 ms, each other twice as long as the one before, up to 8 s. When the
   * lock is let go meanwhile, it is asked for at once. 0 does not wait; `'infinity'`, the default, waits until it can be had.
   */
  readonly retries?: number | 'infinity';
}

interface Lock {
  readonly lockRequesterId: unknown;
  /** Who holds it, and how to stop hearing of their end. */
  readonly holders: Map<Pid<never>, () => void>;
  /** Tell those that wait for it, in the order in which they came. */
  readonly waiting: Set<() => void>;
}

const tables = new WeakMap<Host, Map<unknown, Lock>>();

/** Locks for `process`; `false` when the retries are spent. */
export async function lock(
  process: Process,
  id: LockId,
  { retries = 'infinity' }: LockOptions,
): Promise<boolean> {
  requireLockId(id);
  if (retries !== 'infinity' && !(Number.isInteger(retries) && retries >= 0))
    throw new RangeError(`retries must be a count or 'infinity', got ${describe(retries)}`);
  const { clock } = process.host;
  let tries = 0;
  let pauseEnds = clock.now() + pauseAfter(tries);
  for (;;) {
    if (!process.isAlive) throw exited(process); // killed after it was told that the lock is free
    const other = take(process, id);
    if (other === undefined) return true;
    if (tries === retries) return false;
    const outcome = await change(
      process,
      other,
      retries === 'infinity' ? retries : Math.max(0, pauseEnds - clock.now()),
    );
    if (outcome !== EXPIRED) continue; // let go, which another may have been told first
    tries += 1;
    pauseEnds = clock.now() + pauseAfter(tries);
  }
}

function pauseAfter(tries: number): number {
  return Math.min(250 * 2 ** tries, 8_000);
}

/** Unlocks for `process`; nothing happens if it does not hold the lock. */
export function unlock(process: Process, id: LockId): void {
  requireLockId(id);
  drop(process.host, id, process.pid);
}

/** Runs `fn` while `process` holds the lock; `'aborted'`, without having run it, when the retries are spent. */
export async function transact<T>(
  process: Process,
  id: LockId,
  fn: () => Awaitable<T>,
  options: LockOptions,
): Promise<T | 'aborted'> {
  requireFunction(fn, 'fn');
  if (!(await lock(process, id, options))) return 'aborted';
  try {
    return await fn();
  } finally {
    unlock(process, id);
  }
}

/** Takes the lock; gives it as it is if another requester has it. */
function take({ host, pid }: Process, id: LockId): Lock | undefined {
  const table = tableOf(host);
  const { lockRequesterId } = id;
  const key = termKey(id.resourceId);
  const held = table.get(key) ?? { lockRequesterId, holders: new Map(), waiting: new Set() };
  if (!sameTerm(held.lockRequesterId, lockRequesterId)) return held;
  if (!held.holders.has(pid))
    held.holders.set(
      pid,
      onProcessExit(pid, () => drop(host, id, pid)),
    );
  table.set(key, held);
  return undefined;
}

/** `pid` holds the lock no longer; if nobody does, those that wait try again. */
function drop(host: Host, { resourceId, lockRequesterId }: LockId, pid: Pid<never>): void {
  const table = tableOf(host);
  const held = table.get(termKey(resourceId));
  if (held === undefined || !sameTerm(held.lockRequesterId, lockRequesterId)) return;
  held.holders.get(pid)?.();
  held.holders.delete(pid);
  if (held.holders.size > 0) return;
  table.delete(termKey(resourceId));
  for (const tell of [...held.waiting]) tell();
}

/** Waits until the lock is free, or for `timeout`: then it gives `EXPIRED`. */
function change(process: Process, { waiting }: Lock, timeout: Timeout): Promise<unknown> {
  const wait = startWait(process, timeout);
  const tell = (): void => settleWait(process, wait, undefined);
  waiting.add(tell);
  wait.onEnd = () => waiting.delete(tell);
  return wait.promise;
}

function tableOf(host: Host): Map<unknown, Lock> {
  const table = tables.get(host) ?? new Map<unknown, Lock>();
  tables.set(host, table);
  return table;
}

function requireLockId(id: unknown): void {
  if (typeof id === 'object' && id !== null && 'resourceId' in id && 'lockRequesterId' in id) return;
  throw new TypeError(`id must be { resourceId, lockRequesterId }, got ${describe(id)}`);
}
