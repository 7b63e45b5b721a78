/**
 * The code of a process that has exited. JavaScript cannot stop code that runs, so it stops at its next call of the runtime: that
 * rejects with `ProcessExited`, the first time at once, the next {@link PATIENCE} times after a turn of the event loop each,
 * then never again. So `finally` blocks complete, and a body that swallows every error and loops cannot starve the program
 * (rejecting at once froze it; rejecting for ever cost 84 % of a core).
 */
import { immediate } from './clock.ts';
import { exited } from './current.ts';
import { withoutStack } from './errors.ts';
import type { Process } from './process.ts';
import { quietly, rejected, rejectQuietly } from './promise.ts';

const PATIENCE = 14;

/** What a promise-returning call of the runtime gives to the code of an exited process. */
export function fence(process: Process): Promise<never> {
  const { rare } = process;
  rare.fenced += 1;
  const error = exited(process);
  // Nobody awaits main's top-level code: a rejection there would be told as an uncaught error, on top of the crash.
  if (rare.fenced > PATIENCE + 1 || process === process.host.main) return new Promise<never>(() => {});
  if (rare.fenced === 1) return rejected(error);
  return quietly(new Promise<never>((_resolve, reject) => immediate(() => reject(error))));
}

/** Rejects a call that was pending when its process exited. */
export function fenced(
  process: Process,
  pending: { promise: Promise<unknown>; resolve: (value: Promise<never>) => void },
): void {
  if (process === process.host.main) return;
  process.rare.fenced += 1;
  // What is on the stack now is whoever ended the process.
  const error = withoutStack(() => exited(process));
  rejectQuietly(pending.promise, pending.resolve, error);
}
