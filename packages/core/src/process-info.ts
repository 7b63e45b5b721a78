/** What can be known of processes from outside. OTP: `Process.info/1`, `Process.list/0`, `observer`'s tree. */
import { caller } from './current.ts';
import { formatValue } from './format.ts';
import type { Name } from './name.ts';
import { NodeState } from './node.ts';
import { type Pid, requirePid } from './pid.ts';
import { type Host, type Process, processOf } from './process.ts';

/** A process as it is now. */
export interface ProcessInfo {
  readonly registeredName: string | undefined;
  readonly label: unknown;
  /** `'running'`: its code runs, or waits for something that is not of the runtime. */
  readonly status: 'runnable' | 'running' | 'waiting' | 'suspended' | 'hibernated';
  readonly links: readonly Pid<never>[];
  readonly monitors: readonly (Pid<never> | Name)[];
  readonly monitoredBy: readonly Pid<never>[];
  readonly messageQueueLength: number;
  readonly messages: readonly unknown[];
  readonly trapExit: boolean;
  readonly parent: Pid<never> | undefined;
  readonly ancestors: readonly (Pid<never> | string)[];
  readonly callers: readonly Pid<never>[];
  readonly groupLeader: Pid<never>;
  readonly priority: 'low' | 'normal' | 'high' | 'max';
  readonly dictionary: ReadonlyMap<unknown, unknown>;
  /** A behaviour's module, or the name of the body. */
  readonly initialCall: string;
}

/** A process as it is now; `undefined` when it is dead, or an exit signal that was sent to it will end it. OTP: `Process.info/1`. */
export function processInfo(pid: Pid<never>): ProcessInfo | undefined {
  caller();
  return isAlive(pid) ? infoOf(pid) : undefined;
}

/** {@link processInfo}, from outside of any process. */
export function infoOf(pid: Pid<never>): ProcessInfo | undefined {
  requirePid(pid, 'pid');
  const process = processOf(pid);
  if (process === undefined) return undefined;
  const { extension } = process;
  return {
    registeredName: extension?.name,
    label: extension?.label,
    status: statusOf(process),
    links: [...(process.links ?? [])].map((end) => end.peer),
    monitors: [...(process.monitors ?? [])].map((monitor) => monitor.object),
    monitoredBy: [...(process.monitoredBy ?? [])].map((monitor) => monitor.watcher),
    messageQueueLength: process.mailbox.length,
    messages: [...process.mailbox],
    trapExit: process.trapsExits,
    parent: process.lineage.parent,
    ancestors: process.lineage.ancestors,
    callers: extension?.callers ?? [],
    groupLeader: extension?.groupLeader ?? process.host.main.pid,
    priority: extension?.priority ?? 'normal',
    dictionary: new Map(extension?.dictionary),
    initialCall: process.initialCall,
  };
}

/** Live processes of the caller's node, oldest first. OTP: `Process.list/0`. */
export function processes(): readonly Pid<never>[] {
  return liveProcesses(caller().host).map((process) => process.pid);
}

/** Whether a process has not exited, and will not by an exit signal that was sent to it already. OTP: `Process.alive?/1`. */
export function isAlive(pid: Pid<never>): boolean {
  requirePid(pid, 'pid');
  const process = processOf(pid);
  return process !== undefined && !process.host.condemned.has(process);
}

/** The processes of the caller's node by who started them, as text: one line each, children indented below their parent. */
export function processTree(root?: Pid<never>): string {
  const { host } = caller();
  if (root !== undefined) requirePid(root, 'root');
  const all = liveProcesses(host);
  const live = new Set<Pid<never>>(all.map((process) => process.pid));
  const children = groupByParent(all, live);
  const roots =
    root === undefined ? (children.get(undefined) ?? []) : all.filter((process) => process.pid === root);
  const lines: string[] = [];
  const open = roots.map((process) => ({ process, lead: '', tail: '' })).reverse();
  for (let row = open.pop(); row !== undefined; row = open.pop()) {
    lines.push(row.lead + lineOf(row.process));
    const below = children.get(row.process.pid) ?? [];
    for (const [index, process] of [...below.entries()].reverse()) {
      const isLast = index === below.length - 1;
      open.push({
        process,
        lead: `${row.tail}${isLast ? '└─ ' : '├─ '}`,
        tail: `${row.tail}${isLast ? '   ' : '│  '}`,
      });
    }
  }
  return lines.join('\n');
}

function groupByParent(
  all: readonly Process[],
  live: ReadonlySet<Pid<never>>,
): Map<Pid<never> | undefined, Process[]> {
  const groups = new Map<Pid<never> | undefined, Process[]>();
  for (const process of all) {
    const { parent: first } = process.lineage;
    const parent = first !== undefined && live.has(first) ? first : undefined;
    const group = groups.get(parent);
    if (group === undefined) groups.set(parent, [process]);
    else group.push(process);
  }
  return groups;
}

function lineOf(process: Process): string {
  const { extension, mailbox } = process;
  const name = extension?.name ?? (extension?.label === undefined ? undefined : formatValue(extension.label));
  const queue = mailbox.length > 0 ? ` [${mailbox.length} queued]` : '';
  return `${name === undefined ? '' : `${name} `}${process.pid} ${process.initialCall}${queue}`;
}

function statusOf(process: Process): ProcessInfo['status'] {
  if (process.isQueued) return 'runnable';
  if (process.extension?.accept !== undefined) return 'suspended';
  if (process.extension?.isHibernated === true) return 'hibernated';
  const isWaiting =
    process.receiver !== undefined || (process.extension?.waits?.size ?? 0) > 0 || !process.isBusy;
  return isWaiting ? 'waiting' : 'running';
}

function liveProcesses(host: Host): Process[] {
  return host instanceof NodeState ? host.processes() : [];
}
