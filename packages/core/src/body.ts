/** The code of a process that receives by itself: its start, and its end by return or throw. */
import { contextOf } from './context.ts';
import { currentProcess, enterBody, followsPromises } from './current.ts';
import { exitProcess, exitThrown, settleCode } from './exit.ts';
import type { Process } from './process.ts';
import { asPromise } from './promise.ts';

/** Runs the first part of a body. All that follows from it belongs to `process`. */
export function startBody(process: Process): void {
  enterBody(process, run);
}

function run(process: Process): void {
  let result: Promise<unknown> | undefined;
  try {
    const { code } = process;
    if (typeof code === 'function') result = asPromise(code(contextOf<never>(process) as never)); // what it receives is the body's own claim
  } catch (error) {
    return threw(process, error);
  }
  if (result === undefined) return returned(process);
  // Shared handlers that know their process by the storage are cheaper than two closures for each process.
  if (followsPromises) result.then(currentReturned, currentThrew);
  else
    result.then(
      () => returned(process),
      (error: unknown) => threw(process, error),
    );
}

function currentReturned(): void {
  const process = currentProcess();
  if (process !== undefined) returned(process);
}

function currentThrew(error: unknown): void {
  const process = currentProcess();
  if (process !== undefined) threw(process, error);
}

/** What a dead body returns or throws is discarded. */
function returned(process: Process): void {
  settleCode(process);
  exitProcess(process, 'normal', 'code');
}

function threw(process: Process, error: unknown): void {
  settleCode(process);
  exitThrown(process, error);
}
