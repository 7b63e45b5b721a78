/**
 * Requests and their replies, between any two processes. OTP: `gen`. A request monitors its server with an alias: the reply comes by the alias,
 * straight to who waits for it, and one that is late is dropped, never found in a mailbox.
 */
import { type Answer, isAnswer, isPending as isOpen, requireOwnMonitor, takeAnswer } from './answer.ts';
import { caller, callerOrDead } from './current.ts';
import { endMonitor, routeByAlias } from './delivery.ts';
import { type CallSite, ExitError } from './errors.ts';
import type { ExitReason } from './exit-reason.ts';
import { fence } from './fence.ts';
import { describe } from './format.ts';
import { isDown, type Reply } from './message.ts';
import { attachMonitor, namedObject } from './monitor.ts';
import type { Dest, Name } from './name.ts';
import { plainName, resolveDest } from './names.ts';
import { type Pid, ProcessId } from './pid.ts';
import type { Awaitable, Process } from './process.ts';
import { rejected } from './promise.ts';
import { type MonitorRef, Reference } from './reference.ts';
import { Alias, Monitor } from './relation.ts';
import { refuseThenable, sendTo } from './send.ts';
import { requireTimeout, type Timeout } from './timeout.ts';
import { EXPIRED, endWait, startWait } from './waits.ts';

export type { Answer } from './answer.ts';
export { type WaitManyOptions, waitMany } from './wait-many.ts';

/** Where the reply to one request goes. Plain data; may be stored and sent, used once, from any process. OTP: `from()`. */
export interface From {
  readonly pid: Pid<never>;
  readonly ref: MonitorRef;
}

/**
 * Sends `message(from)` to `dest` and waits for the reply, outside the mailbox. Rejects with `ExitError(reason, site())`: `noproc` if there is no such
 * process, `calling_self`, `timeout` after `timeout` ms, or the reason for which the server ended. OTP: `gen:call/4`.
 */
export function call(
  dest: Dest<never>,
  message: (from: From) => unknown,
  timeout: Timeout,
  site: () => CallSite,
): Promise<unknown> {
  try {
    const process = callerOrDead();
    if (!process.isAlive) return fence(process);
    requireTimeout(timeout, 'timeout');
    const target = resolveDest(process.host, dest);
    if (!(target instanceof ProcessId)) return refused(new ExitError('noproc', site()));
    if (target === process.pid) return refused(new ExitError('calling_self', site()));
    return callPid(process, target, message, { timeout, site });
  } catch (error) {
    return rejected(error);
  }
}

/** A stack has ten lines, and behaviours call from deep below who uses them: it begins with who called. */
function refused(error: ExitError): Promise<never> {
  Error.captureStackTrace?.(error, call);
  return rejected(error);
}

/** Sends a request and goes on; the result names its reply, for `wait`. A missing server is a `DOWN` with `noproc`. OTP: `gen:send_request/3`. */
export function sendRequest(dest: Dest<never>, message: (from: From) => unknown): MonitorRef {
  const process = caller();
  const target = resolveDest(process.host, dest);
  const pid = target instanceof ProcessId ? target : undefined;
  const object = pid ?? namedObject(process.host, plainName(dest as Name)); // an alias is no server's address
  const monitor = new Monitor(process.pid, object, 'reply_demonitor');
  attachMonitor(process, monitor, pid);
  try {
    if (pid !== undefined) sendTo(process, pid, message({ pid: process.pid, ref: monitor.ref }));
  } catch (error) {
    endMonitor(monitor); // what cannot be copied is not sent
    throw error;
  }
  return monitor.ref;
}

/**
 * Waits for the reply to `ref`, or its `DOWN`: takes it from the mailbox if it is there, else waits outside it; `undefined` after `timeout` ms.
 * `ref` is a monitor of the caller with an alias. The monitor stays. Several waits of one process at once are fine, two for one reference are not.
 */
export function wait(ref: MonitorRef, timeout: Timeout): Promise<Answer | undefined> {
  try {
    const process = callerOrDead();
    if (!process.isAlive) return fence(process);
    requireTimeout(timeout, 'timeout');
    const monitor = requireOwnMonitor(process, ref);
    const there = takeAnswer(process, ref);
    return there === undefined
      ? waitFor(process, monitor, timeout, { finish: itself, isLast: false })
      : Promise.resolve(there);
  } catch (error) {
    return rejected(error);
  }
}

/**
 * Waits for the answer to `ref` as {@link wait} does, and is done with it: nothing more comes by it, be it that the time was up. Resolves with what `finish`
 * makes of the answer, `undefined` for none; what that throws is the rejection. `finish` runs as nobody, before the caller goes on. OTP: `gen:receive_response/2`.
 */
export function receiveResponse<T>(
  ref: MonitorRef,
  timeout: Timeout,
  finish: (answer: Answer | undefined) => Awaitable<T>,
): Promise<T> {
  try {
    const process = callerOrDead();
    if (!process.isAlive) return fence(process);
    requireTimeout(timeout, 'timeout');
    const monitor = requireOwnMonitor(process, ref);
    const there = takeAnswer(process, ref);
    if (there === undefined) return waitFor(process, monitor, timeout, { finish, isLast: true });
    abandon(monitor);
    process.mailbox.take((message) => isDown(message) && message.ref === ref); // behind a reply
    return Promise.resolve(finish(there));
  } catch (error) {
    return rejected(error);
  }
}

/** Takes the answer to `ref`, a monitor of the caller, from the mailbox, if it lies there. OTP: `receive … after 0`. */
export function take(ref: MonitorRef): Answer | undefined {
  const process = caller();
  requireOwnMonitor(process, ref);
  return takeAnswer(process, ref);
}

/** Whether an answer to `ref`, a monitor of the caller, may still come; what has come already lies in the mailbox or was taken. */
export function isPending(ref: MonitorRef): boolean {
  return isOpen(requireOwnMonitor(caller(), ref));
}

/** Sends the reply to a request; dropped if nobody wants it any more. A promise is refused (`TypeError`), as by `send`. OTP: `gen:reply/2`. */
export function reply(from: From, value: unknown): void {
  const process = caller();
  const alias = Reference.recordOf(from?.ref);
  if (!(alias instanceof Monitor || alias instanceof Alias) || !(from.pid instanceof ProcessId)) {
    throw new TypeError(`from must be what a request came with, got ${describe(from)}`);
  }
  refuseThenable(value, 'value');
  const message: Reply = { type: 'reply', ref: from.ref, value };
  routeByAlias(alias, message, process);
}

function callPid(
  process: Process,
  target: ProcessId,
  message: (from: From) => unknown,
  { timeout, site }: { readonly timeout: Timeout; readonly site: () => CallSite },
): Promise<unknown> {
  const monitor = new Monitor(process.pid, target, 'reply_demonitor');
  const wait = startWait(process, timeout, (outcome) => {
    monitor.wait = undefined;
    if (isReply(outcome)) return outcome.value;
    endMonitor(monitor);
    throw new ExitError(outcome === EXPIRED ? 'timeout' : reasonOfDown(outcome), site());
  });
  monitor.wait = wait;
  attachMonitor(process, monitor, target);
  try {
    sendTo(process, target, message({ pid: process.pid, ref: monitor.ref }));
  } catch (error) {
    endMonitor(monitor); // what cannot be copied is not sent
    endWait(process, wait);
    throw error;
  }
  return wait.promise;
}

function waitFor<T>(
  process: Process,
  monitor: Monitor,
  timeout: Timeout,
  {
    finish,
    isLast,
  }: { readonly finish: (answer: Answer | undefined) => Awaitable<T>; readonly isLast: boolean },
): Promise<T> {
  if (monitor.wait !== undefined)
    throw new Error(`process ${process.pid} is waiting for ${monitor.ref} already`);
  const wait = startWait(process, timeout, (outcome) => finish(isAnswer(outcome) ? outcome : undefined));
  monitor.wait = wait;
  wait.onEnd = () => {
    monitor.wait = undefined;
    if (isLast) abandon(monitor);
  };
  return wait.promise as Promise<T>; // what `finish` gives
}

/** Nothing comes by the monitor any more. */
function abandon(monitor: Monitor): void {
  endMonitor(monitor);
  monitor.alias = undefined;
}

function itself<T>(value: T): T {
  return value;
}

function isReply(value: unknown): value is Reply {
  return isAnswer(value) && value.type === 'reply';
}

function reasonOfDown(value: unknown): ExitReason {
  return isAnswer(value) && value.type === 'DOWN' ? value.reason : value;
}
