/**
 * Cluster-wide names and locks. OTP: `global`. On one node all agree at once; a cluster implements the same interface, which is why changes
 * are promises there and look-ups are not.
 */
import { caller, callerOrDead } from './current.ts';
import { onProcessExit } from './exit-hook.ts';
import { fence } from './fence.ts';
import { type LockId, type LockOptions, lock, transact, unlock } from './global-lock.ts';
import { type Pid, requirePid } from './pid.ts';
import { type Awaitable, type Host, type Process, processOf } from './process.ts';
import { quietly } from './promise.ts';
import { termKey } from './term.ts';

/** Cluster-wide names and locks. OTP: `global`. */
export interface Global {
  /**
   * `false` if the name is taken, the process is dead, or it has another global name, unless `multiNameAction` is `'allow'`.
   * OTP: `global:register_name/2`; `global_multi_name_action` is a setting of the node there.
   */
  registerName(name: unknown, pid: Pid<never>, options?: RegisterOptions): Promise<boolean>;
  /** Takes the name over, whoever has it; `pid` may have another global name. OTP: `global:re_register_name/2`. */
  reregisterName(name: unknown, pid: Pid<never>): Promise<void>;
  unregisterName(name: unknown): Promise<void>;
  whereisName(name: unknown): Pid<never> | undefined;
  registeredNames(): readonly unknown[];
  /**
   * Locks a resource for the calling process; resolves with `false` if another requester has it and the retries are spent. Processes that give the
   * same requester hold the lock together. A process holds it once, however often it asks, until `delLock` or its end. OTP: `global:set_lock/3`.
   */
  setLock(id: LockId, options?: LockOptions): Promise<boolean>;
  /** The calling process lets a lock go; nothing happens if it does not hold it. OTP: `global:del_lock/2`. */
  delLock(id: LockId): Promise<void>;
  /**
   * Locks, runs `fn`, and unlocks whatever becomes of it; what `fn` throws is the rejection. Resolves with `'aborted'`, `fn` not having run, if the
   * lock could not be had. The lock is gone afterwards even if the process held it before. OTP: `global:trans/4`.
   */
  trans<T>(id: LockId, fn: () => Awaitable<T>, options?: LockOptions): Promise<T | 'aborted'>;
}

/** How a global name is given. */
export interface RegisterOptions {
  /** Lets the process have several global names. */
  readonly multiNameAction?: 'allow';
}

interface Entry {
  readonly name: unknown;
  readonly pid: Pid<never>;
  readonly release: () => void;
}

interface Table {
  /** By the names' keys. */
  readonly entries: Map<unknown, Entry>;
  /** How many names each process has: whoever has one may not have another. */
  readonly counts: Map<Pid<never>, number>;
}

const tables = new WeakMap<Host, Table>();

export const Global: Global = {
  registerName: (name, pid, options = {}) =>
    change(({ host }) => {
      requirePid(pid, 'pid');
      return registerGlobal(host, name, pid, options.multiNameAction === 'allow');
    }),
  reregisterName: (name, pid) =>
    change(({ host }) => {
      requirePid(pid, 'pid');
      unregisterGlobal(host, name);
      if (processOf(pid) !== undefined) enter(host, name, pid);
    }),
  unregisterName: (name) => change(({ host }) => unregisterGlobal(host, name)),
  whereisName: (name) => whereisGlobal(caller().host, name),
  registeredNames: () => [...tableOf(caller().host).entries.values()].map((entry) => entry.name),
  setLock: (id, options = {}) => change((process) => lock(process, id, options)),
  delLock: (id) => change((process) => unlock(process, id)),
  trans: (id, fn, options = {}) => change((process) => transact(process, id, fn, options)),
};

/** What the calling process does, as a promise that is nobody's crash if it is forgotten. */
function change<T>(act: (process: Process) => Awaitable<T>): Promise<T> {
  const process = callerOrDead();
  if (!process.isAlive) return fence(process);
  return quietly((async () => act(process))());
}

/** Puts `pid` under a global name, at once. */
export function registerGlobal(host: Host, name: unknown, pid: Pid<never>, allowsSeveral = false): boolean {
  const { entries, counts } = tableOf(host);
  if (entries.has(termKey(name)) || processOf(pid) === undefined) return false;
  if (counts.has(pid) && !allowsSeveral) return false;
  enter(host, name, pid);
  return true;
}

function enter(host: Host, name: unknown, pid: Pid<never>): void {
  const { entries, counts } = tableOf(host);
  const release = onProcessExit(pid, () => unregisterGlobal(host, name));
  entries.set(termKey(name), { name, pid, release });
  counts.set(pid, (counts.get(pid) ?? 0) + 1);
}

export function unregisterGlobal(host: Host, name: unknown): void {
  const { entries, counts } = tableOf(host);
  const entry = entries.get(termKey(name));
  if (entry === undefined) return;
  entry.release();
  entries.delete(termKey(name));
  const left = (counts.get(entry.pid) ?? 0) - 1;
  if (left > 0) counts.set(entry.pid, left);
  else counts.delete(entry.pid);
}

export function whereisGlobal(host: Host, name: unknown): Pid<never> | undefined {
  return tableOf(host).entries.get(termKey(name))?.pid;
}

function tableOf(host: Host): Table {
  const table = tables.get(host) ?? { entries: new Map(), counts: new Map() };
  tables.set(host, table);
  return table;
}
