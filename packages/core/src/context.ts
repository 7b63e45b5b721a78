/** A running body's view of its own process. */
import { caller, exited } from './current.ts';
import { ownIn } from './exit-hook.ts';
import { isolate } from './isolation.ts';
import type { Sendable } from './message.ts';
import type { Pid } from './pid.ts';
import type { Process } from './process.ts';
import { type Receive, type ReceiveOptions, receiveIn } from './receive.ts';

/** A running body's view of its own process. `M` names all it receives, `Down` and `Exit` included where it monitors or traps. */
export interface Context<M = never> {
  readonly self: Pid<Sendable<M>>;
  readonly receive: Receive<M>;
  /** Aborts when this process exits. */
  readonly signal: AbortSignal;
  /** Ties a resource to this process: see `own`. */
  readonly own: <T>(resource: T) => T;
}

/** The code of a process. The process ends when it returns, or when the promise that it gives settles; the value is nobody's. */
export type Body<M> = (context: Context<M>) => unknown;

/** The members may be taken out by destructuring, so they are bound; each is made when first asked for. */
class ProcessContext {
  readonly #process: Process;
  #receive: ((match?: unknown, options?: ReceiveOptions) => Promise<unknown>) | undefined;

  constructor(process: Process) {
    this.#process = process;
  }

  get self(): Pid<never> {
    return this.#process.pid;
  }

  get receive(): (match?: unknown, options?: ReceiveOptions) => Promise<unknown> {
    this.#receive ??= receiveIn.bind(undefined, this.#process); // less memory than a closure
    return this.#receive;
  }

  get signal(): AbortSignal {
    return signalOf(this.#process);
  }

  get own(): <T>(resource: T) => T {
    const process = this.#process;
    return (resource) => ownIn(process, resource);
  }
}

/** The context of a process, under the type that its code claims. */
export function contextOf<M>(process: Process): Context<M> {
  return new ProcessContext(process) as unknown as Context<M>; // a mailbox is untyped: what it holds is the body's claim
}

/** The calling process's context, for top-level code and helpers. `M` is your claim. */
export function context<M = never>(): NoInfer<Context<M>> {
  return contextOf(caller());
}

/** The calling process. `M` is your claim about what it receives; without it the pid can be linked, monitored, compared, not sent to. OTP: `self/0`. */
export function self<M = never>(): Pid<Sendable<NoInfer<M>>> {
  return caller().pid;
}

/** `value` as the calling process would receive it: itself, frozen or copied. For what is put into a table and read from it. */
export function isolated<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  return isolate(value, caller().isolation) as T; // a copy has the type of what it is a copy of
}

/** The calling process's `AbortSignal`: aborts when it exits. */
export function abortSignal(): AbortSignal {
  return signalOf(caller());
}

function signalOf(process: Process): AbortSignal {
  const { rare } = process;
  rare.aborter ??= new AbortController();
  if (!process.isAlive) rare.aborter.abort(exited(process));
  return rare.aborter.signal;
}
