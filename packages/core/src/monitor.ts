/** Monitors: one process told of the end of another, one way. OTP: `monitor/2`, `demonitor/2`. */
import { caller } from './current.ts';
import { applyDown, endMonitor, route } from './delivery.ts';
import { describe } from './format.ts';
import { List } from './list.ts';
import { isDownOf } from './message.ts';
import { formatName, type Name, type StandsFor } from './name.ts';
import { findName, plainName, requireAddress } from './names.ts';
import { type Pid, ProcessId } from './pid.ts';
import type { Host, Process } from './process.ts';
import { type MonitorRef, Reference } from './reference.ts';
import { type AliasMode, Monitor, type Monitored } from './relation.ts';

/** How a process is monitored. OTP: the options of `erlang:monitor/3`. */
export interface MonitorOptions {
  /**
   * Replies may be sent to the reference, until: `'explicit_unalias'`, `unalias`; `'demonitor'`, the monitor ends;
   * `'reply_demonitor'`, the first reply, which ends the monitor too.
   */
  readonly alias?: AliasMode;
  /** In place of `'DOWN'` as the message's `type`. */
  readonly tag?: string;
}

/**
 * Sends the caller a `DOWN` message when `target` ends, at once with `noproc` if there is no such process. A name is looked up now; the
 * `DOWN` carries it. Each call is one more monitor; one of the caller itself is none. OTP: `Process.monitor/1`.
 */
export function monitor(
  target: Pid<never> | StandsFor<Pid<never>> | Name,
  options?: MonitorOptions,
): MonitorRef {
  const process = caller();
  if (target instanceof ProcessId) return startMonitor(process, target, target, options);
  requireAddress(target, 'target');
  const found = findName(process.host, target);
  const pid = found instanceof ProcessId ? found : undefined;
  const plain = plainName(target);
  // OTP monitors by local name only; a name of another kind is looked up by its users, and the pid monitored.
  const isLocal = typeof plain === 'string' || 'local' in plain;
  const object = isLocal || pid === undefined ? namedObject(process.host, plain) : pid;
  return startMonitor(process, pid, object, options);
}

/** How a `DOWN` tells what was monitored by a name. */
export function namedObject({ name: node }: Host, name: Name): Monitored {
  const local = typeof name === 'string' ? name : 'local' in name ? name.local : formatName(name);
  return { local, node };
}

/**
 * Ends a monitor; returns whether there was one to end (the `info` of OTP). A `DOWN` that is in the mailbox already stays, unless
 * `flush`. Unknown and used references are no error. OTP: `Process.demonitor/2`.
 */
export function demonitor(ref: MonitorRef, options?: { readonly flush?: boolean }): boolean {
  const process = caller();
  if (!(ref instanceof Reference)) throw new TypeError(`ref must be a reference, got ${describe(ref)}`);
  const record = Reference.recordOf(ref);
  if (record instanceof Monitor && record.watcher !== process.pid) {
    throw new TypeError(`ref must be a monitor of the calling process: ${ref} is one of ${record.watcher}`);
  }
  const wasActive = record instanceof Monitor && stopMonitor(record);
  if (options?.flush === true && !wasActive) process.mailbox.take((message) => isDownOf(message, ref));
  return wasActive;
}

/** Starts a monitor of `process`; `undefined`: there is no such process, which is told at once. */
export function attachMonitor(process: Process, monitor: Monitor, target: ProcessId | undefined): void {
  process.monitors ??= new List();
  process.monitors.append(monitor.near);
  if (target === undefined) applyDown(monitor, 'noproc');
  else route({ kind: 'monitor', to: target, monitor });
}

/** Monitors a process that has not started yet: no signal can be on its way. */
export function monitorNew(parent: Process, child: Process, options: MonitorOptions | undefined): Monitor {
  const monitor = new Monitor(parent.pid, child.pid, options?.alias, options?.tag);
  parent.monitors ??= new List();
  parent.monitors.append(monitor.near);
  child.monitoredBy ??= new List();
  child.monitoredBy.append(monitor.far);
  return monitor;
}

/** Ends a monitor from the watcher's side; `false` if it had ended. */
export function stopMonitor(monitor: Monitor): boolean {
  if (!monitor.isActive) {
    if (monitor.alias !== 'explicit_unalias') monitor.alias = undefined;
    return false;
  }
  endMonitor(monitor);
  return true;
}

function startMonitor(
  process: Process,
  target: ProcessId | undefined,
  object: Monitored,
  options: MonitorOptions | undefined,
): MonitorRef {
  const monitor = new Monitor(process.pid, object, options?.alias, options?.tag);
  // Nobody will be there to be told of its own end: nothing is monitored. The reference is an address for replies all the same, if that was asked for.
  if (target === process.pid) monitor.isActive = false;
  else attachMonitor(process, monitor, target);
  return monitor.ref;
}
