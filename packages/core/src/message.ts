/** Messages that the runtime makes, and the types that tell what a process receives and what it may be sent. */
import type { ExitReason } from './exit-reason.ts';
import type { Pid } from './pid.ts';
import type { MonitorRef, Ref, TimerRef } from './reference.ts';

/** OTP: `{'DOWN', Ref, process, Object, Reason}`. `object` is what was monitored: the pid, or the local name. */
export interface Down {
  readonly type: 'DOWN';
  readonly ref: MonitorRef;
  readonly object: Pid<never> | { readonly local: string; readonly node: string };
  readonly reason: ExitReason;
}
/** OTP: `{'EXIT', From, Reason}`; only to a process that traps exits. */
export interface Exit {
  readonly type: 'EXIT';
  readonly from: Pid<never>;
  readonly reason: ExitReason;
}
/** What `cancelTimer` with `async: true` sends: the ms that were left, or `false`. OTP: `{cancel_timer, Ref, Result}`. */
export interface TimerCancelled {
  readonly type: 'cancel_timer';
  readonly ref: TimerRef;
  readonly left: number | false;
}

/** What `startTimer` sends. OTP: `{timeout, Ref, Message}`. */
export interface TimerFired<out T = unknown> {
  readonly type: 'timeout';
  readonly ref: TimerRef;
  readonly message: T;
}
/** The answer to a request, named by the monitor of who answers. In a mailbox only if nobody waits for it. OTP: `{Ref, Reply}`. */
export interface Reply<out R = unknown> {
  readonly type: 'reply';
  readonly ref: MonitorRef;
  readonly value: R;
}
/** Messages that only the runtime makes. A process lists those it handles in its `M`; nobody can send them. */
export type SystemMessage = Down | Exit;
/** What others may send to a process that receives `M`. */
export type Sendable<M> = Exclude<M, SystemMessage>;

/** Whether `message` says that a monitored process has ended. */
export function isDown(message: unknown): message is Down {
  return hasType(message, 'DOWN');
}

/** Whether `message` is what the monitor `ref` sends, whatever its tag. */
export function isDownOf(message: unknown, ref: Ref): boolean {
  if (typeof message !== 'object' || message === null || !('ref' in message)) return false;
  return message.ref === ref && 'object' in message && 'reason' in message;
}

/** Whether `message` is the exit signal of a linked process, trapped. */
export function isExit(message: unknown): message is Exit {
  return hasType(message, 'EXIT');
}

/** Whether `message` is the reply to a request. */
export function isReply(message: unknown): message is Reply {
  return hasType(message, 'reply');
}

function hasType(message: unknown, type: string): boolean {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === type;
}
