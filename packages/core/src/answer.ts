/** What answers a request, by the monitor that it was made with: the reply, or the DOWN in its place. */
import { describe } from './format.ts';
import type { Down, Reply } from './message.ts';
import type { Process } from './process.ts';
import { type MonitorRef, Reference } from './reference.ts';
import { Monitor } from './relation.ts';

/** The reply to a request, or the DOWN of who should have replied. */
export type Answer = Reply | Down;

export function isAnswer(value: unknown): value is Answer {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('ref' in value)) return false;
  return value.type === 'reply' || value.type === 'DOWN';
}

/** Takes the answer that lies in the mailbox. */
export function takeAnswer(process: Process, ref: MonitorRef): Answer | undefined {
  if (process.mailbox.length === 0) return undefined;
  const found = process.mailbox.take((message) => isAnswer(message) && message.ref === ref);
  return isAnswer(found) ? found : undefined;
}

/** The monitor that `ref` names. Throws `TypeError` if it is none of `process`. */
export function requireOwnMonitor(process: Process, ref: MonitorRef): Monitor {
  const monitor = Reference.recordOf(ref);
  if (monitor instanceof Monitor && monitor.watcher === process.pid) return monitor;
  throw new TypeError(`ref must be a monitor of the calling process, got ${describe(ref)}`);
}

/** Whether an answer may still come by a monitor; one that has come lies in the mailbox, or was taken. */
export function isPending(monitor: Monitor): boolean {
  return monitor.isActive || monitor.alias !== undefined;
}
