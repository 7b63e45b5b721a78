/**
 * What supervisors tell: failed starts, ends of children, giving up, and each start. On channels of core's telemetry; a report that nobody listens to goes
 * to stderr in one line, as OTP's logger would have it. OTP: supervisor reports and progress reports of SASL.
 */
import {
  type ChildType,
  type ExitReason,
  emit,
  formatBanner,
  formatServer,
  hasSubscribers,
  type Pid,
  printable,
  type Restart,
  type ShutdownTime,
  self,
} from '@coppice/core';
import type { Child } from './children.ts';
import type { Strategy } from './supervisor-flags.ts';

/** A child as reports show it. */
export interface ReportedChild {
  readonly id: unknown;
  /** `undefined` if it was not running. */
  readonly pid: Pid<never> | undefined;
  readonly restart: Restart;
  readonly shutdown: ShutdownTime;
  readonly type: ChildType;
  readonly significant: boolean;
  readonly modules: readonly string[];
}

/** What went wrong under a supervisor, and what it did. OTP: a supervisor report. */
export interface SupervisorReport {
  readonly supervisor: Pid<never>;
  /** Its local name, or another kind of name in words; `undefined` if it has none. */
  readonly name: string | undefined;
  /** `'Supervisor'`, `'DynamicSupervisor'`, or the name given to `define`. */
  readonly module: string;
  /** A child did not start; ended; ended otherwise than it was told to; restarted too often. */
  readonly report: 'start_error' | 'child_terminated' | 'shutdown_error' | 'shutdown';
  readonly reason: ExitReason;
  readonly child: ReportedChild;
  readonly strategy: Strategy;
  /** Restarts that count, this one among them. */
  readonly restarts: number;
  readonly maxRestarts: number;
  readonly maxSeconds: number;
  /**
   * What follows. `restart`: by the strategy; `try_again`: the restart, after what is in the mailbox; `remove`: the temporary child is gone; `roll_back`:
   * the supervisor itself does not start; `shutdown`: the supervisor ends; `none`: the child was being stopped anyway.
   */
  readonly action: 'restart' | 'try_again' | 'remove' | 'roll_back' | 'shutdown' | 'none';
}

/** A child has started. OTP: a progress report. */
export interface SupervisorProgress extends Pick<SupervisorReport, 'supervisor' | 'name' | 'module'> {
  readonly child: ReportedChild;
}

declare module '@coppice/core' {
  interface Channels {
    readonly 'coppice.supervisor.report': SupervisorReport;
    readonly 'coppice.supervisor.progress': SupervisorProgress;
  }
}

/** Who reports. */
export interface Reporter {
  readonly module: string;
  readonly name: string | undefined;
}

type Details = Omit<SupervisorReport, 'supervisor' | 'name' | 'module' | 'child'>;

/** Tells what went wrong. Called as the supervisor. */
export function report({ module, name }: Reporter, child: Child, details: Details): void {
  const event = { supervisor: self(), name, module, child: describeChild(child), ...details };
  if (hasSubscribers('coppice.supervisor.report')) emit('coppice.supervisor.report', event);
  else if (!isToldByEnd(details, child)) console.error(formatReport(event));
}

/** The line about the end of a child has told that the supervisor ends, and after how many restarts; not so that of a restart which has failed. */
function isToldByEnd({ report }: Details, child: Child): boolean {
  return report === 'shutdown' && child.status !== 'restarting';
}

/** Tells of a start. Called as the supervisor. */
export function reportProgress({ module, name }: Reporter, child: Child): void {
  if (!hasSubscribers('coppice.supervisor.progress')) return;
  emit('coppice.supervisor.progress', { supervisor: self(), name, module, child: describeChild(child) });
}

/** One line for people: who, what, why, what follows. Further lines of a reason are indented. */
export function formatReport(event: SupervisorReport): string {
  const { module, supervisor, name, child, reason } = event;
  const pid = child.pid === undefined ? '' : ` ${child.pid}`;
  const who = `${module} ${supervisor}${name === undefined ? '' : ` (${name})`}: child ${formatServer(child.id)}${pid}`;
  return printable(`${who} ${WHAT[event.report]}: ${formatBanner(reason)}; ${follows(event)}`);
}

const WHAT: { readonly [K in SupervisorReport['report']]: string } = {
  start_error: 'did not start',
  child_terminated: 'ended',
  shutdown_error: 'was told to stop and ended otherwise',
  shutdown: 'ended too often',
};

function follows({ action, restarts, maxRestarts, maxSeconds }: SupervisorReport): string {
  const count = `restart ${restarts} of at most ${maxRestarts} in ${maxSeconds} s`;
  switch (action) {
    case 'restart':
      return `it is restarted, ${count}`;
    case 'try_again':
      return `tried again, ${count}`;
    case 'remove':
      return 'it is removed';
    case 'roll_back':
      return 'the supervisor does not start';
    case 'none':
      return 'nothing follows';
    case 'shutdown':
      return `the supervisor ends, ${count}`;
  }
}

function describeChild({ spec, pid }: Child): ReportedChild {
  const { id, restart, shutdown, type, significant, modules } = spec;
  return { id, pid, restart, shutdown, type, significant, modules };
}
