/**
 * One turn of a process: its start, the message that its body waits for, or a bounded number of messages for a behaviour's callbacks.
 * A callback that is synchronous runs straight from here and touches no promise; one that gives a promise holds the mailbox until that settles.
 */
import { hostNow } from './clock.ts';
import { currentProcess, enterBody, followsPromises, runIn } from './current.ts';
import { ExitError } from './errors.ts';
import { exitProcess, tellStarter } from './exit.ts';
import type { ExitReason } from './exit-reason.ts';
import { EMPTY } from './mailbox.ts';
import { releaseName } from './names.ts';
import type { Behaviour, Process } from './process.ts';
import { resumeReceive } from './receive.ts';
import { emit, hasSubscribers } from './telemetry.ts';

const MESSAGES_PER_TURN = 64;

/** Gives a process its turn; it has left the run queue. */
export function turn(process: Process): void {
  process.isQueued = false;
  if (!process.isAlive) return;
  const startedAt = process.host.longScheduleMs === Number.POSITIVE_INFINITY ? 0 : hostNow();
  const message = process.lastMessage;
  if (!process.isStarted) start(process);
  else if (process.extension?.steps?.length) takeStep(process, process.extension.steps);
  else if (process.receiver !== undefined) resumeReceive(process, process.receiver);
  else if (process.behaviour !== undefined && !process.isBusy) runIn(process, handleMessages, process);
  if (startedAt !== 0) reportLongTurn(process, hostNow() - startedAt, message);
}

/** The reason of a process whose code threw `error`. */
export function reasonOf(error: unknown): ExitReason {
  if (error instanceof ExitError && error.call === undefined) return error.reason;
  return error instanceof Error ? error : { nocatch: error };
}

function start(process: Process): void {
  process.isStarted = true;
  process.isBusy = true;
  if (process.behaviour === undefined) enterBody(process, startBody);
  else runIn(process, startBehaviour, process);
}

function startBody(process: Process): void {
  let result: unknown;
  try {
    result = process.body?.(process);
  } catch (error) {
    return endBody(process, reasonOf(error));
  }
  if (!isPromise(result)) return endBody(process, 'normal');
  // Shared handlers that know their process by the storage are cheaper than two closures for each process.
  if (followsPromises) result.then(bodyReturned, bodyThrew);
  else
    result.then(
      () => endBody(process, 'normal'),
      (error: unknown) => endBody(process, reasonOf(error)),
    );
}

function bodyReturned(): void {
  const process = currentProcess();
  if (process !== undefined) endBody(process, 'normal');
}

function bodyThrew(error: unknown): void {
  const process = currentProcess();
  if (process !== undefined) endBody(process, reasonOf(error));
}

/** A body has come to its end. What a dead one returns or throws is discarded. */
function endBody(process: Process, reason: ExitReason): void {
  settle(process);
  exitProcess(process, reason, 'self');
}

/** The code of a process is no longer running or pending. */
function settle(process: Process): void {
  process.isBusy = false;
  if (!process.isAlive) process.host.lingering.delete(process);
}

function startBehaviour(process: Process): void {
  const { behaviour } = process;
  if (behaviour === undefined) return;
  let result: unknown;
  try {
    result = behaviour.init();
  } catch (error) {
    return initFailed(process, error);
  }
  if (!isPromise(result)) return initialised(process, result);
  result.then(
    (value: unknown) => initialised(process, value),
    (error: unknown) => initFailed(process, error),
  );
}

function initialised(process: Process, result: unknown): void {
  settle(process);
  if (!process.isAlive) return;
  const isIgnored = result === 'ignore';
  if (isIgnored) releaseName(process);
  tellStarter(process, { kind: isIgnored ? 'ignored' : 'started' });
  if (isIgnored) exitProcess(process, 'normal', 'self');
  else continueLater(process);
}

function initFailed(process: Process, error: unknown): void {
  settle(process);
  releaseName(process);
  exitProcess(process, reasonOf(error), 'self'); // tells the starter
}

function handleMessages(process: Process): void {
  const { behaviour, mailbox, host } = process;
  if (behaviour === undefined) return;
  process.isBusy = true;
  for (let left = host.isStepped ? 1 : MESSAGES_PER_TURN; left > 0; left -= 1) {
    if (process.extension?.isContinueDue === true) {
      if (continued(process, behaviour)) return;
      continue;
    }
    const accept = process.extension?.accept;
    const message = accept === undefined ? mailbox.shift() : mailbox.take(accept);
    if (message === EMPTY) {
      if (!process.extension?.isReceiveTimeoutDue) break;
      if (timedOut(process, behaviour)) return;
    } else if (handle(process, behaviour, message)) return;
  }
  process.isBusy = false;
  continueLater(process);
}

/** Handles one message. True if the turn ends: the process is dead, or a promise holds its mailbox. */
function handle(process: Process, behaviour: Behaviour, message: unknown): boolean {
  process.lastMessage = message;
  if (process.extension !== undefined) stopReceiveTimeout(process);
  let result: unknown;
  try {
    result = behaviour.handle(message);
  } catch (error) {
    return crash(process, error);
  }
  if (isPromise(result)) return hold(process, result);
  process.lastMessage = undefined;
  return !process.isAlive;
}

function timedOut(process: Process, behaviour: Behaviour): boolean {
  stopReceiveTimeout(process);
  let result: unknown;
  try {
    result = behaviour.timeout?.();
  } catch (error) {
    return crash(process, error);
  }
  return isPromise(result) ? hold(process, result) : !process.isAlive;
}

function continued(process: Process, behaviour: Behaviour): boolean {
  process.rare.isContinueDue = false;
  let result: unknown;
  try {
    result = behaviour.continue?.();
  } catch (error) {
    return crash(process, error);
  }
  return isPromise(result) ? hold(process, result) : !process.isAlive;
}

/** An asynchronous callback: no other message is handled until it settles. */
function hold(process: Process, result: PromiseLike<unknown>): true {
  result.then(
    () => {
      settle(process);
      process.lastMessage = undefined;
      if (process.isAlive) continueLater(process);
    },
    (error: unknown) => {
      settle(process);
      if (process.isAlive) crash(process, error);
    },
  );
  return true;
}

function crash(process: Process, error: unknown): true {
  process.isBusy = false;
  exitProcess(process, reasonOf(error), 'self');
  return true;
}

/** Asks for another turn if there is work for it. */
function continueLater(process: Process): void {
  const { mailbox, extension, host } = process;
  if (!process.isAlive || process.isBusy) return;
  if (extension?.isContinueDue === true) return host.enqueue(process);
  if (mailbox.length === 0 && !extension?.isReceiveTimeoutDue) return;
  if (extension?.accept !== undefined && !hasAccepted(process, extension.accept)) return;
  host.enqueue(process);
}

/** While only some messages are handled, the others must not keep the process in the run queue. */
function hasAccepted(process: Process, accept: (message: unknown) => boolean): boolean {
  for (const message of process.mailbox) if (accept(message)) return true;
  return false;
}

function stopReceiveTimeout(process: Process): void {
  const { extension } = process;
  if (extension?.stopReceiveTimeout === undefined) return;
  extension.stopReceiveTimeout();
  extension.stopReceiveTimeout = undefined;
  extension.isReceiveTimeoutDue = false;
}

function takeStep(process: Process, steps: (() => void)[]): void {
  steps.shift()?.();
  if (steps.length > 0 || process.receiver !== undefined) process.host.enqueue(process);
}

function reportLongTurn(process: Process, ms: number, message: unknown): void {
  if (ms <= process.host.longScheduleMs || !hasSubscribers('coppice.process.long_schedule')) return;
  emit('coppice.process.long_schedule', { pid: process.pid, ms, message });
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
