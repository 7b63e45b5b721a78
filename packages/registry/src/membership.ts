/** Who is in which group, and how often. Data only; a process may join a group several times, and leaves it as often. OTP: the tables of `pg`. */
import { type Pid, termKey } from '@coppice/core';

interface Group {
  readonly group: unknown;
  /** How often each member has joined. */
  readonly members: Map<Pid<never>, number>;
}

export class Membership {
  readonly #groups = new Map<unknown, Group>();
  /** Groups of each member, by key. */
  readonly #groupsOf = new Map<Pid<never>, Set<unknown>>();

  /** Names of groups that have members. */
  groups(): readonly unknown[] {
    return [...this.#groups.values()].map(({ group }) => group);
  }

  /** Members of a group, each as often as it has joined. */
  members(group: unknown): readonly Pid<never>[] {
    const members = this.#groups.get(termKey(group))?.members ?? new Map<Pid<never>, number>();
    return [...members].flatMap(([pid, times]) => Array.from({ length: times }, () => pid));
  }

  /** Whether `pid` is in a group. */
  has(pid: Pid<never>): boolean {
    return this.#groupsOf.has(pid);
  }

  join(group: unknown, pid: Pid<never>): void {
    const key = termKey(group);
    const found = this.#groups.get(key) ?? { group, members: new Map<Pid<never>, number>() };
    this.#groups.set(key, found);
    found.members.set(pid, (found.members.get(pid) ?? 0) + 1);
    const groups = this.#groupsOf.get(pid) ?? new Set();
    this.#groupsOf.set(pid, groups.add(key));
  }

  /** Leaves once; `false` if it was not a member. */
  leave(group: unknown, pid: Pid<never>): boolean {
    const key = termKey(group);
    const members = this.#groups.get(key)?.members;
    const times = members?.get(pid);
    if (members === undefined || times === undefined) return false;
    if (times > 1) members.set(pid, times - 1);
    else this.#remove(key, members, pid);
    return true;
  }

  /** Leaves every group as often as it has joined; names the groups left, each as often. */
  leaveAll(pid: Pid<never>): readonly unknown[] {
    const left: unknown[] = [];
    for (const key of [...(this.#groupsOf.get(pid) ?? [])]) {
      const group = this.#groups.get(key);
      if (group === undefined) continue;
      for (let times = group.members.get(pid) ?? 0; times > 0; times -= 1) left.push(group.group);
      this.#remove(key, group.members, pid);
    }
    return left;
  }

  #remove(key: unknown, members: Map<Pid<never>, number>, pid: Pid<never>): void {
    members.delete(pid);
    if (members.size === 0) this.#groups.delete(key);
    const groups = this.#groupsOf.get(pid);
    groups?.delete(key);
    if (groups?.size === 0) this.#groupsOf.delete(pid);
  }
}
