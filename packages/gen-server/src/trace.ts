/** Tracing and counting what a server does, where a system message asked for it. OTP: `sys:handle_debug`. */
import { type Gen, systemTime } from '@coppice/core';
import type { CallbackResult } from './callback-result.ts';
import { type Loop, systemOf } from './loop.ts';
import { reportTrace } from './telemetry.ts';

/** What `GenServer.statistics` gives. OTP: `sys:statistics/2`; reductions are not counted. */
export interface Statistics {
  /** Wall-clock ms. */
  readonly startTime: number;
  /** Wall-clock ms. */
  readonly currentTime: number;
  /** Calls, casts and other messages; not system messages. */
  readonly messagesIn: number;
  /** Replies returned by callbacks. */
  readonly messagesOut: number;
}

/** A message has come in. */
export function observeMessage(loop: Loop, message: unknown): void {
  const { statistics, isTraced } = systemOf(loop);
  if (statistics !== undefined) statistics.messagesIn += 1;
  if (isTraced) reportTrace(loop.definition.module, { kind: 'in', message });
}

/** A callback has returned `result`. */
export function observeResult(loop: Loop, result: CallbackResult, from: Gen.From | undefined): void {
  const { statistics, isTraced } = systemOf(loop);
  const state = result.state;
  if (result.kind === 'reply' && from !== undefined) {
    if (statistics !== undefined) statistics.messagesOut += 1;
    if (isTraced)
      reportTrace(loop.definition.module, { kind: 'out', reply: result.value, to: from.pid, state });
  } else if (result.kind === 'noreply' && isTraced) {
    reportTrace(loop.definition.module, { kind: 'noreply', state });
  }
}

/** Starts or ends counting. */
export function setStatistics(loop: Loop, on: boolean): void {
  systemOf(loop).statistics = on ? { startTime: systemTime(), messagesIn: 0, messagesOut: 0 } : undefined;
}

/** What was counted; `undefined` while counting is off. */
export function getStatistics(loop: Loop): Statistics | undefined {
  const counters = loop.system?.statistics;
  return counters && { ...counters, currentTime: systemTime() };
}
