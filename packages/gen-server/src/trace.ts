/** Tracing, keeping and counting what a server does, where a system message asked for it. OTP: `sys:handle_debug`. */
import { type Gen, self, systemTime } from '@coppice/core';
import type { CallbackResult } from './callback-result.ts';
import { type Loop, systemOf } from './loop.ts';
import { printTrace, reportTrace, type TraceEvent, type TraceStep } from './telemetry.ts';

/** How many steps a log keeps unless told otherwise. */
const DEFAULT_LIMIT = 10;

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
  const { statistics } = systemOf(loop);
  if (statistics !== undefined) statistics.messagesIn += 1;
  observe(loop, { kind: 'in', message });
}

/** A callback has returned `result`. */
export function observeResult(loop: Loop, result: CallbackResult, from: Gen.From | undefined): void {
  const { statistics } = systemOf(loop);
  const { state } = result;
  if (result.kind === 'reply' && from !== undefined) {
    if (statistics !== undefined) statistics.messagesOut += 1;
    observe(loop, { kind: 'out', reply: result.value, to: from.pid, state });
  } else if (result.kind === 'noreply') {
    observe(loop, { kind: 'noreply', state });
  }
}

/** Starts keeping the last steps, ten or as many as told, or ends it. As in OTP, a log that is kept already stays as it is. */
export function setLog(loop: Loop, flag: boolean | number): void {
  const system = systemOf(loop);
  if (flag === false) system.log = undefined;
  else system.log ??= { limit: flag === true ? DEFAULT_LIMIT : flag, events: [] };
}

/** The steps that are kept, oldest first. */
export function getLog(loop: Loop): readonly TraceEvent[] {
  return [...(loop.system?.log?.events ?? [])];
}

/** Writes the steps that are kept to stdout. */
export function printLog(loop: Loop): void {
  for (const event of getLog(loop)) printTrace(event);
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

/** Reports and keeps one step, as far as that is asked for. */
function observe(loop: Loop, step: TraceStep): void {
  const { isTraced, log } = systemOf(loop);
  if (!isTraced && log === undefined) return;
  const event: TraceEvent = { pid: self(), module: loop.definition.module, ...step };
  if (isTraced) reportTrace(event);
  if (log === undefined) return;
  log.events.push(event);
  if (log.events.length > log.limit) log.events.shift();
}
