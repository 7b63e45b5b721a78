/**
 * The code of a process as callbacks. A callback that is synchronous runs straight from the scheduler's loop and touches no promise; one that
 * gives a promise holds the mailbox until that settles. OTP: the loop of a behaviour.
 */
import { runIn } from './current.ts';
import { exitProcess, exitThrown, settleCode, tellStarter } from './exit.ts';
import type { Extension } from './extension.ts';
import { EMPTY } from './mailbox.ts';
import { releaseName } from './names.ts';
import type { Behaviour, Process } from './process.ts';
import { asPromise } from './promise.ts';

const MESSAGES_PER_TURN = 64;
/** An imported constant is looked up at each use, and compared by a call. */
const NOTHING = EMPTY;

/** Runs `init`, and tells who waits for it what came of it. */
export function startBehaviour(process: Process): void {
  runIn(process, runInit, process);
}

/** Handles a bounded number of messages. */
export function handleMessages(process: Process): void {
  runIn(process, runCallbacks, process);
}

function runInit(process: Process): void {
  let result: unknown;
  let pending: Promise<unknown> | undefined;
  try {
    result = process.behaviour?.init();
    pending = asPromise(result);
  } catch (error) {
    return initFailed(process, error);
  }
  if (pending === undefined) return initialised(process, result);
  pending.then(
    (value: unknown) => initialised(process, value),
    (error: unknown) => initFailed(process, error),
  );
}

function initialised(process: Process, result: unknown): void {
  settleCode(process);
  if (!process.isAlive) return;
  const isIgnored = result === 'ignore';
  if (isIgnored) releaseName(process);
  tellStarter(process, { kind: isIgnored ? 'ignored' : 'started' });
  if (isIgnored) exitProcess(process, 'normal', 'code');
  else continueLater(process);
}

/** The name is free before the starter hears of the failure, so that it can try again. */
function initFailed(process: Process, error: unknown): void {
  settleCode(process);
  releaseName(process);
  exitThrown(process, error); // tells the starter
}

function runCallbacks(process: Process): void {
  const { behaviour } = process;
  if (behaviour === undefined) return;
  process.begin();
  let isDue = true;
  for (let left = process.host.isStepped ? 1 : MESSAGES_PER_TURN; isDue && left > 0; left -= 1) {
    if (runNext(process, behaviour) === 'held') return;
    isDue = hasWork(process);
  }
  settleCode(process);
  if (isDue) process.host.enqueue(process);
}

/** What came of one callback. `'held'`: a promise holds the mailbox now. */
type Outcome = 'done' | 'held';

/** In this order: what a callback asked to continue with, a message, a receive timeout that is due. */
function runNext(process: Process, behaviour: Behaviour): Outcome {
  const { extension, mailbox } = process;
  if (extension?.isContinueDue === true) {
    extension.isContinueDue = false;
    return runCallback(process, behaviour, CONTINUE);
  }
  const accept = extension?.accept;
  const message = accept === undefined ? mailbox.shift() : mailbox.take(accept);
  if (message === NOTHING) {
    if (extension?.isReceiveTimeoutDue !== true) return 'done'; // there was nothing to do
    wake(extension);
    return runCallback(process, behaviour, TIMEOUT);
  }
  process.lastMessage = message;
  if (extension !== undefined) wake(extension);
  return runCallback(process, behaviour, message);
}

const CONTINUE = Symbol('continue');
const TIMEOUT = Symbol('timeout');

function runCallback(process: Process, behaviour: Behaviour, cause: unknown): Outcome {
  let pending: Promise<unknown> | undefined;
  try {
    if (cause === CONTINUE) pending = asPromise(behaviour.continue?.());
    else if (cause === TIMEOUT) pending = asPromise(behaviour.timeout?.());
    else pending = asPromise(behaviour.handle(cause));
  } catch (error) {
    failed(process, error);
    return 'done';
  }
  if (pending !== undefined) {
    hold(process, pending);
    return 'held';
  }
  process.lastMessage = undefined;
  return 'done';
}

/** An asynchronous callback: no other message is handled until it settles. */
function hold(process: Process, pending: Promise<unknown>): void {
  pending.then(
    () => {
      settleCode(process);
      process.lastMessage = undefined;
      continueLater(process);
    },
    (error: unknown) => {
      settleCode(process);
      failed(process, error);
    },
  );
}

function failed(process: Process, error: unknown): void {
  settleCode(process);
  exitThrown(process, error);
}

/** Asks for another turn if there is work for it. */
function continueLater(process: Process): void {
  if (!process.isBusy && hasWork(process)) process.host.enqueue(process);
}

/** Whether a callback is due. */
function hasWork(process: Process): boolean {
  const { mailbox, extension } = process;
  if (!process.isAlive) return false;
  if (extension === undefined) return !mailbox.isEmpty;
  if (extension.isContinueDue) return true;
  if (mailbox.isEmpty && !extension.isReceiveTimeoutDue) return false;
  return extension.accept === undefined || hasAccepted(process, extension.accept);
}

/** While only some messages are handled, the others must not keep the process in the run queue. */
function hasAccepted(process: Process, accept: (message: unknown) => boolean): boolean {
  for (const message of process.mailbox) if (accept(message)) return true;
  return false;
}

/** Ends what a callback set for the time until now: sleep, and the receive timeout. */
function wake(extension: Extension): void {
  extension.isHibernated = false;
  if (extension.stopReceiveTimeout === undefined) return;
  extension.stopReceiveTimeout();
  extension.stopReceiveTimeout = undefined;
  extension.isReceiveTimeoutDue = false;
}
