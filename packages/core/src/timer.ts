/** Timers that send, and waiting. OTP: `Process.send_after/3`, `erlang:start_timer/3`, `timer`. */
import { requireFunction } from './argument.ts';
import { caller, callerOrDead } from './current.ts';
import { asReceived, routeByAlias, routeMessage } from './delivery.ts';
import { fence } from './fence.ts';
import { describe } from './format.ts';
import { Item, List } from './list.ts';
import type { TimerCancelled, TimerFired } from './message.ts';
import { type Dest, type Name, untyped } from './name.ts';
import { resolveDest } from './names.ts';
import { ProcessId } from './pid.ts';
import { type Host, type Process, processOf } from './process.ts';
import { rejected } from './promise.ts';
import { Reference, type TimerRef } from './reference.ts';
import { Alias, Monitor } from './relation.ts';
import { refuseThenable } from './send.ts';
import { spawnFrom } from './spawn.ts';
import { requireMs, requireTimeout, type Timeout } from './timeout.ts';
import type { Timer } from './timer-queue.ts';
import { startWait } from './waits.ts';

/** What a timer's reference names. */
class TimerRecord {
  readonly ref: Reference<'timer'> = new Reference<'timer'>(this);
  readonly #host: Host;
  readonly #dest: Dest<never> | undefined;
  #timer: Timer | undefined;
  #tie: Item<object> | undefined;

  constructor(host: Host, dest: Dest<never> | undefined) {
    this.#host = host;
    this.#dest = dest;
  }

  /** Fires after `ms`; ends with the process that it would send to. */
  start(ms: number, fire: () => void): void {
    const timer = this.#host.timers.start(ms, fire, true);
    this.#timer = timer;
    this.#tie?.remove();
    if (!(this.#dest instanceof ProcessId)) return;
    const receiver = processOf(this.#dest);
    if (receiver === undefined) {
      this.#host.timers.cancel(timer);
      return;
    }
    this.#tie = new Item<object>(timer);
    receiver.rare.incoming ??= new List();
    receiver.rare.incoming.append(this.#tie);
  }

  get left(): number | undefined {
    return this.#timer === undefined ? undefined : this.#host.timers.left(this.#timer);
  }

  /** It has fired, or is cancelled: the receiver need not know it any more. */
  end(): void {
    if (this.#timer !== undefined) this.#host.timers.cancel(this.#timer);
    this.#timer = undefined;
    this.#tie?.remove();
  }
}

/**
 * Sends `message` to `dest` after `ms` milliseconds. A name is looked up when the timer fires; nobody there: nothing happens. The timer ends with the
 * process that it would send to, not with the one that started it. It keeps the program running. OTP: `Process.send_after/3`.
 */
export function sendAfter<M>(dest: Dest<M>, message: NoInfer<M>, ms: number): TimerRef {
  refuseThenable(message, 'message');
  const kept = keep(dest, message);
  return startSending(dest, () => kept, { ms, repeats: false });
}

/** Sends `{ type: 'timeout', ref, message }`, so that a stale one can be told. OTP: `erlang:start_timer/3`. */
export function startTimer<T>(ms: number, dest: Dest<TimerFired<T>>, message: NoInfer<T>): TimerRef {
  const kept = keep(dest, message);
  return startSending(dest, (ref): TimerFired<unknown> => ({ type: 'timeout', ref, message: kept }), {
    ms,
    repeats: false,
  });
}

/** Sends `message` every `ms` milliseconds, until cancelled or the receiver has ended. OTP: `timer:send_interval/3`. */
export function sendInterval<M>(dest: Dest<M>, message: NoInfer<M>, ms: number): TimerRef {
  requireMs(ms, 'ms');
  if (ms === 0) throw new RangeError('ms must be more than 0 for an interval, got 0');
  refuseThenable(message, 'message');
  const kept = keep(dest, message);
  return startSending(dest, () => kept, { ms, repeats: true });
}

/** Runs `fn` in a process of its own after `ms` milliseconds. OTP: `timer:apply_after/4`. */
export function applyAfter(ms: number, fn: () => unknown): TimerRef {
  const process = caller();
  requireMs(ms, 'ms');
  requireFunction(fn, 'fn');
  const { host } = process;
  const body = async (): Promise<void> => {
    await fn();
  };
  const running = new TimerRecord(host, undefined);
  running.start(ms, () => spawnFrom(host, process, body, undefined));
  return running.ref;
}

/** How a timer is cancelled. OTP: the options of `erlang:cancel_timer/2`. */
export interface CancelOptions {
  /** `true`: nothing is returned, and what was left comes to the caller as a {@link TimerCancelled}. */
  readonly async?: boolean;
  /** `false`: what was left is not told, neither way. */
  readonly info?: boolean;
}

/**
 * Stops a timer, whoever started it. Milliseconds that were left, or `false` when it has fired, was cancelled or never was; with `info: false` or
 * `async: true` nothing. OTP: `Process.cancel_timer/2`.
 */
export function cancelTimer(ref: TimerRef): number | false;
export function cancelTimer(ref: TimerRef, options: CancelOptions): number | false | undefined;
export function cancelTimer(ref: TimerRef, options: CancelOptions = {}): number | false | undefined {
  const left = readTimer(ref);
  recordOf(ref)?.end();
  if (options.async !== true) return options.info === false ? undefined : left;
  const cancelled: TimerCancelled = { type: 'cancel_timer', ref, left };
  if (options.info !== false) routeMessage(caller().pid, cancelled);
  return undefined;
}

/** Milliseconds left, or `false` when it has fired or never was. OTP: `Process.read_timer/1`. */
export function readTimer(ref: TimerRef): number | false {
  if (!(ref instanceof Reference))
    throw new TypeError(`ref must be a timer's reference, got ${describe(ref)}`);
  const left = recordOf(ref)?.left;
  return left === undefined ? false : Math.round(left);
}

/** Holds the calling process for `ms` milliseconds without touching its mailbox. OTP: `Process.sleep/1`. */
export function sleep(ms: Timeout): Promise<void> {
  try {
    const process = callerOrDead();
    if (!process.isAlive) return fence(process);
    requireTimeout(ms, 'ms');
    return startWait(process, ms, () => undefined).promise as Promise<void>; // what `finish` gives
  } catch (error) {
    return rejected(error);
  }
}

/** Runs `fn` and tells how long it took, in milliseconds. OTP: `timer:tc/1`. */
export async function timed<T>(fn: () => T): Promise<{ readonly ms: number; readonly value: Awaited<T> }> {
  const { clock } = caller().host;
  const before = clock.now();
  const value = await fn();
  return { ms: clock.now() - before, value };
}

/** Monotonic milliseconds of the caller's node (virtual in a simulation). OTP: `System.monotonic_time/1`. */
export function monotonicTime(): number {
  return caller().host.clock.now();
}

/** Wall-clock milliseconds since 1970 of the caller's node. OTP: `System.system_time/1`. */
export function systemTime(): number {
  return caller().host.clock.wallTime();
}

/** A message as it is now: what its sender changes before the timer fires is not seen. */
function keep(dest: Dest<never>, message: unknown): unknown {
  const process: Process = caller();
  const receiver = dest instanceof ProcessId ? processOf(dest) : process; // who has a name by then is not known yet
  return receiver === undefined ? message : asReceived(receiver, message);
}

function startSending(
  dest: Dest<never>,
  message: (ref: TimerRef) => unknown,
  { ms, repeats }: { readonly ms: number; readonly repeats: boolean },
): TimerRef {
  const { host } = caller();
  requireMs(ms, 'ms');
  resolveDest(host, dest); // what is no address is refused now, not when the timer fires
  const record = new TimerRecord(host, dest);
  const fire = (): void => {
    record.end();
    deliverTo(host, dest, message(record.ref));
    if (repeats) record.start(ms, fire);
  };
  record.start(ms, fire);
  return record.ref;
}

function deliverTo(host: Host, dest: Dest<never>, message: unknown): void {
  if (isViaName(dest)) return sendAsNewProcess(host, dest, message);
  const target = resolveDest(host, dest);
  if (target instanceof ProcessId) return routeMessage(target, message);
  const alias = target && Reference.recordOf(target);
  if (alias instanceof Alias || alias instanceof Monitor) routeByAlias(alias, message);
}

/** Only processes may run a via's code, and a timer fires as nobody. */
function sendAsNewProcess(host: Host, dest: Dest<never>, message: unknown): void {
  const timer = (): void => {
    const target = resolveDest(host, dest);
    if (target instanceof ProcessId) routeMessage(target, message);
  };
  spawnFrom(host, host.main, timer, undefined);
}

function isViaName(dest: Dest<never>): boolean {
  if (dest instanceof ProcessId || dest instanceof Reference) return false;
  const name = untyped(dest as Name); // a Dest that is neither pid nor alias is a name
  return typeof name === 'object' && 'via' in name;
}

function recordOf(ref: TimerRef): TimerRecord | undefined {
  const record = Reference.recordOf(ref);
  return record instanceof TimerRecord ? record : undefined;
}
