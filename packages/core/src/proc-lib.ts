/**
 * Starting a process and waiting until it is ready: what behaviours are built on. OTP: `proc_lib`.
 * The process has its name before `init` runs; the name is free again before a failed start is told.
 */
import { handleMessages, startBehaviour } from './behaviour.ts';
import { caller, callerOrDead } from './current.ts';
import { route } from './delivery.ts';
import { AlreadyStartedError, StartError } from './errors.ts';
import { exitProcess } from './exit.ts';
import { fence } from './fence.ts';
import { describe } from './format.ts';
import { unlinkFrom } from './link.ts';
import { endsWithMain } from './main-process.ts';
import { isDownOf, isExit } from './message.ts';
import { monitorNew, stopMonitor } from './monitor.ts';
import type { Pid } from './pid.ts';
import type { Behaviour, InitOutcome, Process } from './process.ts';
import { rejected } from './promise.ts';
import type { MonitorRef } from './reference.ts';
import { markService } from './service.ts';
import { prepare, type SpawnOptions } from './spawn.ts';
import { requireTimeout, type Timeout } from './timeout.ts';
import { runBehavioursBy } from './turn.ts';
import { EXPIRED, startWait } from './waits.ts';

export type { Behaviour } from './process.ts';
export { quietly, rejected } from './promise.ts';

runBehavioursBy({ start: startBehaviour, handle: handleMessages });

/** How a behaviour is started. */
export interface StartOptions extends SpawnOptions {
  /** Time for `init` in ms; default `'infinity'`. After it the process is killed, and the start rejects with reason `'timeout'`. */
  readonly timeout?: Timeout;
}

/**
 * Starts a behaviour; resolves when its `init` is done. Rejects with `AlreadyStartedError` when the name is taken, with `StartError` when `init`
 * fails or takes too long. A linked caller gets the exit signal of a failed start too, but not that of a timeout. OTP: `proc_lib:start_link/5`.
 */
export function start(behaviour: Behaviour, options?: StartOptions): Promise<Pid<never> | 'ignore'> {
  return begin(behaviour, options, pidOf);
}

/**
 * {@link start} of a service of the node: whoever needs it first, it is a child of the node's main process and outlives who asked. On the program's own node it
 * is linked to main, whatever `link` says: if it fails, the program ends, and when main dies it hears of that. In a shell it is not.
 * When the node is stopped, services end first, then the rest. OTP: what runs under `kernel`.
 */
export function startService(behaviour: Behaviour, options?: StartOptions): Promise<Pid<never> | 'ignore'> {
  try {
    const starter = callerOrDead();
    if (!starter.isAlive) return fence(starter);
    const { host } = starter;
    const link = host.main.isAlive && endsWithMain(host);
    return launch({ starter, parent: host.main }, behaviour, { ...options, link }, serviceOf);
  } catch (error) {
    return rejected(error);
  }
}

/** {@link start} with a monitor of the caller, from the first moment; no `DOWN` is left of a process that did not start. OTP: `gen:start` with `monitor`. */
export function startMonitor(
  behaviour: Behaviour,
  options?: StartOptions,
): Promise<{ readonly pid: Pid<never>; readonly ref: MonitorRef } | 'ignore'> {
  return begin(behaviour, options, monitored);
}

/** For the calling behaviour: its `timeout` is called unless a message comes within `ms`. 0: after the messages that are queued already. OTP: a callback's `Timeout`. */
export function receiveTimeout(ms: Timeout): void {
  const process = caller();
  requireTimeout(ms, 'ms');
  const { rare, host } = process;
  rare.stopReceiveTimeout?.();
  rare.stopReceiveTimeout = undefined;
  if (ms === 'infinity') return;
  const expire = (): void => {
    rare.isReceiveTimeoutDue = true;
    if (!process.isBusy) host.enqueue(process);
  };
  if (ms === 0) {
    rare.isReceiveTimeoutDue = true;
    rare.stopReceiveTimeout = () => {};
    return;
  }
  const timer = host.timers.start(ms, expire, true);
  rare.stopReceiveTimeout = () => host.timers.cancel(timer);
}

/** For the calling behaviour: its `continue` is called before any message, in the same turn if there is time. OTP: a callback's `{continue, Term}`. */
export function continueNext(): void {
  caller().rare.isContinueDue = true;
}

/** For the calling behaviour: only messages that pass are handled from now on, the others wait in order; `undefined`: all. OTP: what `sys:suspend/1` does. */
export function accept(filter: ((message: unknown) => boolean) | undefined): void {
  if (filter !== undefined && typeof filter !== 'function')
    throw new TypeError(`filter must be a function, got ${describe(filter)}`);
  caller().rare.accept = filter;
}

/** The behaviour that the calling process runs; `undefined` in a body and in main. */
export function behaviour(): Behaviour | undefined {
  return caller().behaviour;
}

/**
 * From now on the messages of the calling body are handled by `behaviour`, whose `init` is not called. The promise stays pending until the process exits:
 * await it, since a body that returns has ended. Rejects with `TypeError` in main and in a process that runs a behaviour already. OTP: `gen_server:enter_loop/3`.
 */
export function enterLoop(behaviour: Behaviour): Promise<never> {
  try {
    const process = callerOrDead();
    if (!process.isAlive) return fence(process);
    if (typeof process.code !== 'function')
      throw new TypeError(`only a body can enter a loop, and ${process.pid} has none`);
    const wait = startWait(process, 'infinity');
    process.code = behaviour;
    process.settle();
    process.host.enqueue(process);
    return wait.promise as Promise<never>; // nothing but the exit ends this wait, which rejects it
  } catch (error) {
    return rejected(error);
  }
}

/** The process that started the calling one. OTP: the first of `$ancestors`. */
export function parent(): Pid<never> | undefined {
  return caller().lineage.parent;
}

function begin<T>(
  behaviour: Behaviour,
  options: StartOptions | undefined,
  attach: Attach<T>,
): Promise<T | 'ignore'> {
  try {
    const process = callerOrDead();
    if (!process.isAlive) return fence(process);
    return launch({ starter: process, parent: process }, behaviour, options, attach);
  } catch (error) {
    // A stack has ten lines, and who starts it under a taken name may be further up: it begins here.
    if (error instanceof AlreadyStartedError) Error.captureStackTrace?.(error, begin);
    return rejected(error);
  }
}

/** What a start gives, and what undoes it if the process did not start. */
interface Handle<T> {
  readonly value: T;
  readonly undo?: () => void;
}

type Attach<T> = (starter: Process, child: Process) => Handle<T>;

function pidOf(_starter: Process, child: Process): Handle<Pid<never>> {
  return { value: child.pid };
}

function serviceOf(_starter: Process, child: Process): Handle<Pid<never>> {
  markService(child);
  return { value: child.pid };
}

function monitored(
  starter: Process,
  child: Process,
): Handle<{ readonly pid: Pid<never>; readonly ref: MonitorRef }> {
  const monitor = monitorNew(starter, child, undefined);
  const { ref } = monitor;
  const undo = (): void => {
    if (!stopMonitor(monitor)) starter.mailbox.take((message) => isDownOf(message, ref));
  };
  return { value: { pid: child.pid, ref }, undo };
}

/** Who waits for the start, and whose child it is. */
interface Family {
  readonly starter: Process;
  readonly parent: Process;
}

function launch<T>(
  { starter, parent }: Family,
  behaviour: Behaviour,
  options: StartOptions | undefined,
  attach: Attach<T>,
): Promise<T | 'ignore'> {
  const { timeout = 'infinity' } = options ?? {};
  requireTimeout(timeout, 'timeout');
  const child = prepare(parent.host, parent, behaviour, options);
  const { value, undo } = attach(starter, child);
  const finish = (outcome: InitOutcome | typeof EXPIRED): T | 'ignore' => {
    if (outcome !== EXPIRED && outcome.kind === 'started') return value;
    undo?.();
    if (outcome === EXPIRED) return giveUp(parent, child);
    if (outcome.kind !== 'failed') return 'ignore';
    if (outcome.isBySignal && options?.link === true) takeExit(starter, child);
    throw new StartError(behaviour.module, outcome.reason);
  };
  // Only the starter and the time limit end this wait.
  const wait = startWait(starter, timeout, finish as (outcome: unknown) => T | 'ignore');
  child.starter = (outcome) => route({ kind: 'init', to: starter.pid, wait, outcome });
  parent.host.enqueue(child);
  return wait.promise as Promise<T | 'ignore'>;
}

/** What a process that is ended by a signal leaves with its starter is its answer. OTP: what `proc_lib:sync_start_link` receives. */
function takeExit({ mailbox }: Process, { pid }: Process): void {
  mailbox.take((message) => isExit(message) && message.from === pid);
}

/** `init` took too long: the child is killed, and no exit signal comes of it. */
function giveUp(parent: Process, child: Process): never {
  const { initialCall } = child;
  unlinkFrom(parent, child.pid);
  exitProcess(child, 'killed', 'signal');
  throw new StartError(initialCall, 'timeout');
}
