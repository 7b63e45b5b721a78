/** The program's main process as whom the REPL evaluates. IEx: the evaluator. */
import { bindSelf, exit, ProcessExited, runOutside, self } from '@coppice/core';

/** Runs `code`, and all that follows from it, as main: when that has exited, its code stops, be there another main or not. */
export function runAsMain(code: () => void): void {
  runOutside(() => bindSelf(code)());
}

/** Ends main, and with it what is linked to it. */
export function killMain(): void {
  runAsMain(() => {
    try {
      exit(self(), 'kill');
    } catch (error) {
      if (!(error instanceof ProcessExited)) throw error; // code of a process that has exited stops like this
    }
  });
}
