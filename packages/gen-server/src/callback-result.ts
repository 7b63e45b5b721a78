/**
 * What the callbacks of a GenServer return: the new state and what is to follow. Plain values, made by the
 * functions below and read by the server's loop. OTP: the tuples `{reply, …}`, `{noreply, …}`, `{stop, …}`,
 * `{ok, …}` of `gen_server`.
 */
import { type ExitReason, isPromiseLike, type Timeout } from '@coppice/core';

/**
 * What follows a callback, beside the new state: `info.timeout` unless a message comes within `timeout` ms, going to
 * sleep, or a `continue` callback before the next message. OTP: `Timeout | hibernate | {continue, Term}`.
 */
export type Step = { readonly timeout: Timeout } | 'hibernate' | Continue;

/** The step made by `continueWith`. OTP: `{continue, Term}`. */
export interface Continue {
  readonly continue: string;
  readonly payload?: unknown;
}

/** Result of a `call` handler that answers at once. OTP: `{reply, Reply, State, Step}`. */
export interface Reply<out R, out S> {
  readonly kind: 'reply';
  readonly value: R;
  readonly state: S;
  readonly step: Step | undefined;
}

/** Result of a handler that does not answer, or not yet. OTP: `{noreply, State, Step}`. */
export interface Noreply<out S> {
  readonly kind: 'noreply';
  readonly state: S;
  readonly step: Step | undefined;
}

/** Result of a handler that ends the server. OTP: `{stop, Reason, State}`, `{stop, Reason, Reply, State}`. */
export interface Stop<out S, out R = never> {
  readonly kind: 'stop';
  readonly reason: ExitReason;
  readonly state: S;
  /** The answer to the call being handled, if there is to be one. */
  readonly reply: readonly [R] | readonly [];
}

/** Result of any handler, as the server's loop reads it. */
export type CallbackResult = Reply<unknown, unknown> | Noreply<unknown> | Stop<unknown, unknown>;

// `init` may return its state bare, and a state may look like anything. So what `ok`, `ignore` and `stopInit` make is
// told from a state by a mark that no state has.
const initResult: unique symbol = Symbol.for('coppice.init_result');

/** Result of `init`: its state, with a step. OTP: `{ok, State, Step}`. */
export interface Ok<out S> {
  readonly kind: 'ok';
  readonly state: S;
  readonly step: Step | undefined;
  readonly [initResult]: true;
}

/** Result of `init`: there is nothing to start. OTP: `ignore`. */
export interface Ignore {
  readonly kind: 'ignore';
  readonly [initResult]: true;
}

/** Result of `init`: the start failed. OTP: `{stop, Reason}`. */
export interface StopInit {
  readonly kind: 'stop_init';
  readonly reason: ExitReason;
  readonly [initResult]: true;
}

/** Result of `init` that is not a bare state. */
export type InitResult = Ok<unknown> | Ignore | StopInit;

/** Answers the call with `value` and goes on with `state`. Throws `TypeError` for a promise. OTP: `{reply, Reply, State, Step}`. */
export function reply<R, S>(value: R, state: S, step?: Step): Reply<R, S> {
  refusePromise(value);
  return { kind: 'reply', value, state, step };
}

/** Goes on with `state`; a call is then answered later, by `GenServer.reply`. OTP: `{noreply, State, Step}`. */
export function noreply<S>(state: S, step?: Step): Noreply<S> {
  return { kind: 'noreply', state, step };
}

/**
 * Ends the server with `reason`, after `terminate(reason, state)`. The caller, if it is a call, gets `ExitError` with
 * that reason. OTP: `{stop, Reason, State}`.
 */
export function stop<S>(reason: ExitReason, state: S): Stop<S> {
  return { kind: 'stop', reason, state, reply: [] };
}

/** As `stop`, but the call is answered with `value`, after `terminate`. Throws `TypeError` for a promise. OTP: `{stop, Reason, Reply, State}`. */
export function stopReply<R, S>(reason: ExitReason, value: R, state: S): Stop<S, R> {
  refusePromise(value);
  return { kind: 'stop', reason, state, reply: [value] };
}

/** From `init`: start with `state`; needed only for a step, since `init` may return its state bare. OTP: `{ok, State, Step}`. */
export function ok<S>(state: S, step?: Step): Ok<S> {
  return { kind: 'ok', state, step, [initResult]: true };
}

/** From `init`: don't start; the start function resolves with `'ignore'` and the name is free. OTP: `ignore`. */
export function ignore(): Ignore {
  return { kind: 'ignore', [initResult]: true };
}

/** From `init`: fail; the start function rejects with `StartError(reason)` and the name is free. OTP: `{stop, Reason}`. */
export function stopInit(reason: ExitReason): StopInit {
  return { kind: 'stop_init', reason, [initResult]: true };
}

/** As a step: run `continue[name]` with `payload` before the next message. OTP: `{continue, Term}`. */
export function continueWith(name: string, payload?: unknown): Continue {
  return { continue: name, payload };
}

/** Whether `value` was made by `ok`, `ignore` or `stopInit`; anything else that `init` returns is its state. */
export function isInitResult(value: unknown): value is InitResult {
  return typeof value === 'object' && value !== null && initResult in value;
}

/** Whether `value` is what a handler may return: made by `reply`, `noreply`, `stop` or `stopReply`, with a legal step. */
export function isCallbackResult(value: unknown): value is CallbackResult {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('state' in value)) return false;
  if (value.kind === 'stop') return 'reply' in value && Array.isArray(value.reply);
  if (value.kind !== 'reply' && value.kind !== 'noreply') return false;
  return !('step' in value) || isStep(value.step);
}

/** Whether `step` is a legal step, or none. */
export function isStep(step: unknown): step is Step | undefined {
  if (step === undefined || step === 'hibernate') return true;
  if (typeof step !== 'object' || step === null) return false;
  if ('continue' in step) return typeof step.continue === 'string';
  return 'timeout' in step && isTimeout(step.timeout);
}

/** Told here, the handler is on the stack; what sends the answer would refuse it too. */
function refusePromise(value: unknown): void {
  if (isPromiseLike(value)) throw new TypeError('value must not be a promise: await it, in an async handler');
}

function isTimeout(value: unknown): value is Timeout {
  return (
    value === 'infinity' || (typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY)
  );
}
