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
  type Pid,
  type Restart,
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

declare module '@coppice/core' {
  interface Channels {
    readonly 'coppice.application.report': ApplicationReport;
    readonly 'coppice.application.progress': ApplicationProgress;
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

/** For people: which application, what, why, what follows. */
export function formatReport({ application, report, reason, restart, action }: ApplicationReport): string {
  const error = errorIn(reason);
  const why = error === undefined ? formatValue(reason) : formatExit(error);
  const follows =
    action === 'terminate' ? `\nit is ${restart}: all others are stopped, and the program ends` : '';
  return `application ${application} ${WHAT[report]}: ${why}${follows}`;
}

const WHAT: { readonly [K in ApplicationReport['report']]: string } = {
  start_error: 'did not start',
  exited: 'ended',
  prep_stop_error: 'is stopped all the same, though its prepStop failed',
  stop_error: 'has ended, and its stop failed',
};
