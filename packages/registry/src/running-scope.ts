/** Scopes that run: each is kept by a process that has the scope's name. OTP: the server of a `pg` scope. */
import {
  bindSelf,
  type ChildOptions,
  type ChildSpec,
  formatValue,
  nodeKey,
  onExit,
  type Pid,
  self,
  send,
} from '@coppice/core';
import { GenServer, type Noreply } from '@coppice/gen-server';
import type { GroupEvent } from './group.ts';
import { GroupMonitors } from './group-monitors.ts';
import { Membership } from './membership.ts';

/** The groups of a scope, and who watches them. */
export class RunningScope {
  readonly membership: Membership = new Membership();
  readonly monitors: GroupMonitors;
  readonly #forgets = new Map<Pid<never>, () => void>();

  constructor(monitors: GroupMonitors) {
    this.monitors = monitors;
  }

  join(group: unknown, pids: readonly Pid<never>[]): void {
    const newcomers = pids.filter((pid) => !this.membership.has(pid));
    for (const pid of pids) this.membership.join(group, pid);
    if (pids.length > 0) this.monitors.tell('join', group, pids);
    // Last, for a process that is dead leaves at once.
    for (const pid of new Set(newcomers)) {
      const forget = onExit(pid, () => this.#exited(pid));
      if (this.membership.has(pid)) this.#forgets.set(pid, forget);
    }
  }

  /** Those that left: a process that is not a member, or is named more often than it has joined, is left out. */
  leave(group: unknown, pids: readonly Pid<never>[]): readonly Pid<never>[] {
    const left = pids.filter((pid) => this.membership.leave(group, pid));
    for (const pid of left) if (!this.membership.has(pid)) this.#forget(pid);
    if (left.length > 0) this.monitors.tell('leave', group, left);
    return left;
  }

  close(): void {
    for (const forget of this.#forgets.values()) forget();
    this.monitors.close();
  }

  #exited(pid: Pid<never>): void {
    this.#forgets.delete(pid);
    for (const group of this.membership.leaveAll(pid)) this.monitors.tell('leave', group, [pid]);
  }

  #forget(pid: Pid<never>): void {
    this.#forgets.get(pid)?.();
    this.#forgets.delete(pid);
  }
}

const scopes = new WeakMap<object, Map<string, RunningScope>>();

/** The running scope of that name on the caller's node. */
export function findScope(name: string): RunningScope | undefined {
  return scopes.get(nodeKey())?.get(name);
}

/** The process of a scope. Nobody sends to it, and what comes all the same is an error, as in OTP. */
const ScopeServer = GenServer.define('pg', {
  init: (name: string): string => {
    openScope(name);
    return name;
  },
  handleCall: refuse,
  handleCast: refuse,
  handleInfo: refuse,
});

/** Starts the process of a scope, linked to the caller. */
export function startLinkScope(name: string): Promise<Pid<never>> {
  return ScopeServer.startLink(name, { name });
}

/** Starts the process of a scope. */
export function startScope(name: string): Promise<Pid<never>> {
  return ScopeServer.start(name, { name });
}

/** The child spec of the process of a scope. */
export function scopeSpec(name: string, options: ChildOptions | undefined): ChildSpec<Pid<never>> {
  return ScopeServer.childSpec(name, { ...options, name });
}

function openScope(name: string): void {
  const sendAsScope = bindSelf((to: Pid<GroupEvent>, event: GroupEvent) => send(to, event));
  const running = new RunningScope(new GroupMonitors(sendAsScope));
  const here = scopes.get(nodeKey()) ?? new Map<string, RunningScope>();
  scopes.set(nodeKey(), here.set(name, running));
  onExit(self(), () => {
    here.delete(name);
    running.close();
  });
}

function refuse(message: unknown): Noreply<string> {
  throw new TypeError(`a scope of process groups takes no messages, got ${formatValue(message)}`);
}
