/** What a running server is made of. OTP: the arguments of the loop of `gen_server`. */
import { type Pid, requireTimeout, type Timeout } from '@coppice/core';
import type { Step } from './callback-result.ts';
import type { Definition } from './definition.ts';
import type { TraceEvent } from './telemetry.ts';

/** A server's own data, changed by its loop alone. */
export interface Loop {
  definition: Definition;
  state: unknown;
  /** Whose exit ends this server: who started it, or, if neither linked nor monitored from the start, itself, from its `init` on. */
  readonly parent: Pid<never> | undefined;
  /** What the last callback wants to follow. */
  step: Step | undefined;
  /** What few servers have. */
  system: SystemState | undefined;
}

/** What the system messages, and `hibernateAfter`, add to a server. OTP: `sys`'s part of a process. */
export interface SystemState {
  readonly hibernateAfter: Timeout;
  isSuspended: boolean;
  isTraced: boolean;
  log: Log | undefined;
  statistics: Counters | undefined;
}

/** The last steps of a server, while they are kept. */
export interface Log {
  readonly limit: number;
  readonly events: TraceEvent[];
}

/** What is counted while statistics are on. */
export interface Counters {
  /** Wall-clock ms. */
  readonly startTime: number;
  messagesIn: number;
  messagesOut: number;
}

/** The system part that a server starts with. Throws for a bad `hibernateAfter`. */
export function systemFor(hibernateAfter: Timeout | undefined): SystemState | undefined {
  if (hibernateAfter === undefined) return undefined;
  requireTimeout(hibernateAfter, 'hibernateAfter');
  return hibernateAfter === 'infinity' ? undefined : makeSystem(hibernateAfter);
}

/** The system part of `loop`, made if there is none. */
export function systemOf(loop: Loop): SystemState {
  loop.system ??= makeSystem('infinity');
  return loop.system;
}

function makeSystem(hibernateAfter: Timeout): SystemState {
  return { hibernateAfter, isSuspended: false, isTraced: false, log: undefined, statistics: undefined };
}
