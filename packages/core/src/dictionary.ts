/** What a process keeps about itself: dictionary, label, priority, group leader, ancestors and callers. OTP: `Process.put/2`, `Process.flag/2`. */
import { caller } from './current.ts';
import type { Priority } from './extension.ts';
import { describe } from './format.ts';
import { type Pid, requirePid } from './pid.ts';
import { type Process, processOf } from './process.ts';

/** The value under `key` in the calling process's dictionary, else `fallback`. OTP: `Process.get/2`. */
export function get(key: unknown, fallback?: unknown): unknown {
  const dictionary = caller().extension?.dictionary;
  return dictionary?.has(key) === true ? dictionary.get(key) : fallback;
}

/** Puts a value into the calling process's dictionary; returns the old one. It is not inherited. OTP: `Process.put/2`. */
export function put(key: unknown, value: unknown): unknown {
  const { rare } = caller();
  rare.dictionary ??= new Map();
  const before = rare.dictionary.get(key);
  rare.dictionary.set(key, value);
  return before;
}

/** Takes a key out of the calling process's dictionary; returns its value. Exported as `delete`. OTP: `Process.delete/1`. */
export function deleteKey(key: unknown): unknown {
  const dictionary = caller().extension?.dictionary;
  const before = dictionary?.get(key);
  dictionary?.delete(key);
  return before;
}

/** Keys of the calling process's dictionary. OTP: `Process.get_keys/0`. */
export function getKeys(): readonly unknown[] {
  return [...(caller().extension?.dictionary?.keys() ?? [])];
}

/** A description of the calling process for reports and `processTree`; any value. OTP: `Process.set_label/1`. */
export function setLabel(label: unknown): void {
  caller().rare.label = label;
}

/** Who the calling process descends from, nearest first, by name where they have one. OTP: `$ancestors`. */
export function ancestors(): readonly (Pid<never> | string)[] {
  return caller().lineage.ancestors;
}

/** On whose behalf the calling process works, nearest first: set by tasks. OTP: `$callers`. */
export function callers(): readonly Pid<never>[] {
  return caller().extension?.callers ?? [];
}

const PRIORITIES: readonly string[] = ['low', 'normal', 'high', 'max'] satisfies Priority[];

/**
 * Sets the calling process's priority; returns the old one. It is kept and shown, and does not change the order of turns: with one thread and
 * bounded turns no process waits long for another. OTP: `Process.flag(:priority, …)`.
 */
export function priority(level: Priority): Priority {
  const { rare } = caller();
  if (!PRIORITIES.includes(level))
    throw new TypeError(`level must be 'low', 'normal', 'high' or 'max', got ${describe(level)}`);
  const before = rare.priority;
  rare.priority = level;
  return before;
}

/** The process that the caller's output is for; inherited by what it starts. OTP: `Process.group_leader/0`. */
export function groupLeader(): Pid<never> {
  const process = caller();
  return process.extension?.groupLeader ?? process.host.main.pid;
}

/** Sets the group leader of the calling process, or of another one. Throws `TypeError` when that is dead. OTP: `erlang:group_leader/2`. */
export function setGroupLeader(leader: Pid<never>, pid?: Pid<never>): void {
  const process = caller();
  requirePid(leader, 'leader');
  const target = pid === undefined ? process : liveProcess(pid);
  target.rare.groupLeader = leader;
}

function liveProcess(pid: Pid<never>): Process {
  requirePid(pid, 'pid');
  const process = processOf(pid);
  if (process === undefined) throw new TypeError(`pid must be a live process, got ${pid}`);
  return process;
}

/** Says that the calling process expects nothing for long: it is shown as hibernated until its next message. Memory is the collector's business here. OTP: `Process.hibernate/3`. */
export function hibernate(): void {
  const { rare } = caller();
  rare.isHibernated = true;
}
