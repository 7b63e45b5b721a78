/** One piece of work as a process, and code that runs as a process wherever it is called from. */
import { requireFunction } from './argument.ts';
import type { Context } from './context.ts';
import { caller, callerOrDead, runIn } from './current.ts';
import { route } from './delivery.ts';
import { ExitError } from './errors.ts';
import { onProcessExit } from './exit-hook.ts';
import { describe } from './format.ts';
import type { Awaitable, Host, Process } from './process.ts';
import { quietly, rejected, rejectWhereAwaited } from './promise.ts';
import { type SpawnOptions, spawnFrom } from './spawn.ts';

/** How {@link run} starts its process. */
export interface RunOptions extends SpawnOptions {
  /**
   * Aborting it is an exit signal to the process, with `{ shutdown: signal.reason }`: nobody waits for the result any more. A process that traps exits has it as
   * a message, and may still give its result.
   */
  readonly signal?: AbortSignal;
}

/**
 * Starts a process for one piece of work and gives its result: what a request handler uses. Rejects with `ExitError` when the process ends
 * without a result, be it that `signal` was aborted. Not linked to the caller, and called from any code.
 *
 * @example
 * const gone = new AbortController();
 * response.once('close', () => gone.abort());
 * response.end(await run(() => answer(request), { signal: gone.signal }));
 */
export function run<T, M = never>(
  body: (context: Context<M>) => Awaitable<T>,
  options?: RunOptions,
): Promise<T> {
  try {
    const parent = caller();
    return runOn(parent.host, parent, body, options);
  } catch (error) {
    return rejected(error);
  }
}

/** {@link run} on a node. */
export function runOn<T, M>(
  host: Host,
  parent: Process,
  body: (context: Context<M>) => Awaitable<T>,
  options: RunOptions | undefined,
): Promise<T> {
  const { signal } = options ?? {};
  // What is thrown in here, be it for an argument, is the rejection.
  const promise: Promise<T> = new Promise<T>((resolve) => {
    requireFunction(body, 'body');
    if (signal !== undefined && typeof signal?.addEventListener !== 'function')
      throw new TypeError(`signal must be an AbortSignal, got ${describe(signal)}`);
    let result: { readonly value: T } | undefined;
    const work = async (context: Context<M>): Promise<void> => {
      result = { value: await body(context) };
    };
    const named = Object.defineProperty(work, 'name', { value: body.name || 'run' });
    const child = spawnFrom(host, parent, named, options);
    const abort = (): void => {
      const reason = { shutdown: signal?.reason as unknown };
      route({ kind: 'exit', to: child.pid, from: parent.pid, reason, link: undefined });
    };
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort);
    // Told in the turn of the exit: when the result is there, the process is gone, with its name and all that it owned.
    onProcessExit(child.pid, (reason) => {
      if (result === undefined || reason !== 'normal')
        rejectWhereAwaited(promise, resolve, new ExitError(reason));
      else resolve(result.value);
      signal?.removeEventListener('abort', abort);
    });
  });
  return quietly(promise);
}

/**
 * `fn`, bound to the calling process: whoever calls it, `self()` inside is that process. For listeners, which run as whoever emits.
 * After the process has exited the bound function still runs, and stops at its first call of the runtime.
 */
export function bindSelf<T, A extends unknown[], R>(
  fn: (this: T, ...args: A) => R,
): (this: T, ...args: A) => R {
  const process = callerOrDead();
  requireFunction(fn, 'fn');
  return function bound(this: T, ...args: A): R {
    return runIn(process, (given: A) => fn.apply(this, given), args);
  };
}
