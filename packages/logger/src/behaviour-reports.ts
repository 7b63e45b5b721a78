/**
 * Reports of the channels that other packages add: supervisors, servers, applications. They are known by the name of their channel and the shape of
 * their events, for the logger imports none of those packages. OTP: supervisor and progress reports, the reports of `application_controller`.
 */
import {
  type ExitReason,
  errorIn,
  formatServer,
  formatValue,
  isAbnormal,
  isDown,
  isExit,
  isPid,
  isRef,
  type Pid,
  typeOfMessage,
} from '@coppice/core';
import { type Contents, inParentheses, type Level, type Report, reasonFields, why } from './report.ts';

interface Child {
  readonly id: unknown;
  readonly pid: Pid<never> | undefined;
  readonly restart: string;
  readonly shutdown: unknown;
  readonly type: string;
}

/** An event of `coppice.supervisor.report`. */
export interface SupervisorEvent {
  readonly supervisor: Pid<never>;
  readonly name: string | undefined;
  readonly module: string;
  readonly report: 'start_error' | 'child_terminated' | 'shutdown_error' | 'shutdown';
  readonly reason: ExitReason;
  readonly child: Child;
  readonly strategy: string;
  readonly restarts: number;
  readonly maxRestarts: number;
  readonly maxSeconds: number;
  readonly action: 'restart' | 'try_again' | 'remove' | 'roll_back' | 'shutdown' | 'none';
}

/** An event of `coppice.supervisor.progress`. */
export type SupervisorStartEvent = Pick<SupervisorEvent, 'supervisor' | 'name' | 'module' | 'child'>;

/** An event of `coppice.gen_server.unexpected_message`. */
export interface UnexpectedMessageEvent {
  readonly pid: Pid<never>;
  readonly module: string;
  readonly message: unknown;
}

/** An event of `coppice.application.report`. */
export interface ApplicationEvent {
  readonly application: string;
  readonly report: 'start_error' | 'exited' | 'prep_stop_error' | 'stop_error';
  readonly reason: ExitReason;
  readonly restart: string;
  readonly action: 'none' | 'terminate';
}

/** An event of `coppice.application.progress`. */
export interface ApplicationStartEvent {
  readonly application: string;
  readonly restart: string;
  readonly pid: Pid<never>;
}

/** An event of `coppice.application.signal`. */
export interface SignalEvent {
  readonly signal: string;
  readonly action: 'stop' | 'exit';
  readonly shutdownTimeout: number | 'infinity';
}

/** OTP: a supervisor report. OTP differs: there all are errors; here what the supervisor heals, by a restart or by removing a temporary child, is a warning. */
export function supervisorReport(event: SupervisorEvent): Report {
  const { supervisor, name, module, report, reason, child, action } = event;
  const { strategy, restarts, maxRestarts, maxSeconds } = event;
  const who = `${module} ${supervisor}${inParentheses(name)}: child ${formatServer(child.id)}`;
  return {
    level: HEALS[action] ? 'warn' : 'error',
    kind: `${report} in ${module}`,
    isTerminal: action === 'shutdown' || action === 'roll_back',
    message: `${who} ${ENDINGS[report]}: ${why(reason)}; ${FOLLOWS[action]}`,
    processes: [supervisor],
    fields: () => ({
      supervisor: { ...supervisorFields(event), strategy, restarts, maxRestarts, maxSeconds },
      child: childFields(child),
      report,
      action,
      ...reasonFields(reason),
    }),
  };
}

/** OTP: a progress report. */
export function supervisorProgress(event: SupervisorStartEvent): Report {
  const { supervisor, name, module, child } = event;
  return {
    level: 'debug',
    kind: `start in ${module}`,
    message: `${module} ${supervisor}${inParentheses(name)}: child ${formatServer(child.id)} ${child.pid ?? ''} started`,
    processes: [supervisor],
    fields: () => ({ supervisor: supervisorFields(event), child: childFields(child) }),
  };
}

/** Elixir: what the default `handle_info` of a `GenServer` logs. Of an end it is told whose it was, and why: the runtime has made that message. */
export function unexpectedMessageReport(event: UnexpectedMessageEvent, contents: Contents): Report {
  const { pid, module, message } = event;
  const end = endIn(message);
  return {
    level: 'error',
    kind: `unexpected message to ${module}`,
    message: `${module} ${pid} received an unexpected message: ${typeOfMessage(message)}${end === undefined ? '' : ` of ${end.of}: ${why(end.reason)}`}`,
    processes: [pid],
    fields: () => ({
      process: { pid: String(pid), initialCall: module, lastMessage: typeOfMessage(message) },
      ...(end && { of: end.of, ...reasonFields(end.reason) }),
      message: contents(message),
    }),
  };
}

/** Whose end a message tells, and why. */
function endIn(message: unknown): { readonly of: string; readonly reason: ExitReason } | undefined {
  if (isExit(message) && isPid(message.from)) return { of: String(message.from), reason: message.reason };
  if (isDown(message) && isRef(message.ref))
    return { of: formatValue(message.object), reason: message.reason };
  return undefined;
}

/** OTP: the exit report of an application. An orderly end that stops nothing else is no error. */
export function applicationReport({
  application,
  report,
  reason,
  restart,
  action,
}: ApplicationEvent): Report {
  const isOrderly = report === 'exited' && (reason === 'stopped' || !isAbnormal(reason));
  const level: Level = isOrderly && action === 'none' ? 'info' : 'error';
  const follows = action === 'terminate' ? '; all others are stopped, and the program ends' : '';
  return {
    level,
    kind: `${report} of application ${application}`,
    isTerminal: true,
    message: `application ${application} ${APPLICATION_ENDINGS[report]}: ${why(errorIn(reason) ?? reason)}${follows}`,
    processes: [],
    fields: () => ({ application: { name: application, restart }, report, action, ...reasonFields(reason) }),
  };
}

/** OTP: the progress report of an application. */
export function applicationProgress({ application, restart, pid }: ApplicationStartEvent): Report {
  return {
    level: 'debug',
    kind: `start of application ${application}`,
    message: `application ${application} ${pid} started`,
    processes: [pid],
    fields: () => ({ application: { name: application, restart, pid: String(pid) } }),
  };
}

/** OTP: what is reported of SIGTERM. */
export function signalReport({ signal, action, shutdownTimeout }: SignalEvent): Report {
  const limit = shutdownTimeout === 'infinity' ? '' : `, within ${shutdownTimeout} ms`;
  const follows =
    action === 'stop'
      ? `all applications are stopped${limit}`
      : 'it is not the first: the program ends at once';
  return {
    level: action === 'stop' ? 'info' : 'warn',
    kind: signal,
    isTerminal: true,
    message: `${signal} received; ${follows}`,
    processes: [],
    fields: () => ({ signal, action }),
  };
}

function supervisorFields({ supervisor, name, module }: SupervisorStartEvent): object {
  return { pid: String(supervisor), name, module };
}

function childFields({ id, pid, restart, shutdown, type }: Child): object {
  return { id: formatServer(id), pid: pid?.toString(), restart, shutdown, type };
}

const HEALS: { readonly [K in SupervisorEvent['action']]: boolean } = {
  restart: true,
  try_again: true,
  remove: true,
  roll_back: false,
  shutdown: false,
  none: false,
};

const ENDINGS: { readonly [K in SupervisorEvent['report']]: string } = {
  start_error: 'did not start',
  child_terminated: 'ended',
  shutdown_error: 'was told to stop and ended otherwise',
  shutdown: 'ended too often',
};

const FOLLOWS: { readonly [K in SupervisorEvent['action']]: string } = {
  restart: 'it is restarted',
  try_again: 'it is tried again',
  remove: 'it is removed',
  roll_back: 'the supervisor does not start',
  shutdown: 'the supervisor ends',
  none: 'nothing follows',
};

const APPLICATION_ENDINGS: { readonly [K in ApplicationEvent['report']]: string } = {
  start_error: 'did not start',
  exited: 'ended',
  prep_stop_error: 'is stopped all the same, though its prepStop failed',
  stop_error: 'has ended, and its stop failed',
};
