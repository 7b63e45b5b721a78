/** One turn of a process: its start, the end of a wait, the message that its code waits for, or messages for a behaviour's callbacks. */
import { startBody } from './body.ts';
import { hostNow } from './clock.ts';
import { formatWho, typeOfMessage } from './crash-report.ts';
import { report } from './emit-as-main.ts';
import type { Process } from './process.ts';
import { resumeReceive } from './receive.ts';
import type { LongScheduleEvent } from './telemetry.ts';

/** Runs behaviours. */
export interface BehaviourLoop {
  /** Runs `init`. */
  start(process: Process): void;
  /** Handles what there is to handle. */
  handle(process: Process): void;
}

/** Set by who starts behaviours, so that a program of bodies alone can be bundled without what runs them. */
let behaviours: BehaviourLoop | undefined;

export function runBehavioursBy(loop: BehaviourLoop): void {
  behaviours = loop;
}

/** Gives a process its turn; it has left the run queue. */
export function turn(process: Process): void {
  process.isQueued = false;
  if (!process.isAlive) return;
  if (process.host.longScheduleMs === Number.POSITIVE_INFINITY) return takeTurn(process);
  const startedAt = hostNow();
  const message = firstOf(process.mailbox);
  takeTurn(process);
  reportLongTurn(process, hostNow() - startedAt, message);
}

function takeTurn(process: Process): void {
  if (!process.isStarted) start(process);
  else if (process.extension?.steps?.length) takeStep(process, process.extension.steps);
  else if (process.receiver !== undefined) resumeReceive(process, process.receiver);
  else if (process.behaviour !== undefined && !process.isBusy) behaviours?.handle(process);
}

function start(process: Process): void {
  process.begin();
  if (process.behaviour === undefined) startBody(process);
  else behaviours?.start(process);
}

function takeStep(process: Process, steps: (() => void)[]): void {
  steps.shift()?.();
  const isFree = process.behaviour !== undefined && !process.isBusy;
  if (steps.length > 0 || process.receiver !== undefined || isFree) process.host.enqueue(process);
}

function reportLongTurn(process: Process, ms: number, message: unknown): void {
  const { pid, host, extension, initialCall } = process;
  if (ms <= host.longScheduleMs) return;
  report(
    host,
    'coppice.process.long_schedule',
    { pid, name: extension?.name, initialCall, ms, message },
    format,
  );
}

function format(event: LongScheduleEvent): string {
  const cause = event.message === undefined ? '' : ` with ${typeOfMessage(event.message)}`;
  return `process ${formatWho(event)} held the thread for ${Math.round(event.ms)} ms${cause}: ${event.initialCall}`;
}

function firstOf(messages: Iterable<unknown>): unknown {
  for (const message of messages) return message;
  return undefined;
}
