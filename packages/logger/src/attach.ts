/** Attaches pino to the channels on which the runtime and the behaviours report. OTP: `logger:add_handler/3`. */
import { type Channels, describe, formatValue, subscribe } from '@coppice/core';
import { type Logger as Pino, pino } from 'pino';
import { atExit } from './at-exit.ts';
import {
  type ApplicationEvent,
  type ApplicationStartEvent,
  applicationProgress,
  applicationReport,
  type SignalEvent,
  type SupervisorEvent,
  type SupervisorStartEvent,
  signalReport,
  supervisorProgress,
  supervisorReport,
  type UnexpectedMessageEvent,
  unexpectedMessageReport,
} from './behaviour-reports.ts';
import { mixin } from './metadata.ts';
import {
  crashReport,
  deadLetterReport,
  lateErrorReport,
  lingeringReport,
  longScheduleReport,
  mailboxFullReport,
} from './process-reports.ts';
import { contentsBy, LEVELS, type Level, type Report } from './report.ts';
import { makeStdout } from './stdout.ts';
import { ReportWriter } from './writer.ts';

/** How reports are written. */
export interface LoggerOptions {
  /** Where they go; without it a pino of their own that writes JSON to stdout without waiting for it. */
  readonly pino?: Pino;
  /** The least level that is written, default `'info'`; `'debug'` adds dead letters and progress. The pino's own level counts as well. */
  readonly level?: Level;
  /** Turns a state or message into what is logged of it. Without it none of their contents are, for they may hold secrets. */
  readonly redact?: (value: unknown) => unknown;
}

/**
 * Writes crash, supervisor, application, progress and dead-letter reports with pino, from all nodes of the program; what had no listener before no longer
 * goes to stderr. The result detaches. At most 100 lines a second are written, some of them kept for what ends supervisors, applications and the program,
 * and writing takes at most a tenth of the thread: what is held back is counted and told in one line a second later. A pino that throws hurts nobody; the
 * report is then on stderr. Throws `TypeError` for options that are none.
 *
 * ```ts
 * Logger.attach();
 * ```
 *
 * OTP: `logger:add_handler/3`.
 */
export function attach(options: LoggerOptions = {}): () => void {
  requireOptions(options);
  const { level = 'info' } = options;
  const logger = options.pino ?? pino({ level, mixin }, makeStdout());
  const stopListening = hearErrors(logger);
  const writer = new ReportWriter(logger);
  const forgetExit = atExit(() => writer.close()); // what the last second held back
  const detach = subscribeAll((report) => {
    if (LEVELS.indexOf(report.level) >= LEVELS.indexOf(level)) writer.write(report);
  }, options);
  let isAttached = true;
  return () => {
    if (!isAttached) return;
    isAttached = false;
    for (const stop of detach) stop();
    forgetExit();
    writer.close();
    stopListening();
  };
}

type Write = (report: Report) => void;

function subscribeAll(write: Write, { level, redact }: LoggerOptions): readonly (() => void)[] {
  const contents = contentsBy(redact);
  const always = [
    subscribe('coppice.process.crash', (event) => write(crashReport(event, contents))),
    subscribe('coppice.process.long_schedule', (event) => write(longScheduleReport(event, contents))),
    subscribe('coppice.process.lingering', (event) => write(lingeringReport(event))),
    subscribe('coppice.process.late_error', (event) => write(lateErrorReport(event))),
    subscribe('coppice.process.mailbox_full', (event) => write(mailboxFullReport(event))),
    hear<SupervisorEvent>('coppice.supervisor.report', (event) => write(supervisorReport(event))),
    hear<UnexpectedMessageEvent>('coppice.gen_server.unexpected_message', (event) =>
      write(unexpectedMessageReport(event, contents)),
    ),
    hear<ApplicationEvent>('coppice.application.report', (event) => write(applicationReport(event))),
    hear<SignalEvent>('coppice.application.signal', (event) => write(signalReport(event))),
  ];
  if (level !== 'debug') return always;
  return [
    ...always,
    subscribe('coppice.dead_letter', (event) => write(deadLetterReport(event, contents))),
    hear<SupervisorStartEvent>('coppice.supervisor.progress', (event) => write(supervisorProgress(event))),
    hear<ApplicationStartEvent>('coppice.application.progress', (event) => write(applicationProgress(event))),
  ];
}

/** A channel that another package declares, with the events that it is known to have there. */
function hear<E>(channel: string, listener: (event: E) => void): () => void {
  // Channels are merged into core's interface by packages that are not imported here; at run time a channel is its name.
  return subscribe(channel as keyof Channels, listener as (event: unknown) => void);
}

/** A stream that fails without a listener would end the program. */
function hearErrors(logger: Pino): () => void {
  const stream: unknown = Reflect.get(logger, pino.symbols.streamSym);
  if (!isEmitter(stream)) return () => {};
  const tell = (error: unknown): void => console.error(`the stream of pino failed: ${formatValue(error)}`);
  stream.on('error', tell);
  return () => {
    stream.off('error', tell);
  };
}

interface Emitter {
  on(event: 'error', listener: (error: unknown) => void): unknown;
  off(event: 'error', listener: (error: unknown) => void): unknown;
}

function isEmitter(stream: unknown): stream is Emitter {
  return (
    typeof stream === 'object' &&
    stream !== null &&
    'on' in stream &&
    typeof stream.on === 'function' &&
    'off' in stream &&
    typeof stream.off === 'function'
  );
}

function requireOptions(options: LoggerOptions): void {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`options must be an object such as { level: 'info' }, got ${describe(options)}`);
  const { pino: logger, level, redact } = options;
  if (level !== undefined && !LEVELS.includes(level))
    throw new TypeError(`level must be 'debug', 'info', 'warn' or 'error', got ${formatValue(level)}`);
  if (redact !== undefined && typeof redact !== 'function')
    throw new TypeError(`redact must be a function, got ${formatValue(redact)}`);
  const needed = [...LEVELS, 'isLevelEnabled'] as const;
  if (logger !== undefined && !needed.every((name) => typeof logger?.[name] === 'function'))
    throw new TypeError(
      `pino must be a pino logger with the levels ${LEVELS.join(', ')}, got ${formatValue(logger)}`,
    );
}
