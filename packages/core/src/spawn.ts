/** Starting processes. OTP: `spawn/1`, `spawn_link/1`, `spawn_monitor/1`. */
import { requireFunction } from './argument.ts';
import type { Body } from './context.ts';
import { caller } from './current.ts';
import { route } from './delivery.ts';
import { AlreadyStartedError } from './errors.ts';
import type { MailboxLimit } from './extension.ts';
import { describe } from './format.ts';
import type { Isolation } from './isolation.ts';
import { linkNew } from './link.ts';
import type { Sendable } from './message.ts';
import { type MonitorOptions, monitorNew } from './monitor.ts';
import { formatName, type Name, type NameFor } from './name.ts';
import { claimName, findName, plainName, requireName } from './names.ts';
import { type Pid, ProcessId } from './pid.ts';
import type { Code, Host, Process } from './process.ts';
import type { MonitorRef } from './reference.ts';

/** How a process is started. */
export interface SpawnOptions<in P extends Pid<never> = Pid<unknown>> {
  /** Registered before the body runs. A taken one: `AlreadyStartedError`. */
  readonly name?: NameFor<P>;
  /** For reports and `processTree`; any value. OTP: `Process.set_label/1`. */
  readonly label?: unknown;
  readonly link?: boolean;
  /** Starts with the flag set. */
  readonly trapExit?: boolean;
  /** How its messages are kept apart from their senders; default: the node's. */
  readonly isolation?: Isolation;
  /** Default: unbounded, as in OTP. Signals of the runtime are never dropped. */
  readonly mailbox?: MailboxLimit;
  /** What its code is, for reports and `processInfo`; default: the body's name. OTP: `proc_lib`'s `$initial_call`. */
  readonly initialCall?: string;
  /** Whether an abnormal `exit(reason)` of the body is reported as a crash, as a throw is; default `false`. OTP: what `proc_lib` does. */
  readonly reportsExits?: boolean;
  /** On whose behalf it works, nearest first. OTP: `$callers`. */
  readonly callers?: readonly Pid<never>[];
}

/**
 * Starts a process. The body never runs on the caller's stack, and what it throws is its exit reason, not the caller's problem.
 * Throws `TypeError` for bad arguments and `AlreadyStartedError` for a taken name. OTP: `spawn/1`.
 */
export function spawn<M = never>(
  body: Body<M>,
  options?: SpawnOptions<NoInfer<Pid<Sendable<M>>>>,
): Pid<Sendable<M>> {
  const parent = caller();
  return spawnFrom(parent.host, parent, body, options).pid;
}

/** {@link spawn}, linked to the caller from the first moment. OTP: `spawn_link/1`. */
export function spawnLink<M = never>(
  body: Body<M>,
  options?: SpawnOptions<NoInfer<Pid<Sendable<M>>>>,
): Pid<Sendable<M>> {
  const parent = caller();
  return spawnFrom(parent.host, parent, body, { ...options, link: true }).pid;
}

/** {@link spawn}, monitored by the caller from the first moment. OTP: `spawn_monitor/1`. */
export function spawnMonitor<M = never>(
  body: Body<M>,
  options?: SpawnOptions<NoInfer<Pid<Sendable<M>>>> & { readonly monitor?: MonitorOptions },
): { readonly pid: Pid<Sendable<M>>; readonly ref: MonitorRef } {
  const parent = caller();
  const child = spawnFrom(parent.host, parent, body, options);
  return { pid: child.pid, ref: monitorNew(parent, child, options?.monitor).ref };
}

/** Starts a body on a node. */
export function spawnFrom<M>(
  host: Host,
  parent: Process,
  body: Body<M>,
  options: SpawnOptions | undefined,
): Process {
  requireFunction(body, 'body');
  const child = prepare(host, parent, body, options);
  host.enqueue(child);
  return child;
}

/** Makes a process with its options; it is not in the run queue yet. Throws before anything is made. */
export function prepare(host: Host, parent: Process, code: Code, options: SpawnOptions | undefined): Process {
  if (options === undefined) return host.create(parent, code);
  if (options.name !== undefined) requireName(options.name, 'name');
  if (options.mailbox !== undefined) requireMailboxLimit(options.mailbox);
  requireIsolation(options.isolation);
  const child = host.create(parent, code);
  if (options.name !== undefined) takeName(child, options.name, options.link === true ? parent : undefined);
  if (options.link === true) linkNew(parent, child);
  if (options.trapExit === true) child.trapsExits = true;
  if (options.isolation !== undefined) child.rare.isolation = options.isolation;
  if (options.initialCall !== undefined) child.rare.initialCall = options.initialCall;
  if (options.reportsExits === true) child.rare.reportsExits = true;
  if (options.label !== undefined) child.rare.label = options.label;
  if (options.mailbox !== undefined) child.rare.mailboxLimit = options.mailbox;
  if (options.callers !== undefined && options.callers.length > 0) child.rare.callers = options.callers;
  return child;
}

/**
 * Gives a new process its name, or takes the process back. Who has the name is asked first: then nothing of a process is seen. If the name is taken all
 * the same, by a via that let another one in, a parent that would be linked and traps exits hears of the end of a process that has done nothing.
 * OTP: `gen` asks in the starter, and registers in the new process, which exits `normal` if that fails.
 */
function takeName(child: Process, name: NameFor<Pid<unknown>>, linked: Process | undefined): void {
  let holder: Pid<never> | undefined;
  try {
    holder = findName(child.host, plainName(name));
    if (holder === undefined) {
      holder = claimName(child, name);
      if (holder === undefined) return;
      if (linked !== undefined)
        route({ kind: 'exit', to: linked.pid, from: child.pid, reason: 'normal', link: undefined });
    }
  } catch (error) {
    takeBack(child);
    throw error; // of a via's own code
  }
  takeBack(child);
  throw new AlreadyStartedError(formatName(name as Name), holder);
}

function takeBack(child: Process): void {
  child.end();
  ProcessId.release(child.pid);
  child.host.forget(child);
}

function requireMailboxLimit(mailbox: MailboxLimit): void {
  if (typeof mailbox !== 'object' || mailbox === null)
    throw new TypeError(`mailbox must be { limit, onFull }, got ${describe(mailbox)}`);
  const { limit, onFull } = mailbox;
  if (!Number.isInteger(limit) || limit < 1)
    throw new RangeError(`mailbox.limit must be a whole number from 1, got ${limit}`);
  if (!['drop_newest', 'drop_oldest', 'exit'].includes(onFull)) {
    throw new TypeError(
      `mailbox.onFull must be 'drop_newest', 'drop_oldest' or 'exit', got ${describe(onFull)}`,
    );
  }
}

export function requireIsolation(isolation: Isolation | undefined): void {
  if (isolation === undefined || ['share', 'freeze', 'clone'].includes(isolation)) return;
  throw new TypeError(`isolation must be 'share', 'freeze' or 'clone', got ${describe(isolation)}`);
}
