/**
 * Errors that nothing caught: a throw in the callback of a timer or socket, an `error` event without listener, a rejection that nobody handles. Only the
 * host's global handlers see them, and there who the calling process is still says whose code it was.
 */
import { realClock } from './clock.ts';
import { userFramesOnly } from './crash-report.ts';
import { currentProcess, onLateCode } from './current.ts';
import { report } from './emit-as-main.ts';
import { ProcessExited } from './errors.ts';
import { exitThrown } from './exit.ts';
import { safely } from './exit-reason.ts';
import { formatExit } from './format.ts';
import type { Process } from './process.ts';
import { hasSubscribers, type LateErrorEvent } from './telemetry.ts';

/**
 * For the host's handlers of uncaught errors and unhandled rejections: ends the process whose code threw `error`, as a throw in its body would; its links,
 * monitors and supervisor see that. If it has exited already, that is told on `coppice.process.late_error`, unless it is
 * `ProcessExited`, which has stopped the code. Gives `false` if the error is no process's: then it is the host's to deal with. Top-level code is no process
 * here, though it runs as main.
 */
export function exitStray(error: unknown): boolean {
  const process = currentProcess();
  if (process === undefined || process === process.host.main) return false;
  if (process.isAlive) exitThrown(process, error);
  else reportLate(process, error);
  return true;
}

/** Deals with an error that nothing caught; gives `false` if it is the host's. */
let take: (error: unknown) => boolean = takeLate;
let isListening = false;

/**
 * From now on an error that nothing caught, and a rejection that nobody handles, is the exit of the process whose code it was: see {@link exitStray}. One of no
 * process keeps the host's default. Without it that holds for processes that have exited only, whose errors are told and end nothing.
 */
export function ownStrayErrors(): void {
  take = exitStray;
  listen();
}

/** Code of a dead process harms nobody, be it that it waits for a promise which it handles too late. */
onLateCode(listen);

function takeLate(error: unknown): boolean {
  return currentProcess()?.isAlive === false && exitStray(error);
}

/** Processes that stderr was told of. */
const told = new WeakSet<Process>();

/** What only says that the process has exited is what stops its code. Anything else is a failure that nobody would hear of. */
function reportLate(process: Process, error: unknown): void {
  const { host, pid } = process;
  if (safely(() => isStop(error, 8), false)) return;
  if (!hasSubscribers('coppice.process.late_error')) {
    if (told.has(process)) return; // an interval that it left behind would fill stderr
    told.add(process);
  }
  report(host, 'coppice.process.late_error', { pid, error }, format);
}

/** `ProcessExited`, whatever wraps it: an `AbortError`, all of what `Promise.any` waited for. */
function isStop(error: unknown, depth: number): boolean {
  if (error instanceof ProcessExited) return true;
  if (depth === 0 || !(error instanceof Error)) return false;
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  return (
    isStop(error.cause, depth - 1) || (errors.length > 0 && errors.every((one) => isStop(one, depth - 1)))
  );
}

function format({ pid, error }: LateErrorEvent): string {
  return `code that process ${pid} left behind failed after its end:\n${userFramesOnly(formatExit(error))}`;
}

function listen(): void {
  const { process } = globalThis;
  if (isListening || process?.versions?.node === undefined) return;
  isListening = true;
  try {
    process.on('uncaughtException', strayError);
    process.on('unhandledRejection', strayRejection);
  } catch {
    // Node's REPL refuses the first: there it deals with such errors itself.
  }
}

// Both run in the async context of what threw (Node 20 and later). For what is nobody's the program is as it would be without us: if it has listeners of its own,
// they deal with it; else our listener goes, and the error is thrown again where nothing catches it.

function strayError(error: unknown): void {
  const { process } = globalThis;
  if (take(error) || process.listenerCount('uncaughtException') > 1) return;
  process.off('uncaughtException', strayError);
  queueMicrotask(() => {
    throw error;
  });
}

function strayRejection(reason: unknown): void {
  const { process } = globalThis;
  if (take(reason) || process.listenerCount('unhandledRejection') > 1) return;
  process.off('unhandledRejection', strayRejection);
  void Promise.reject(reason);
  // The program goes on if it was told to take rejections lightly (`--unhandled-rejections=warn`).
  realClock.schedule(0, () => process.on('unhandledRejection', strayRejection));
}
