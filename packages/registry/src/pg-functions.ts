/** The functions of the `pg` namespace: process groups. Groups need not be made: one is there while it has members. OTP: `pg`. */
import {
  type ChildOptions,
  type ChildSpec,
  describe,
  ExitError,
  isPid,
  type Pid,
  type Ref,
  self,
} from '@coppice/core';
import type { GroupEvent, Scope } from './group.ts';
import { findScope, type RunningScope, scopeSpec, startLinkScope, startScope } from './running-scope.ts';

export { scope } from './group.ts';

type Pids<M> = Pid<M> | readonly Pid<M>[];

/** Starts a scope, linked to the caller, as a process of the scope's name. Rejects with `AlreadyStartedError`. OTP: `pg:start_link/1`. */
export async function startLink<G, M>(scope: Scope<G, M>): Promise<Pid<never>> {
  return await startLinkScope(nameOf(scope));
}

/** {@link startLink} without the link. OTP: `pg:start/1`. */
export async function start<G, M>(scope: Scope<G, M>): Promise<Pid<never>> {
  return await startScope(nameOf(scope));
}

/** A child spec of a scope; default id: its name. When the scope stops its groups are gone, and its members live on without them. */
export function childSpec<G, M>(scope: Scope<G, M>, options?: ChildOptions): ChildSpec<Pid<never>> {
  return scopeSpec(nameOf(scope), options);
}

/**
 * Adds one or more processes of this node to a group. Joining twice counts twice. A member leaves with its exit, in that turn. Throws `ExitError`
 * (`'noproc'`) if the scope does not run, `TypeError` for what is no pid of this node. OTP: `pg:join/3`.
 */
export function join<G, M>(scope: Scope<G, M>, group: NoInfer<G>, pids: Pids<NoInfer<M>>): void {
  const running = requireScope(scope, 'join', [group, pids]);
  running.join(group, requirePids(pids));
}

/** Takes processes out of a group, each once for each time that it is named. `false` if none of them was a member (OTP: `not_joined`). Throws as `join`. OTP: `pg:leave/3`. */
export function leave<G, M>(scope: Scope<G, M>, group: NoInfer<G>, pids: Pids<NoInfer<M>>): boolean {
  const running = requireScope(scope, 'leave', [group, pids]);
  return running.leave(group, requirePids(pids)).length > 0;
}

/** Members of a group, each as often as it has joined; empty if nobody has, or the scope does not run. OTP: `pg:get_members/2`. */
export function getMembers<G, M>(scope: Scope<G, M>, group: NoInfer<G>): readonly Pid<M>[] {
  const members = findScope(nameOf(scope))?.membership.members(group) ?? [];
  return members as readonly Pid<M>[]; // put there under this scope's types
}

/** {@link getMembers} of this node; all members are, as long as there is one node. OTP: `pg:get_local_members/2`. */
export function getLocalMembers<G, M>(scope: Scope<G, M>, group: NoInfer<G>): readonly Pid<M>[] {
  return getMembers(scope, group);
}

/** Groups that have members. Throws `TypeError` if the scope does not run. OTP: `pg:which_groups/1`. */
export function whichGroups<G, M>(scope: Scope<G, M>): readonly G[] {
  const running = findScope(nameOf(scope));
  if (running === undefined) throw new TypeError(`scope ${describe(scope.scope)} does not run`);
  return running.membership.groups() as readonly G[]; // put there under this scope's types
}

/** {@link whichGroups} with members of this node. OTP: `pg:which_local_groups/1`. */
export function whichLocalGroups<G, M>(scope: Scope<G, M>): readonly G[] {
  return whichGroups(scope);
}

/**
 * The members of a group now, and a `GroupEvent` to the caller whenever some join or leave it from now on, until `demonitor` or the end of the
 * caller or the scope. Throws `ExitError` (`'noproc'`) if the scope does not run. OTP: `pg:monitor/2`.
 */
export function monitor<G, M>(
  scope: Scope<G, M>,
  group: NoInfer<G>,
): { readonly ref: Ref; readonly pids: readonly Pid<M>[] } {
  const { monitors } = requireScope(scope, 'monitor', [group]);
  return { ref: monitors.monitor(self<GroupEvent>(), group), pids: getMembers(scope, group) };
}

/** {@link monitor} of all groups of a scope, those to come among them. OTP: `pg:monitor_scope/1`. */
export function monitorScope<G, M>(
  scope: Scope<G, M>,
): { readonly ref: Ref; readonly groups: ReadonlyMap<G, readonly Pid<M>[]> } {
  const { monitors } = requireScope(scope, 'monitorScope', []);
  const groups = new Map(whichGroups(scope).map((group) => [group, getMembers(scope, group)]));
  return { ref: monitors.monitorScope(self<GroupEvent>()), groups };
}

/** Ends a monitor; events that are in the mailbox stay. `false` if there is none. Throws as `monitor`. OTP: `pg:demonitor/2`. */
export function demonitor<G, M>(scope: Scope<G, M>, ref: Ref): boolean {
  return requireScope(scope, 'demonitor', [ref]).monitors.demonitor(ref);
}

function requireScope<G, M>(scope: Scope<G, M>, name: string, args: readonly unknown[]): RunningScope {
  const running = findScope(nameOf(scope));
  if (running !== undefined) return running;
  throw new ExitError('noproc', { module: 'pg', function: name, args: [scope.scope, ...args] });
}

function nameOf(scope: unknown): string {
  if (typeof scope === 'object' && scope !== null && 'scope' in scope && typeof scope.scope === 'string')
    return scope.scope;
  throw new TypeError(`scope must be made by pg.scope, got ${describe(scope)}`);
}

function requirePids(pids: unknown): readonly Pid<never>[] {
  const { node, creation } = self();
  const list: readonly unknown[] = Array.isArray(pids) ? pids : [pids];
  return list.map((pid) => {
    if (isPid(pid) && pid.node === node && pid.creation === creation) return pid;
    throw new TypeError(`pids must be processes of this node, got ${describe(pid)}`);
  });
}
