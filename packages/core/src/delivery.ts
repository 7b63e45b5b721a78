/**
 * Signals, from their sender to what they do. {@link route} is the one place that sends a signal on its way, by the node of its target;
 * {@link apply} is what each kind does when it arrives.
 */
import { formatWho } from './crash-report.ts';
import { emitAsMain, report } from './emit-as-main.ts';
import { exitProcess } from './exit.ts';
import type { ExitReason } from './exit-reason.ts';
import type { MailboxLimit } from './extension.ts';
import { isolate } from './isolation.ts';
import { List } from './list.ts';
import { EMPTY } from './mailbox.ts';
import { ProcessId } from './pid.ts';
import { type Host, type Process, processBehind } from './process.ts';
import { Alias, type LinkEnd, Monitor } from './relation.ts';
import type { Signal } from './signal.ts';
import { hasSubscribers, type MailboxFullEvent } from './telemetry.ts';
import type { Wait } from './wait.ts';
import { settleWait } from './waits.ts';

/**
 * Sends a signal. Exit signals always wait in the queue: they run user code (abort listeners, resources), which must not happen on
 * the sender's stack. All others are applied at once if nothing waits, which is the same as queueing them.
 */
export function route(signal: Signal): void {
  const host = hostOf(signal.to);
  if (signal.kind !== 'exit' && host.isQuiet) apply(signal);
  else host.queue(signal);
}

/** {@link route} of a message, without making the signal when it can be delivered at once. Throws what copying the message throws. */
export function routeMessage(to: ProcessId, message: unknown): void {
  const process = processBehind(to);
  if (process === undefined) return deadLetter(to, message);
  const received = asReceived(process, message);
  if (process.host.isQuiet) deliver(process, received);
  else process.host.queue({ kind: 'message', to, message: received });
}

/** {@link routeMessage} by an alias. To `sender` itself it comes at once, as by its pid: what a process sends itself keeps its order. */
export function routeByAlias(alias: Alias | Monitor, message: unknown, sender?: Process): void {
  const to = alias instanceof Alias ? alias.owner : alias.watcher;
  const process = processBehind(to);
  if (process === undefined) return deadLetter(to, message);
  const signal: Signal = { kind: 'alias', to, alias, message: asReceived(process, message) };
  if (process === sender) apply(signal);
  else route(signal);
}

/**
 * A message as `process` will receive it. It is made when the message is sent: what its sender changes afterwards is not seen, and what looking at it
 * throws (a getter may) is the sender's.
 */
export function asReceived(process: Process, message: unknown): unknown {
  return process.isolation === 'share' ? message : isolate(message, process.isolation);
}

/** What a signal does when it arrives. */
export function apply(signal: Signal): void {
  switch (signal.kind) {
    case 'message':
      return applyMessage(signal.to, signal.message);
    case 'alias':
      return applyAlias(signal.to, signal.alias, signal.message);
    case 'exit':
      return applyExit(signal.to, signal.from, signal.reason, signal.link);
    case 'link':
      return applyLink(signal.to, signal.link.near, signal.link.far);
    case 'monitor':
      return applyMonitor(signal.to, signal.monitor);
    case 'overflow':
      return applyOverflow(signal.to);
    case 'down':
      return applyDown(signal.monitor, signal.reason);
    case 'init':
      return applyInit(signal.to, signal.wait, signal.outcome);
  }
}

/** Puts a message into the mailbox, and the process into the run queue if that is what it waits for. */
export function deliver(process: Process, message: unknown): void {
  const limit = process.extension?.mailboxLimit;
  if (limit !== undefined && process.mailbox.length >= limit.limit && !makeRoom(process, limit, message))
    return;
  process.mailbox.push(message);
  if (!process.isQueued) wake(process);
}

/** Does with a full mailbox what its process has asked for; `false` if the message does not go into it. */
function makeRoom(process: Process, limit: MailboxLimit, message: unknown): boolean {
  const { pid, host, rare, mailbox, initialCall } = process;
  if (!rare.isOverflowTold) {
    rare.isOverflowTold = true;
    const event = { pid, name: rare.name, initialCall, ...limit };
    report(host, 'coppice.process.mailbox_full', event, formatOverflow);
  }
  if (limit.onFull === 'exit') {
    host.queue({ kind: 'overflow', to: pid });
    return false;
  }
  const mayDrop = limit.onFull === 'drop_oldest' && !mailbox.isSearched;
  const oldest = mayDrop ? mailbox.take(mayBeDropped) : EMPTY;
  const isNewest = oldest === EMPTY; // it may be that all others must stay
  deadLetter(pid, isNewest ? message : oldest);
  return !isNewest;
}

const FOLLOWS: { readonly [K in MailboxLimit['onFull']]: string } = {
  drop_newest: 'what comes now is dropped',
  drop_oldest: 'the oldest message is dropped whenever one comes',
  exit: 'it ends',
};

function formatOverflow(event: MailboxFullEvent): string {
  return `process ${formatWho(event)} has a full mailbox, of ${event.limit} messages, and ${FOLLOWS[event.onFull]}: ${event.initialCall}`;
}

/** What the runtime made and put into a mailbox that has a limit. */
const kept = new WeakSet<object>();

function mayBeDropped(message: unknown): boolean {
  return typeof message !== 'object' || message === null || !kept.has(message);
}

/** A message that the runtime made: never dropped by a mailbox's limit. */
function deliverSystem(process: Process, message: object): void {
  if (process.extension?.mailboxLimit !== undefined) kept.add(message);
  process.mailbox.push(message);
  if (!process.isQueued) wake(process);
}

function wake(process: Process): void {
  if (process.receiver !== undefined || (process.behaviour !== undefined && !process.isBusy))
    process.host.enqueue(process);
}

/** Exit signal to a process, by the rules of OTP's signal matrix. `link` is the receiver's end of the link it came by. */
export function applyExit(
  to: ProcessId,
  from: ProcessId,
  reason: ExitReason,
  link: LinkEnd | undefined,
): void {
  const process = processBehind(to);
  if (process === undefined) return;
  if (link !== undefined) {
    if (!link.isActive) return; // unlinked meanwhile
    endLink(link);
  } else if (reason === 'kill') {
    return exitProcess(process, 'killed', 'signal');
  }
  if (process.trapsExits) return deliverSystem(process, { type: 'EXIT', from, reason });
  if (reason === 'normal' && (link !== undefined || from !== to)) return;
  exitProcess(process, reason, 'signal');
}

/** `near` is the end of the process that linked, `far` that of the process that was linked to. */
function applyLink(to: ProcessId, near: LinkEnd, far: LinkEnd): void {
  const pendingLinks = processBehind(far.peer)?.extension?.pendingLinks;
  if (pendingLinks?.get(to)?.near === near) pendingLinks.delete(to);
  const target = processBehind(to);
  if (target === undefined) {
    route({ kind: 'exit', to: far.peer, from: to, reason: 'noproc', link: near });
  } else if (far.isActive && far.item.list === undefined) {
    target.links ??= new List();
    target.links.append(far.item);
  }
}

/** From now on no exit signal passes this end. */
export function endLink(end: LinkEnd): void {
  end.isActive = false;
  end.item.remove();
}

function applyMonitor(to: ProcessId, monitor: Monitor): void {
  if (!monitor.isActive) return;
  const target = processBehind(to);
  if (target === undefined) return applyDown(monitor, 'noproc');
  target.monitoredBy ??= new List();
  target.monitoredBy.append(monitor.far);
}

/** The monitored process has ended: tells whoever waits for it, else the mailbox. */
export function applyDown(monitor: Monitor, reason: ExitReason): void {
  const watcher = processBehind(monitor.watcher);
  if (!monitor.isActive || watcher === undefined) return;
  endMonitor(monitor);
  const down = { type: monitor.tag ?? 'DOWN', ref: monitor.ref, object: monitor.object, reason };
  if (monitor.wait === undefined) deliverSystem(watcher, down);
  else settleWait(watcher, monitor.wait, down);
}

/** What came of an `init`: it is told like a message, so that the exit signal of a failed one comes first and ends a linked starter that does not trap. */
function applyInit(to: ProcessId, wait: Wait, outcome: unknown): void {
  const starter = processBehind(to);
  if (starter !== undefined) settleWait(starter, wait, outcome);
}

/** From now on no DOWN comes, and no reply unless the alias outlives the monitor. */
export function endMonitor(monitor: Monitor): void {
  monitor.isActive = false;
  monitor.near.remove();
  monitor.far.remove();
  if (monitor.alias !== 'explicit_unalias') monitor.alias = undefined;
}

/** A message by an alias: dropped if that is no longer active; straight to whoever waits for it, else into the mailbox. */
function applyAlias(to: ProcessId, alias: object, message: unknown): void {
  const process = processBehind(to);
  if (process === undefined) return deadLetter(to, message);
  if (alias instanceof Alias) {
    if (!alias.isActive) return deadLetter(to, message);
    if (alias.once) alias.isActive = false;
    return deliver(process, message);
  }
  if (!(alias instanceof Monitor) || alias.alias === undefined) return deadLetter(to, message);
  const { wait } = alias;
  if (alias.alias === 'reply_demonitor') {
    alias.alias = undefined;
    endMonitor(alias);
  }
  if (wait === undefined) deliver(process, message);
  else settleWait(process, wait, message);
}

/** The mailbox is full, and the process is one that ends then. */
function applyOverflow(to: ProcessId): void {
  const process = processBehind(to);
  if (process !== undefined) exitProcess(process, 'mailbox_full', 'signal');
}

function applyMessage(to: ProcessId, message: unknown): void {
  const process = processBehind(to);
  if (process === undefined) deadLetter(to, message);
  else deliver(process, message);
}

/** Tells of a message that nobody will receive. */
function deadLetter(to: ProcessId, message: unknown): void {
  if (hasSubscribers('coppice.dead_letter')) emitAsMain(hostOf(to), 'coppice.dead_letter', { to, message });
}

function hostOf(pid: ProcessId): Host {
  // Pids are made by nodes only: a ProcessId's home is a Host.
  return ProcessId.homeOf(pid) as Host;
}
