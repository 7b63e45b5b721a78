/**
 * Cluster-wide names. OTP: `global`. On one node all agree at once; a cluster implements the same interface, which is why changes
 * are promises there and look-ups are not.
 */
import { caller } from './current.ts';
import { onProcessExit } from './exit-hook.ts';
import { type Pid, requirePid } from './pid.ts';
import { type Host, processOf } from './process.ts';
import { termKey } from './term.ts';

/** Cluster-wide names. OTP: `global`. */
export interface Global {
  /** `false` if the name is taken, or the process has another global name. OTP: `global:register_name/2`. */
  registerName(name: unknown, pid: Pid<never>): Promise<boolean>;
  /** Takes the name over, whoever has it; `pid` may have another global name. OTP: `global:re_register_name/2`. */
  reregisterName(name: unknown, pid: Pid<never>): Promise<void>;
  unregisterName(name: unknown): Promise<void>;
  whereisName(name: unknown): Pid<never> | undefined;
  registeredNames(): readonly unknown[];
}

interface Entry {
  readonly name: unknown;
  readonly pid: Pid<never>;
  readonly release: () => void;
}

const tables = new WeakMap<Host, Map<unknown, Entry>>();

export const Global: Global = {
  async registerName(name, pid) {
    const { host } = caller();
    requirePid(pid, 'pid');
    return registerGlobal(host, name, pid);
  },
  async reregisterName(name, pid) {
    const { host } = caller();
    requirePid(pid, 'pid');
    unregisterGlobal(host, name);
    if (processOf(pid) !== undefined) enter(host, name, pid);
  },
  async unregisterName(name) {
    unregisterGlobal(caller().host, name);
  },
  whereisName: (name) => whereisGlobal(caller().host, name),
  registeredNames: () => [...tableOf(caller().host).values()].map((entry) => entry.name),
};

/** Puts `pid` under a global name, at once. */
export function registerGlobal(host: Host, name: unknown, pid: Pid<never>): boolean {
  const table = tableOf(host);
  if (table.has(termKey(name)) || processOf(pid) === undefined) return false;
  for (const entry of table.values()) if (entry.pid === pid) return false;
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

function tableOf(host: Host): Map<unknown, Entry> {
  const table = tables.get(host) ?? new Map<unknown, Entry>();
  tables.set(host, table);
  return table;
}
