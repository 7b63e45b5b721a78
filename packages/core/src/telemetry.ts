/**
 * Channels on which the runtime tells what happens. Without a subscriber an event costs one look-up and is not built.
 * A subscriber that throws, or whose promise rejects, hurts nobody: what it threw is written to stderr. OTP: `telemetry`, and the logger's reports.
 */
import { requireFunction } from './argument.ts';
import { attempt } from './attempt.ts';
import type { ExitReason } from './exit-reason.ts';
import { formatExit, printable } from './format.ts';
import type { Name } from './name.ts';
import type { Pid } from './pid.ts';

/** The end of a process. */
export interface ExitEvent {
  readonly pid: Pid<never>;
  readonly name: string | undefined;
  readonly label: unknown;
  readonly initialCall: string;
  readonly reason: ExitReason;
  /** The message that was being handled; only behaviours have one. */
  readonly lastMessage: unknown;
  /** The behaviour's state, as its `formatStatus` gives it. */
  readonly state: unknown;
  readonly ancestors: readonly (Pid<never> | string)[];
  readonly callers: readonly Pid<never>[];
  readonly messageQueueLength: number;
}

/** A handler that held the thread for long. */
export interface LongScheduleEvent {
  readonly pid: Pid<never>;
  readonly name: string | undefined;
  readonly initialCall: string;
  readonly ms: number;
  readonly message: unknown;
}

/** Code of a process that has exited and that has not come to its end since. */
export interface LingeringEvent {
  readonly pid: Pid<never>;
  readonly initialCall: string;
  /** Stack of the `spawn`, where the node records it. */
  readonly spawnedAt: string | undefined;
  readonly ms: number;
}

/** What code of a process that had exited already threw, or rejected with, and nothing caught. */
export interface LateErrorEvent {
  readonly pid: Pid<never>;
  readonly error: unknown;
}

/** A mailbox with a limit is full: from now on messages are lost, or the process ends. Told once of each process. */
export interface MailboxFullEvent {
  readonly pid: Pid<never>;
  readonly name: string | undefined;
  readonly initialCall: string;
  readonly limit: number;
  readonly onFull: 'drop_newest' | 'drop_oldest' | 'exit';
}

/** A message that nobody will receive. */
export interface DeadLetterEvent {
  readonly to: Pid<never> | Name;
  readonly message: unknown;
}

/** The channels, by name. Packages add theirs by declaration merging. */
export interface Channels {
  /** Every end of a process. */
  readonly 'coppice.process.exit': ExitEvent;
  /** Ends that a process's own code brought about, with an abnormal reason. Without a subscriber they are written to stderr. */
  readonly 'coppice.process.crash': ExitEvent;
  /** Turns that took longer than `longSchedule` allows. Without a subscriber they are written to stderr. */
  readonly 'coppice.process.long_schedule': LongScheduleEvent;
  /** Code that has not come to its end 30 s after its process. Without a subscriber it is written to stderr. */
  readonly 'coppice.process.lingering': LingeringEvent;
  /** Errors that nothing caught, of code whose process had exited. Without a subscriber the first of each process is written to stderr. */
  readonly 'coppice.process.late_error': LateErrorEvent;
  /** Mailboxes that have reached their limit, once each. Without a subscriber they are written to stderr. */
  readonly 'coppice.process.mailbox_full': MailboxFullEvent;
  /** Messages that nobody will receive. */
  readonly 'coppice.dead_letter': DeadLetterEvent;
}

type Listener = (event: unknown) => void;
const listeners = new Map<string, Set<Listener>>();

/** Attaches a listener, which runs synchronously; the result detaches it. OTP: `telemetry:attach/4`. */
export function subscribe<K extends keyof Channels>(
  channel: K,
  listener: (event: Channels[K]) => void,
): () => void {
  requireFunction(listener, 'listener');
  // `emit` gives a channel's listeners only that channel's events.
  const entry = ((event: Channels[K]) => listener(event)) as Listener;
  const group = listeners.get(channel) ?? new Set();
  listeners.set(channel, group.add(entry));
  return () => {
    group.delete(entry);
    if (group.size === 0 && listeners.get(channel) === group) listeners.delete(channel);
  };
}

/** Whether anybody listens: ask before building an event that costs something. */
export function hasSubscribers(channel: keyof Channels): boolean {
  return listeners.has(channel);
}

/** How many listeners all channels have: what a leak check compares. */
export function countSubscribers(): number {
  let count = 0;
  for (const group of listeners.values()) count += group.size;
  return count;
}

/** Tells all listeners of `channel`. */
export function emit<K extends keyof Channels>(channel: K, event: Channels[K]): void {
  const group = listeners.get(channel);
  if (group === undefined) return;
  const report = (error: unknown): void =>
    writeError(`a subscriber of ${channel} threw: ${formatExit(error)}`);
  for (const listener of [...group]) attempt(() => listener(event), report);
}

/** Writes a report for people to stderr, where no logger is. */
export function writeError(text: string): void {
  const { stderr } = globalThis.process ?? {};
  const report = printable(text);
  if (stderr === undefined) console.error(report);
  else stderr.write(`${report}\n`);
}
