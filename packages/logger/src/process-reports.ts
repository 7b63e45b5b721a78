/** Reports of core's channels: crashes, code that held the thread or outlived its process, dead letters. OTP: the reports of `proc_lib` and of the emulator. */
import {
  type DeadLetterEvent,
  type ExitEvent,
  formatName,
  formatValue,
  isPid,
  type LateErrorEvent,
  type LingeringEvent,
  type LongScheduleEvent,
  type MailboxFullEvent,
  type Pid,
  typeOfMessage,
} from '@coppice/core';
import { type Contents, inParentheses, type Report, reasonFields, why } from './report.ts';

/** OTP: a crash report; what a `gen_server` tells of its last message and client is in it. */
export function crashReport(event: ExitEvent, contents: Contents): Report {
  const { pid, name, initialCall, reason, callers, ancestors, lastMessage } = event;
  return {
    level: 'error',
    kind: `crash of ${initialCall}`,
    message: `process ${pid}${inParentheses(name)} crashed: ${why(reason)}`,
    processes: [pid, ...callers, ...ancestors],
    fields: () => ({
      process: {
        pid: String(pid),
        name,
        label: event.label === undefined ? undefined : formatValue(event.label),
        initialCall,
        ancestors: ancestors.map(String),
        callers: callers.map(String),
        messageQueueLength: event.messageQueueLength,
        lastMessage: lastMessage === undefined ? undefined : typeOfMessage(lastMessage),
        client: clientOf(lastMessage)?.toString(),
      },
      ...reasonFields(reason),
      message: contents(lastMessage),
      state: contents(event.state),
    }),
  };
}

/** OTP: a `long_schedule` message of the system monitor. */
export function longScheduleReport(event: LongScheduleEvent, contents: Contents): Report {
  const { pid, name, initialCall, ms, message } = event;
  const lastMessage = message === undefined ? undefined : typeOfMessage(message); // a body's first part has none
  return {
    level: 'warn',
    kind: 'long schedule',
    message: `process ${pid}${inParentheses(name)} held the thread for ${Math.round(ms)} ms${lastMessage === undefined ? '' : ` with ${lastMessage}`}`,
    processes: [pid],
    fields: () => ({
      process: { pid: String(pid), name, initialCall, lastMessage },
      ms,
      message: contents(message),
    }),
  };
}

/** OTP has none: there the code of a process ends with it. */
export function lingeringReport({ pid, initialCall, spawnedAt, ms }: LingeringEvent): Report {
  return {
    level: 'warn',
    kind: `lingering code of ${initialCall}`,
    message: `code of process ${pid} still waits, ${Math.round(ms / 1_000)} s after its exit: ${initialCall}`,
    processes: [pid],
    fields: () => ({ process: { pid: String(pid), initialCall, spawnedAt }, ms }),
  };
}

/** OTP has none: there the code of a process ends with it. */
export function lateErrorReport({ pid, error }: LateErrorEvent): Report {
  return {
    level: 'error',
    kind: 'failures of what dead processes left behind',
    message: `code that process ${pid} left behind failed after its end: ${why(error)}`,
    processes: [pid],
    fields: () => ({ process: { pid: String(pid) }, ...reasonFields(error) }),
  };
}

/** OTP has none: there mailboxes have no limit. */
export function mailboxFullReport({ pid, name, initialCall, limit, onFull }: MailboxFullEvent): Report {
  return {
    level: 'warn',
    kind: `full mailbox of ${initialCall}`,
    message: `process ${pid}${inParentheses(name)} has a full mailbox, of ${limit} messages: ${onFull}`,
    processes: [pid],
    fields: () => ({ process: { pid: String(pid), name, initialCall }, limit, onFull }),
  };
}

/** OTP has none: there a message to nobody is gone unseen. Who sent it is not known. */
export function deadLetterReport({ to, message }: DeadLetterEvent, contents: Contents): Report {
  const address = isPid(to) ? String(to) : formatName(to);
  return {
    level: 'debug',
    kind: 'dead letter',
    message: `dead letter to ${address}: ${typeOfMessage(message)}`,
    processes: [],
    fields: () => ({ to: address, message: contents(message) }),
  };
}

/** Who waits for the answer to a request, told by the shape that requests have. */
function clientOf(message: unknown): Pid<never> | undefined {
  if (typeof message !== 'object' || message === null || !('from' in message)) return undefined;
  const { from } = message;
  if (typeof from !== 'object' || from === null || !('pid' in from)) return undefined;
  return isPid(from.pid) ? from.pid : undefined;
}
