/** How the end of a process is told: on the channels, and for a crash on stderr where nobody listens. OTP: `proc_lib`'s crash report. */
import { emitAsMain, report } from './emit-as-main.ts';
import { type ExitReason, isAbnormal } from './exit-reason.ts';
import { formatExit, formatValue, meaningOf, printable } from './format.ts';
import type { Behaviour, Process } from './process.ts';
import { type ExitEvent, hasSubscribers } from './telemetry.ts';

/** How a process ended: its code returned or threw, it called `exit(reason)`, or a signal ended it. */
export type ExitOrigin = 'code' | 'exit' | 'signal';

/**
 * Tells of an exit. A crash is an abnormal end by the process's own code: a throw, and in a behaviour or a task `exit(reason)` too. A plain
 * process that calls `exit` does so on purpose, and being ended by a signal is no crash of the one that is ended. OTP has the same rules.
 */
export function reportExit(process: Process, reason: ExitReason, origin: ExitOrigin): void {
  const crashed = isAbnormal(reason) && (origin === 'code' || (origin === 'exit' && reportsExits(process)));
  const isObserved = hasSubscribers('coppice.process.exit');
  if (!crashed && !isObserved) return;
  const event = describeExit(process, reason);
  if (isObserved) emitAsMain(process.host, 'coppice.process.exit', event);
  if (crashed) report(process.host, 'coppice.process.crash', event, describeCrash);
}

/** A crash for people. The contents of messages and of the state are left out: they may hold secrets. */
export function formatCrash(event: ExitEvent): string {
  return printable(describeCrash(event));
}

function describeCrash(event: ExitEvent): string {
  const facts = [
    ['label', event.label === undefined ? '' : formatValue(event.label)],
    ['last message', event.lastMessage === undefined ? '' : typeOfMessage(event.lastMessage)],
    ['mailbox', event.messageQueueLength === 0 ? '' : `${event.messageQueueLength} messages`],
    ['ancestors', event.ancestors.join(', ')],
    ['callers', event.callers.join(', ')],
  ].filter(([, value]) => value !== '');
  return [
    `process ${formatWho(event)} crashed: ${event.initialCall}`,
    userFramesOnly(formatExit(event.reason)) + meaningOf(event.reason),
    ...facts.map(([fact, value]) => `${fact}: ${value}`),
  ].join('\n');
}

/** A process by its pid, and its name if it has one. */
export function formatWho({ pid, name }: Pick<ExitEvent, 'pid' | 'name'>): string {
  return name === undefined ? `${pid}` : `${pid} (${name})`;
}

/** What kind of message it was, without its contents. */
export function typeOfMessage(message: unknown): string {
  if (typeof message !== 'object' || message === null) return typeof message;
  if ('type' in message && typeof message.type === 'string') {
    return 'request' in message && typeof message.request === 'string'
      ? `${message.type} ${message.request}`
      : message.type;
  }
  return Array.isArray(message) ? 'array' : 'object';
}

function describeExit(process: Process, reason: ExitReason): ExitEvent {
  const { extension, behaviour } = process;
  return {
    pid: process.pid,
    name: extension?.name,
    label: extension?.label,
    initialCall: process.initialCall,
    reason,
    lastMessage: process.lastMessage,
    get state() {
      return stateOf(behaviour);
    },
    ancestors: process.lineage.ancestors,
    callers: extension?.callers ?? [],
    messageQueueLength: process.mailbox.length,
  };
}

function reportsExits(process: Process): boolean {
  return process.behaviour !== undefined || process.extension?.reportsExits === true;
}

/** Asked for only when somebody reads it: most ends are told to those who want to know no more than the reason. */
function stateOf(behaviour: Behaviour | undefined): unknown {
  try {
    return behaviour?.crashState?.();
  } catch (error) {
    return error; // a formatStatus that throws must not change why the process ends
  }
}

/** A stack as text, its frames of the runtime and of Node behind those of the program. Text without frames stays as it is. */
export function userFramesFirst(text: string): string {
  return changeFrames(text, (own, runtime) => [...own, ...runtime]);
}

/** A stack as text, its frames of the runtime and of Node only counted, where the program has any. */
export function userFramesOnly(text: string): string {
  return changeFrames(text, (own, runtime) =>
    own.length > 0 && runtime.length > 0
      ? [...own, `    (and ${runtime.length} of the runtime)`]
      : [...own, ...runtime],
  );
}

/** Each run of frames, parted into those of the program and the others. */
function changeFrames(
  text: string,
  change: (own: readonly string[], runtime: readonly string[]) => readonly string[],
): string {
  return text.replaceAll(/^\s+at .*(?:\n\s+at .*)*/gm, (run) => {
    const frames = run.split('\n');
    const isOwn = (frame: string): boolean => !isRuntimeFrame(frame);
    return change(frames.filter(isOwn), frames.filter(isRuntimeFrame)).join('\n');
  });
}

/** Where the packages of this library lie, as stacks name it: known from the first frame of a stack made here, `''` where they are installed. */
let home: string | undefined;

/** Whether a line of a stack is of this library or of Node. */
export function isRuntimeFrame(line: string): boolean {
  home ??= /[^(\s]*[\\/]packages[\\/](?=core[\\/](?:src|dist)[\\/])/.exec(ownFrame())?.[0] ?? '';
  const at = home === '' ? -1 : line.indexOf(home);
  const isSource = at !== -1 && /^[a-z-]+[\\/](?:src|dist)[\\/]/.test(line.slice(at + home.length));
  return isSource || /[\\/]node_modules[\\/]@?coppice[\\/]|\(node:|at node:/.test(line);
}

/** Its own line alone: further down stands the program, which may have a folder of the same name. */
function ownFrame(): string {
  return new Error().stack?.split('\n').find((line) => /^\s+at /.test(line)) ?? '';
}
