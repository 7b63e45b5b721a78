/** Processes that are told who joins and leaves. OTP: the monitors of `pg`. */
import { makeRef, onExit, type Pid, type Ref, termKey } from '@coppice/core';
import type { GroupEvent } from './group.ts';

interface Watch {
  readonly ref: Ref;
  readonly pid: Pid<GroupEvent>;
  /** Takes it out of the set below in which it stands. */
  readonly leave: () => void;
  readonly forget: () => void;
}

/** Sends as the process that keeps the scope. */
export type Sender = (to: Pid<GroupEvent>, event: GroupEvent) => void;

export class GroupMonitors {
  readonly #send: Sender;
  readonly #watches = new Map<Ref, Watch>();
  readonly #ofScope = new Set<Watch>();
  readonly #ofGroups = new Map<unknown, Set<Watch>>();

  constructor(send: Sender) {
    this.#send = send;
  }

  /** Tells `pid` of every group from now on, until it exits. */
  monitorScope(pid: Pid<GroupEvent>): Ref {
    return this.#watch(pid, this.#ofScope, (watch) => this.#ofScope.delete(watch));
  }

  /** Tells `pid` of one group. */
  monitor(pid: Pid<GroupEvent>, group: unknown): Ref {
    const key = termKey(group);
    const set = this.#ofGroups.get(key) ?? new Set();
    this.#ofGroups.set(key, set);
    return this.#watch(pid, set, (watch) => {
      set.delete(watch);
      if (set.size === 0 && this.#ofGroups.get(key) === set) this.#ofGroups.delete(key);
    });
  }

  /** `false` if there is no such monitor. */
  demonitor(ref: Ref): boolean {
    const watch = this.#watches.get(ref);
    if (watch === undefined) return false;
    watch.forget();
    this.#drop(watch);
    return true;
  }

  tell(type: GroupEvent['type'], group: unknown, pids: readonly Pid<never>[]): void {
    for (const { pid, ref } of this.#ofScope) this.#send(pid, { type, ref, group, pids });
    for (const { pid, ref } of this.#ofGroups.get(termKey(group)) ?? [])
      this.#send(pid, { type, ref, group, pids });
  }

  /** The scope has ended. */
  close(): void {
    for (const watch of this.#watches.values()) watch.forget();
    this.#watches.clear();
  }

  #watch(pid: Pid<GroupEvent>, set: Set<Watch>, leave: (watch: Watch) => void): Ref {
    const ref = makeRef();
    const forget = onExit(pid, () => this.#drop(watch));
    const watch: Watch = { ref, pid, leave: () => leave(watch), forget };
    this.#watches.set(ref, watch);
    set.add(watch);
    return ref;
  }

  #drop(watch: Watch): void {
    this.#watches.delete(watch.ref);
    watch.leave();
  }
}
