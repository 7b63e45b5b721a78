/** What is known of the ends of a node's processes while a test runs, and which crashes the test wants. */
import {
  countSubscribers,
  describe,
  type ExitEvent,
  type ExitReason,
  formatCrash,
  formatExit,
  formatValue,
  type Pid,
  sameTerm,
  subscribe,
} from '@coppice/core';

/**
 * Which crashes are meant: a text that the error's message contains, or the reason itself; a pattern of the printed reason; a class of errors;
 * a predicate of the whole event; any other value is compared with the reason, arrays and plain objects by their contents.
 */
export type CrashMatch =
  | string
  | RegExp
  | (abstract new (
      ...args: never[]
    ) => Error)
  | ((crash: ExitEvent) => boolean)
  | object;

/** The ends of all processes of one node. */
export class ExitWatch {
  readonly #main: Pid<never>;
  readonly #reasons = new Map<Pid<never>, ExitReason>();
  readonly #subscribers: number | undefined;
  readonly crashes: ExitEvent[] = [];

  /** Watches until `stop`. */
  constructor(main: Pid<never>) {
    this.#main = main;
    watches.set(main, this);
    if (watches.size > 1) return; // another test's subscribers can't be told from this one's
    startListening();
    this.#subscribers = countSubscribers();
  }

  /** How many listeners of telemetry channels have come to stay, as far as that can be told. */
  get subscribersLeft(): number {
    const isAlone = this.#subscribers !== undefined && watches.size === 1;
    return isAlone ? Math.max(0, countSubscribers() - (this.#subscribers ?? 0)) : 0;
  }

  /** Whether a process has ended here, and why. */
  ended(pid: Pid<never>): { readonly reason: ExitReason } | undefined {
    return this.#reasons.has(pid) ? { reason: this.#reasons.get(pid) } : undefined;
  }

  /** An end to remember. */
  exited(event: ExitEvent): void {
    this.#reasons.set(event.pid, event.reason);
  }

  stop(): void {
    watches.delete(this.#main);
    if (watches.size === 0) stopListening();
  }
}

/** Checks what was given to match crashes. Throws `TypeError`. */
export function requireMatch(match: unknown): asserts match is CrashMatch {
  const isObject = typeof match === 'object' && match !== null;
  if (isObject || typeof match === 'string' || typeof match === 'function') return;
  throw new TypeError(
    `match must be a text, a pattern, a class of errors, a predicate or a reason, got ${describe(match)}`,
  );
}

/** What was given to match crashes, for people. */
export function formatMatch(match: CrashMatch | undefined): string {
  return match instanceof RegExp ? String(match) : formatValue(match);
}

/** Whether a crash is one of those that `match` means. */
export function matches(crash: ExitEvent, match: CrashMatch): boolean {
  const { reason } = crash;
  if (typeof match === 'string')
    return reason === match || (reason instanceof Error && reason.message.includes(match));
  if (match instanceof RegExp) return match.test(formatExit(reason));
  if (isErrorClass(match)) return reason instanceof match;
  if (typeof match === 'function') return isPredicate(match) && match(crash);
  return sameTerm(reason, match);
}

/** Whether a reason is a failed `expect` or `assert`, or comes of one. */
export function failedAssertion(reason: ExitReason): Error | undefined {
  let error: unknown = reason;
  for (let depth = 0; depth < 8 && error instanceof Error; depth += 1) {
    if (error.name === 'AssertionError') return error;
    error = error.cause;
  }
  return undefined;
}

/** By the main process of the node: the last ancestor of all its processes. */
const watches = new Map<Pid<never>, ExitWatch>();
let detach: (() => void)[] = [];

function startListening(): void {
  detach = [
    subscribe('coppice.process.exit', (event) => watchOf(event)?.exited(event)),
    subscribe('coppice.process.crash', (event) => {
      const watch = watchOf(event);
      if (watch !== undefined) watch.crashes.push(event);
      else console.error(formatCrash(event)); // of a node that is not under test: told as if nobody listened
    }),
  ];
}

function stopListening(): void {
  for (const stop of detach) stop();
  detach = [];
}

function watchOf({ pid, ancestors }: ExitEvent): ExitWatch | undefined {
  const root = ancestors.at(-1) ?? pid;
  return typeof root === 'string' ? undefined : watches.get(root);
}

function isErrorClass(match: unknown): match is abstract new (...args: never[]) => Error {
  return typeof match === 'function' && (match === Error || match.prototype instanceof Error);
}

function isPredicate(match: object): match is (crash: ExitEvent) => boolean {
  return typeof match === 'function';
}
