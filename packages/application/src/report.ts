/**
 * What is told of applications: starts, ends, callbacks that fail. On channels of core's telemetry; what went wrong and has no listener goes to stderr. OTP: the
 * reports of `application_controller`.
 */
import {
  type ExitReason,
  emit,
  errorIn,
  formatExit,
  formatValue,
  hasSubscribers,
  isAbnormal,
  isShutdown,
  type Pid,
  printable,
  type Restart,
  type Timeout,
  userFramesFirst,
} from '@coppice/core';

/** An end, a failed start or a failed callback of an application. */
export interface ApplicationReport {
  readonly application: string;
  /** It did not start; ended; `prepStop` or `stop` threw, which stops nothing. */
  readonly report: 'start_error' | 'exited' | 'prep_stop_error' | 'stop_error';
  /** `'stopped'`: it was told to, by `Application.stop` or with the program. */
  readonly reason: ExitReason;
  readonly restart: Restart;
  /** What follows. `terminate`: all others are stopped, and the node goes down. */
  readonly action: 'none' | 'terminate';
}

/** An application has started. */
export interface ApplicationProgress {
  readonly application: string;
  readonly restart: Restart;
  /** The application's master: group leader of all its processes. */
  readonly pid: Pid<never>;
}

/** The program was told to end. OTP: what `erl_signal_server` reports of SIGTERM. */
export interface SignalReport {
  readonly signal: string;
  /** What follows. `stop`: all applications are stopped, for which they have the shutdown time; `exit`: it was not the first, and the program ends at once. */
  readonly action: 'stop' | 'exit';
  readonly shutdownTimeout: Timeout;
}

declare module '@coppice/core' {
  interface Channels {
    readonly 'coppice.application.report': ApplicationReport;
    readonly 'coppice.application.progress': ApplicationProgress;
    readonly 'coppice.application.signal': SignalReport;
  }
}

/** Tells what has happened to an application. Without a listener it is written to stderr, unless the end was an orderly one. */
export function report(event: ApplicationReport): void {
  if (hasSubscribers('coppice.application.report')) return emit('coppice.application.report', event);
  const isOrderly = event.report === 'exited' && (event.reason === 'stopped' || !isAbnormal(event.reason));
  if (!isOrderly || event.action === 'terminate') console.error(formatReport(event));
}

/** Tells of a start. */
export function reportProgress(event: ApplicationProgress): void {
  if (hasSubscribers('coppice.application.progress')) emit('coppice.application.progress', event);
}

/** Tells that the program was told to end. */
export function reportSignal(event: SignalReport): void {
  if (hasSubscribers('coppice.application.signal')) emit('coppice.application.signal', event);
}

/** For people: which application, what, why, what follows. An error of which a supervisor has told already comes without its stack. */
export function formatReport({ application, report, reason, restart, action }: ApplicationReport): string {
  const error = errorIn(reason);
  const stack = (): string => userFramesFirst(formatExit(error ?? reason));
  const why = isShutdown(reason) && error !== undefined ? formatValue(error) : stack();
  const follows =
    action === 'terminate' ? `\nit is ${restart}: all others are stopped, and the program ends` : '';
  return printable(`application ${application} ${WHAT[report]}: ${why}${follows}`);
}

const WHAT: { readonly [K in ApplicationReport['report']]: string } = {
  start_error: 'did not start',
  exited: 'ended',
  prep_stop_error: 'is stopped all the same, though its prepStop failed',
  stop_error: 'has ended, and its stop failed',
};
