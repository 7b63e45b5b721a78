/**
 * Cluster-wide names and locks. OTP: `global`. On one node all agree at once; a cluster implements the same interface, which is why changes
 * are promises there and look-ups are not.
 */
import { caller, callerOrDead } from './current.ts';
import { onProcessExit } from './exit-hook.ts';
import { fence } from './fence.ts';
import { type LockId, type LockOptions, lock, transact, unlock } from './global-lock.ts';
import { describe, type Pid, requirePid } from './pid.ts';
import { type Awaitable, type Host, type Process, processOf } from './process.ts';
import { termKey } from './term.ts';
import { quietly } from './wait.ts';

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
  delLock(id: LockId, options?: Pick<LockOptions, 'nodes'>): Promise<void>;
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

const tables = new WeakMap<Host, Map<unknown, Entry>>();

export const Global: Global = {
  registerName: (name, pid, options = {}) =>
    change(({ host }) => {
      requirePid(pid, 'pid');
      const { multiNameAction: action } = options;
      if (action !== undefined && action !== 'allow')
        throw new TypeError(`multiNameAction must be 'allow' or not given, got ${describe(action)}`);
      return registerGlobal(host, name, pid, action);
    }),
  reregisterName: (name, pid) =>
    change(({ host }) => {
      requirePid(pid, 'pid');
      unregisterGlobal(host, name);
      if (processOf(pid) !== undefined) enter(host, name, pid);
    }),
  unregisterName: (name) => change(({ host }) => unregisterGlobal(host, name)),
  whereisName: (name) => whereisGlobal(caller().host, name),
  registeredNames: () => [...tableOf(caller().host).values()].map((entry) => entry.name),
  setLock: (id, options = {}) => change((process) => lock(process, id, options)),
  delLock: (id, options = {}) => change((process) => unlock(process, id, options.nodes)),
  trans: (id, fn, options) => change((process) => transact(process, id, { ...options, fn })),
};

/** What the calling process does, as a promise that is nobody's crash if it is forgotten. */
function change<T>(act: (process: Process) => Awaitable<T>): Promise<T> {
  const process = callerOrDead();
  if (!process.isAlive) return fence(process);
  return quietly((async () => act(process))());
}

/** Puts `pid` under a global name, at once. */
export function registerGlobal(host: Host, name: unknown, pid: Pid<never>, several?: 'allow'): boolean {
  const table = tableOf(host);
  if (table.has(termKey(name)) || processOf(pid) === undefined) return false;
  if (several === undefined && hasName(table, pid)) return false;
  enter(host, name, pid);
  return true;
}

function enter(host: Host, name: unknown, pid: Pid<never>): void {
  const table = tableOf(host);
  const key = termKey(name);
  table.set(key, { name, pid, release: onProcessExit(pid, () => table.delete(key)) });
}

export function unregisterGlobal(host: Host, name: unknown): void {
  const table = tableOf(host);
  table.get(termKey(name))?.release();
  table.delete(termKey(name));
}

export function whereisGlobal(host: Host, name: unknown): Pid<never> | undefined {
  return tableOf(host).get(termKey(name))?.pid;
}

function hasName(table: ReadonlyMap<unknown, Entry>, pid: Pid<never>): boolean {
  for (const entry of table.values()) if (entry.pid === pid) return true;
  return false;
}

function tableOf(host: Host): Map<unknown, Entry> {
  const table = tables.get(host) ?? new Map<unknown, Entry>();
  tables.set(host, table);
  return table;
}
