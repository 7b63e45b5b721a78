/** Selective receive. OTP: `receive … after … end`. */
import { holdProgram } from './clock.ts';
import { callerOrDead, runIn } from './current.ts';
import { fence } from './fence.ts';
import { describe } from './format.ts';
import { EMPTY, type Mailbox } from './mailbox.ts';
import { Cursor } from './message-queue.ts';
import type { Process, Receiver, Selection } from './process.ts';
import { rejected, rejectQuietly } from './promise.ts';
import { requireTimeout, type Timeout } from './timeout.ts';

const NOTHING = EMPTY; // see `behaviour`

/** Until when a receive waits. */
export interface ReceiveOptions<T extends Timeout = Timeout> {
  /** Milliseconds; 0 looks at what is there. Messages that do not match do not start it anew. */
  readonly timeout: T;
}

/** Fields a message must equal (`===`; pids and refs are interned). OTP: a receive pattern with pins. */
export type Pattern<M> = M extends object ? { readonly [K in keyof M]?: M[K] } : M;

/** The members of `M` that a pattern `P` can match. */
export type Matched<M, P> = M extends unknown
  ? P extends object
    ? {
        [K in keyof P]: K extends keyof M ? (M[K] & P[K] extends never ? true : false) : true;
      }[keyof P] extends false
      ? M
      : never
    : M & P
  : never;

/** Takes the first message that matches; the others stay, in order. With a `timeout` in ms it resolves with `undefined` when that ends. */
export interface Receive<M> {
  (): Promise<M>;
  <T extends M>(match: (message: M) => message is T): Promise<T>;
  (match: (message: M) => boolean): Promise<M>;
  <const P extends Pattern<M>>(pattern: P): Promise<Matched<M, P>>;
  <T extends M>(match: (message: M) => message is T, options: ReceiveOptions): Promise<T | undefined>;
  (match: (message: M) => boolean, options: ReceiveOptions): Promise<M | undefined>;
  <const P extends Pattern<M>>(pattern: P, options: ReceiveOptions): Promise<Matched<M, P> | undefined>;
  (match: undefined, options: ReceiveOptions): Promise<M | undefined>;
}

/**
 * Takes the first message of the calling process that matches; the others stay, in order. The message's type is your claim unless
 * `match` is a guard. One receive of a process at a time: a second rejects with `Error`. OTP: `receive`.
 */
export function receive<M = unknown>(): Promise<NoInfer<M>>;
/** Takes the first message for which `match`, a guard, is true: `await receive(isDown)`. */
export function receive<T>(match: (message: unknown) => message is T): Promise<T>;
/** The same, for `timeout` ms at most: then it resolves with `undefined`. OTP: `after`. */
export function receive<T>(
  match: (message: unknown) => message is T,
  options: ReceiveOptions,
): Promise<T | undefined>;
/** Any message, or the first for which `match` is true; `undefined` after `timeout` ms. Its type is your claim. OTP: `after`. */
export function receive<M = unknown>(
  match: ((message: unknown) => boolean) | undefined,
  options: ReceiveOptions,
): Promise<NoInfer<M> | undefined>;
export function receive(match?: unknown, options?: ReceiveOptions): Promise<unknown> {
  try {
    return receiveIn(callerOrDead(), match, options);
  } catch (error) {
    return rejected(error);
  }
}

/** {@link receive} of a known process. */
export function receiveIn(
  process: Process,
  pattern: unknown,
  options: ReceiveOptions | undefined,
): Promise<unknown> {
  const { mailbox, host } = process;
  if (!process.isAlive) return fence(process);
  if (process.receiver !== undefined || mailbox.isSearched)
    return rejected(new Error(alreadyWaiting(process)));
  // A message that is there is given at once, while the batch's quota lasts; beyond it, the others get a turn.
  const mayTake = !mailbox.isEmpty && host.takeQuota();
  if (mayTake && pattern === undefined && options === undefined) {
    wake(process);
    return Promise.resolve(mailbox.shift());
  }
  try {
    const timeout = options?.timeout ?? 'infinity';
    requireTimeout(timeout, 'timeout');
    if (options === undefined) refuseOptions(pattern);
    const selection = selectionOf(pattern);
    const message = mayTake ? select(mailbox, selection) : NOTHING;
    if (message === NOTHING) return park(process, selection, timeout);
    wake(process);
    return Promise.resolve(message);
  } catch (error) {
    return rejected(error);
  }
}

/** A turn of a process that waits in receive: resumes it if its message is there, or its time is up. */
export function resumeReceive(process: Process, receiver: Receiver): void {
  let message: unknown;
  try {
    message = receiver.selection === undefined ? process.mailbox.shift() : runIn(process, scan, process);
  } catch (error) {
    endReceive(process, receiver);
    return rejectQuietly(receiver.promise, receiver.resolve, error);
  }
  if (message !== NOTHING) {
    wake(process);
    endReceive(process, receiver);
    receiver.resolve(message);
  } else if (receiver.hasTimedOut) {
    endReceive(process, receiver);
    receiver.resolve(undefined);
  }
}

function park(process: Process, selection: Selection | undefined, timeout: Timeout): Promise<unknown> {
  let settle!: Receiver['resolve'];
  const promise = new Promise<unknown>((resolve) => {
    settle = resolve;
  });
  const receiver: Receiver = {
    promise,
    resolve: settle,
    selection,
    stop: undefined,
    hasTimedOut: timeout === 0,
  };
  process.receiver = receiver;
  const { host } = process;
  // With time 0 too it is the turn that decides: by then the signals that were sent before have arrived.
  if (timeout === 0 || !process.mailbox.isEmpty) host.enqueue(process);
  if (timeout !== 0 && timeout !== 'infinity') startTimeout(process, receiver, timeout);
  if (host.main === process) holdWhile(receiver);
  return promise;
}

function startTimeout(process: Process, receiver: Receiver, ms: number): void {
  const { host } = process;
  const expire = (): void => {
    receiver.hasTimedOut = true;
    host.enqueue(process);
  };
  const timer = host.timers.start(ms, expire, true);
  receiver.stop = () => host.timers.cancel(timer);
}

function holdWhile(receiver: Receiver): void {
  const release = holdProgram();
  const { stop } = receiver;
  receiver.stop = () => {
    stop?.();
    release();
  };
}

function endReceive(process: Process, receiver: Receiver): void {
  receiver.stop?.();
  process.receiver = undefined;
}

/** What `hibernate` said is over. */
function wake({ extension }: Process): void {
  if (extension !== undefined) extension.isHibernated = false;
}

function scan({ mailbox, receiver }: Process): unknown {
  return receiver === undefined ? NOTHING : select(mailbox, receiver.selection);
}

function select(mailbox: Mailbox, selection: Selection | undefined): unknown {
  return selection === undefined ? mailbox.shift() : mailbox.take(selection.match, selection.cursor);
}

function selectionOf(pattern: unknown): Selection | undefined {
  return pattern === undefined ? undefined : { match: matcher(pattern), cursor: new Cursor() };
}

/** What a receive was given as a predicate. Throws `TypeError`. */
function matcher(pattern: unknown): (message: unknown) => boolean {
  if (typeof pattern === 'function') return (message) => Boolean(pattern(message));
  if (typeof pattern !== 'object' || pattern === null) return (message) => message === pattern;
  const fields = Object.entries(pattern);
  if (fields.length === 0)
    throw new TypeError(`pattern must name the fields to match, got ${describe(pattern)}`);
  return (message) => {
    if (typeof message !== 'object' || message === null) return false;
    return fields.every(([key, value]) => Object.hasOwn(message, key) && Reflect.get(message, key) === value);
  };
}

/** Options in the place of a pattern would wait for ever for a message that looks like them. Beside options of its own such a pattern is one. */
function refuseOptions(pattern: unknown): void {
  if (typeof pattern !== 'object' || pattern === null || !('timeout' in pattern)) return;
  const { timeout, ...rest } = pattern;
  if (Object.keys(rest).length > 0 || (typeof timeout !== 'number' && timeout !== 'infinity')) return;
  throw new TypeError(
    `pattern must not be the options, which come second: receive(undefined, ${JSON.stringify(pattern)})`,
  );
}

function alreadyWaiting({ pid }: Process): string {
  return `process ${pid} is waiting in receive already: a process receives one message at a time`;
}
