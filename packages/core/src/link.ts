/** Links: two processes that end together. OTP: `link/1`, `unlink/1`, the `trap_exit` flag. */
import { caller } from './current.ts';
import { endLink, route } from './delivery.ts';
import { ExitError } from './errors.ts';
import { List } from './list.ts';
import { type Pid, type ProcessId, requirePid } from './pid.ts';
import { type Process, processOf } from './process.ts';
import { Link, type LinkEnd } from './relation.ts';

/**
 * Links the calling process and `pid`: when one ends, the other gets an exit signal. Linking twice is one link; linking oneself does nothing.
 * To a dead process: throws `ExitError` with `noproc`, or sends an EXIT message if the caller traps exits. OTP: `Process.link/1`.
 */
export function link(pid: Pid<never>): void {
  const process = caller();
  requirePid(pid, 'pid');
  if (pid === process.pid || findEnd(process, pid) !== undefined) return;
  const peer = processOf(pid);
  if (peer === undefined) return linkToDead(process, pid);
  process.links ??= new List();
  const crossing = peer.extension?.pendingLinks?.get(process.pid);
  if (crossing?.far.isActive) {
    process.links.append(crossing.far.item); // the other has linked too: it is one link, and this end need not wait
    return;
  }
  const link = new Link(process.pid, pid);
  process.links.append(link.near.item);
  if (!peer.host.isQuiet) remember(process, pid, link);
  route({ kind: 'link', to: pid, link });
}

/** A link that waits in the queue stands in one list only. */
function remember({ rare }: Process, pid: ProcessId, link: Link): void {
  rare.pendingLinks ??= new Map();
  rare.pendingLinks.set(pid, link);
}

/** Removes the link. No EXIT comes by it from now on; one that is in the mailbox already stays. OTP: `Process.unlink/1`. */
export function unlink(pid: Pid<never>): void {
  const process = caller();
  requirePid(pid, 'pid');
  unlinkFrom(process, pid);
}

export function unlinkFrom(process: Process, pid: ProcessId): void {
  const end = findEnd(process, pid);
  if (end === undefined) return;
  endLink(end);
  if (end.twin !== undefined) endLink(end.twin);
}

/** Sets whether exit signals become messages; returns the old value. OTP: `Process.flag(:trap_exit, …)`. */
export function trapExit(on: boolean): boolean {
  const process = caller();
  if (typeof on !== 'boolean') throw new TypeError(`on must be true or false, got ${String(on)}`);
  const before = process.trapsExits;
  process.trapsExits = on;
  return before;
}

/** Links a process that has not started yet: no signal can be on its way. */
export function linkNew(parent: Process, child: Process): void {
  const { near, far } = new Link(parent.pid, child.pid);
  parent.links ??= new List();
  parent.links.append(near.item);
  child.links ??= new List();
  child.links.append(far.item);
}

function linkToDead(process: Process, pid: ProcessId): void {
  if (!process.trapsExits)
    throw new ExitError('noproc', { module: 'Process', function: 'link', args: [pid] });
  const { near } = new Link(process.pid, pid);
  route({ kind: 'exit', to: process.pid, from: pid, reason: 'noproc', link: near });
}

/** The end in `process`'s list of its link with `pid`. Takes as long as the shorter of both lists, unless `pid` is dead. */
function findEnd(process: Process, pid: ProcessId): LinkEnd | undefined {
  const peer = processOf(pid);
  if (peer === undefined) return [...(process.links ?? [])].find((end) => end.peer === pid);
  const pending = process.extension?.pendingLinks?.get(pid)?.near;
  if (pending !== undefined && pending.item.list !== undefined) return pending;
  let mine = process.links?.first;
  let theirs = peer.links?.first;
  while (mine !== undefined && theirs !== undefined) {
    if (mine.value.peer === pid) return mine.value;
    const twin = theirs.value.peer === process.pid ? theirs.value.twin : undefined;
    if (twin !== undefined && twin.item.list === process.links) return twin;
    mine = mine.next;
    theirs = theirs.next;
  }
  return undefined;
}
