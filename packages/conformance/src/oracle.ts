/**
 * The helper that scenarios are written with: `O` of `oracle/oracle_helper.exs`. It records steps and a log of effects, and folds the
 * ways in which code can end. It knows no transcript.
 */
import {
  type Awaitable,
  ancestors,
  CoppiceError,
  context,
  type Dest,
  type Down,
  demonitor,
  ExitError,
  type ExitReason,
  isDown,
  type MonitorRef,
  monitor,
  nodeName,
  type Pid,
  ProcessExited,
  receive,
  self,
  send,
  sleep,
  spawnMonitor,
  trapExit,
} from '@coppice/core';
import { type PidWithInfo, SpecError } from '@coppice/supervisor';
import { Encoder, type Json } from './encoder.ts';
import { functionName } from './names.ts';
import { done, exception } from './term.ts';

/** One line of a transcript. */
export interface Line {
  readonly step: string;
  readonly value: Json;
}

export type Caught<T> =
  | readonly ['returned', T]
  | readonly ['error', unknown]
  | readonly ['exit', ExitReason]
  | readonly ['throw', unknown];
export type Isolated<T> = readonly ['returned', T] | readonly ['caller_died', ExitReason];

type Outcome =
  | { readonly failed: false; readonly value: unknown }
  | { readonly failed: true; readonly reason: unknown };
interface Answer<T> {
  readonly type: 'answer';
  readonly tag: number;
  readonly value: T;
}

export class Oracle {
  readonly #lines: Line[];
  readonly #encoder = new Encoder();
  readonly #above: readonly unknown[];
  #log: unknown[] = [];
  #tags = 0;

  /** Made in the scenario's own process, which is `#main`; its steps are added to `lines`. */
  constructor(lines: Line[]) {
    this.#lines = lines;
    this.name(self(), 'main');
    this.module(nodeName(), 'nonode@nohost');
    this.#above = ancestors();
  }

  /** Writes one line: what was observed, under the name of the step. */
  step(step: string, value: unknown): void {
    this.#lines.push({ step, value: this.#encoder.encode(value) });
  }

  /** The pid, ref or module `value` is written as `#symbol` from now on. */
  name<T>(value: T, symbol: string): T {
    return this.#encoder.name(value, `#${symbol}`);
  }

  /** The object that stands for an Elixir module is written as `:Module`. */
  module<T>(value: T, name: string): T {
    return this.#encoder.name(value, `:${name}`);
  }

  /** Ancestors up to the scenario's own process: the BEAM's script has none, Coppice's descends from its node's main. */
  lineage(ancestors: readonly unknown[]): readonly unknown[] {
    return ancestors.filter((ancestor) => !this.#above.includes(ancestor));
  }

  /** Adds to the log of effects. */
  log(event: unknown): void {
    this.#log.push(event);
  }

  /** The log of effects so far, in order; the log is empty afterwards. */
  takeLog(): readonly unknown[] {
    const log = this.#log;
    this.#log = [];
    return log;
  }

  /** Runs `fn` here; folds the four ways it can end. A caller that is already dead stays dead. */
  async catching<T>(fn: () => Awaitable<T>): Promise<Caught<T>> {
    try {
      return ['returned', await fn()];
    } catch (error) {
      if (error instanceof ProcessExited) throw error;
      if (error instanceof ExitError) return ['exit', error.call === undefined ? error.reason : error];
      if (error instanceof Error) return ['error', exception(error)];
      return ['throw', error];
    }
  }

  /** `{:ok, value} | :ignore | {:error, reason}` of a function that resolves with a value. */
  async result(fn: () => Awaitable<unknown>): Promise<unknown> {
    const outcome = await this.#outcome(fn);
    if (outcome.failed) return ['error', outcome.reason];
    if (outcome.value === 'ignore') return 'ignore';
    return hasInfo(outcome.value) ? ['ok', outcome.value.pid, outcome.value.info] : ['ok', outcome.value];
  }

  /** `:ok | {:error, reason}` of a function that resolves with nothing. */
  async ok(fn: () => Awaitable<unknown>): Promise<unknown> {
    const outcome = await this.#outcome(fn);
    return outcome.failed ? ['error', outcome.reason] : done(outcome.value);
  }

  async #outcome(fn: () => Awaitable<unknown>): Promise<Outcome> {
    try {
      return { failed: false, value: await fn() };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return { failed: true, reason: errorReason(error) };
    }
  }

  /** Runs `fn` in a fresh unlinked process: its value, or why the process died. */
  async isolated<T>(
    fn: () => Awaitable<T>,
    options: { readonly trap?: boolean; readonly name?: string } = {},
  ): Promise<Isolated<T>> {
    const parent = self<Answer<T>>();
    const tag = ++this.#tags;
    const { ref } = spawnMonitor(async ({ self: me }) => {
      if (options.trap) trapExit(true);
      this.name(me, options.name ?? 'caller');
      send(parent, { type: 'answer', tag, value: await fn() });
    });
    const isEnd = downOf(ref);
    const isMine = (m: unknown): m is Answer<T> | Down => isAnswer(m, tag) || isEnd(m);
    const first = await receive(isMine);
    if (first.type === 'DOWN') return ['caller_died', first.reason];
    await this.awaitDown(ref);
    return ['returned', first.value];
  }

  /** Monitors `pid` and waits for its end. */
  async down(pid: Pid<never>, timeout = 2000): Promise<readonly ['down', ExitReason] | 'still_alive'> {
    const ref = monitor(pid);
    const message = await receive(downOf(ref), { timeout });
    if (message !== undefined) return ['down', message.reason];
    demonitor(ref, { flush: true });
    return 'still_alive';
  }

  /** Reason of the DOWN for `ref`. */
  async awaitDown(ref: MonitorRef, timeout = 2000): Promise<ExitReason | 'no_down'> {
    const message = await receive(downOf(ref), { timeout });
    return message === undefined ? 'no_down' : message.reason;
  }

  async waitUntil(condition: () => Awaitable<boolean>, tries = 400): Promise<'ok' | 'gave_up'> {
    for (let left = tries; left >= 0; left--) {
      if (await condition()) return 'ok';
      await sleep(5);
    }
    return 'gave_up';
  }

  /** Traps exits in the scenario's own process, with an empty mailbox. */
  async trap(): Promise<void> {
    trapExit(true);
    await this.mailbox();
  }

  spawnMon(body: () => void | Promise<void>): { readonly pid: Pid<never>; readonly ref: MonitorRef } {
    return spawnMonitor(body);
  }

  /** The next message, or `'none'`. */
  async recv(timeout = 300): Promise<unknown> {
    return (await context<unknown>().receive(undefined, { timeout })) ?? 'none';
  }

  /** Takes all that is in the mailbox now. */
  async mailbox(): Promise<readonly unknown[]> {
    const all: unknown[] = [];
    for (;;) {
      const message = await context<unknown>().receive(undefined, { timeout: 0 });
      if (message === undefined) return all;
      all.push(message);
    }
  }
}

/** A guard for messages with this `type`. */
export function ofType<T extends { readonly type: string }>(
  type: T['type'],
): (message: unknown) => message is T {
  return (message): message is T =>
    typeof message === 'object' && message !== null && 'type' in message && message.type === type;
}

/** A guard for this one DOWN. */
export function downOf(ref: MonitorRef | undefined): (message: unknown) => message is Down {
  return (message): message is Down => isDown(message) && message.ref === ref;
}

/** `send`, answering with the message as Elixir's does; Coppice's returns nothing. */
export function sent<M>(dest: Dest<M>, message: NoInfer<M>): M {
  send(dest, message);
  return message;
}

/** An exit with only the first argument of its call: `{why, {m, f, n}}`. */
export function slimExit([kind, value]: Caught<unknown>): readonly [kind: string, value: unknown] {
  if (!(value instanceof ExitError) || value.call === undefined) return [kind, value];
  const [module, name] = functionName(value.call.module, value.call.function);
  return [kind, [value.reason, [module, name, value.call.args[0]]]];
}

/** What OTP answers with `{:error, reason}`; other errors are exits or bugs. */
function isRefusal(error: unknown): error is CoppiceError | SpecError {
  if (error instanceof ExitError || error instanceof ProcessExited) return false;
  return error instanceof CoppiceError || error instanceof SpecError;
}

function errorReason(error: CoppiceError | SpecError): unknown {
  if ('reason' in error) return error.reason;
  return 'pid' in error ? [error.code, error.pid] : error.code;
}

/** `{:ok, pid, info}` of a start. */
function hasInfo(value: unknown): value is PidWithInfo {
  return typeof value === 'object' && value !== null && 'pid' in value && 'info' in value;
}

function isAnswer<T>(message: unknown, tag: number): message is Answer<T> {
  return typeof message === 'object' && message !== null && 'tag' in message && message.tag === tag;
}
