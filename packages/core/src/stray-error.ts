/**
 * Errors that nothing caught: a throw in the callback of a timer or socket, an `error` event without listener, a rejection that nobody handles. Only the
 * host's global handlers see them, and there who the calling process is still says whose code it was.
 */
import { currentProcess } from './current.ts';
import { exitThrown } from './exit.ts';

/**
 * For the host's handlers of uncaught errors and unhandled rejections: ends the process whose code threw `error`, as a throw in its body would; its links,
 * monitors and supervisor see that. If it has exited already, nothing happens: what the code of a dead process throws is discarded. Gives `false` if the error
 * is no process's: then it is the host's to deal with. Top-level code is no process here, though it runs as main.
 */
export function exitStray(error: unknown): boolean {
  const process = currentProcess();
  if (process === undefined || process === process.host.main) return false;
  exitThrown(process, error);
  return true;
}
