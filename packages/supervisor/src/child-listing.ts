/** What supervisors of both kinds say of their children. OTP: `which_children`, `count_children`. */
import { isAlive } from '@coppice/core';
import type { Child, Children } from './children.ts';
import type { ChildCounts, ChildInfo } from './protocol.ts';

/** Last started first. */
export function listChildren(children: Children): readonly ChildInfo[] {
  return Array.from(children.backwards(), describeChild);
}

/** By pid: first started first, one that was restarted behind the others. OTP: Elixir's `DynamicSupervisor`, whose map has that order while it is small. */
export function listDynamicChildren(children: Children): readonly ChildInfo[] {
  return [...children].sort((a, b) => startOf(a) - startOf(b)).map(describeChild);
}

/** Counts those that run by whether they are alive: one that has just died, and whose exit signal is waiting, does not count. OTP: `supervisor`. */
export function countChildren(children: Children): ChildCounts {
  return count(children, ({ pid }) => pid !== undefined && isAlive(pid));
}

/** Counts all that have not been seen to end: one whose exit signal is waiting does count. OTP: Elixir's `DynamicSupervisor`. */
export function countDynamicChildren(children: Children): ChildCounts {
  return count(children, () => true);
}

function count(children: Children, isActive: (running: Child) => boolean): ChildCounts {
  const counts = { specs: 0, active: 0, supervisors: 0, workers: 0 };
  for (const child of children) {
    counts.specs += 1;
    if (child.spec.type === 'supervisor') counts.supervisors += 1;
    else counts.workers += 1;
    if (child.status === 'running' && isActive(child)) counts.active += 1;
  }
  return counts;
}

/** What `getState` and crash reports show of a supervisor. */
export function describeState({ size }: Children): { readonly children: number } {
  return { children: size };
}

function startOf({ pid }: Child): number {
  return pid?.id ?? 0;
}

function describeChild({ spec, status, pid, key }: Child): ChildInfo {
  const { id, type, modules } = spec;
  const child = status === 'running' ? pid : status === 'restarting' ? 'restarting' : undefined;
  return { id: key === undefined ? undefined : id, child, type, modules };
}
