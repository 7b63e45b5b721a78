/** What is said to the application controller, and what it and the processes of an application say to each other. */
import type { ExitReason, Gen, Pid, Restart } from '@coppice/core';

/** Requests to the controller. */
export type Request =
  | {
      readonly type: '$start_application';
      readonly from: Gen.From;
      readonly application: string;
      readonly restart: Restart;
    }
  | { readonly type: '$stop_application'; readonly from: Gen.From; readonly application: string }
  /** Stops all, last started first; answered when all have ended. Nothing is started any more. */
  | { readonly type: '$stop_all'; readonly from: Gen.From; readonly why: string }
  /** Answered with the reason when the application has ended, by itself or not. */
  | { readonly type: '$await_end'; readonly from: Gen.From; readonly application: string };

/** What the controller answers to a start and a stop. */
export type Answer = { readonly ok: true } | { readonly ok: false; readonly reason: ExitReason };

/** From an application's master to the controller. */
export interface ApplicationStarted {
  readonly type: '$application_started';
  readonly application: string;
}

/** From the process that starts the tree to the master. */
export type TreeMessage =
  | { readonly type: '$tree_started'; readonly top: Pid<never> }
  /** What it has left behind, linked to it, is ending. */
  | { readonly type: '$tree_failed'; readonly reason: ExitReason; readonly left: readonly Pid<never>[] };

const REQUESTS: ReadonlySet<unknown> = new Set<Request['type']>([
  '$start_application',
  '$stop_application',
  '$stop_all',
  '$await_end',
]);

export function isRequest(message: unknown): message is Request {
  return isTyped(message) && REQUESTS.has(message.type);
}

export function isApplicationStarted(message: unknown): message is ApplicationStarted {
  return isTyped(message) && message.type === '$application_started';
}

export function isTreeMessage(message: unknown): message is TreeMessage {
  return isTyped(message) && (message.type === '$tree_started' || message.type === '$tree_failed');
}

/** Such messages are made by this package alone: what begins with `$` is nobody else's. */
function isTyped(message: unknown): message is { readonly type: unknown } {
  return typeof message === 'object' && message !== null && 'type' in message;
}
