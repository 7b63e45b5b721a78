/** The stdout of a pino that the logger makes itself: writes without waiting, and holds up no exit of the program for longer than a moment. */
import { formatValue, realClock } from '@coppice/core';
import { pino } from 'pino';

/** What a stuck stdout may keep in memory before lines are dropped. */
const MAX_BUFFERED_CHARACTERS = 16 * 1_024 * 1_024;
/** How long an exit of the program waits for a stdout that takes nothing. */
const LAST_WAIT_MS = 1_000;

/** What pino gives; its declarations call it a stream of another library. */
export type Stdout = ReturnType<typeof pino.destination>;

/** When the program began to exit. */
let exitAt: number | undefined;
let isHeeded = false;

/**
 * A new destination for stdout. Where nobody takes what is written, `process.exit` would never come to its end: pino writes what is left in an exit handler, and tries
 * again for ever, whatever the error is. Here it gives up after a second, and says so on stderr. While the host's threads are busy, what is written then may come before the
 * lines that wait for one of them.
 */
export function makeStdout(): Stdout {
  if (!isHeeded) process.prependListener('exit', noteExit); // before pino's own handler, which flushes
  isHeeded = true;
  const stdout = pino.destination({
    dest: 1,
    sync: false,
    maxLength: MAX_BUFFERED_CHARACTERS,
    retryEAGAIN: () => !isTooLate(),
  });
  const flush = stdout.flushSync.bind(stdout);
  stdout.flushSync = () => (exitAt === undefined ? flush() : flushLast(stdout, flush));
  return stdout;
}

/** The last flush. Its loop asks for the descriptor before each try, and gives up on nothing but an `EAGAIN` that `retryEAGAIN` does not want tried again. */
function flushLast(stdout: Stdout, flush: () => void): void {
  const { fd } = stdout as Stdout & { readonly fd: number }; // pino's declarations leave it out
  const getFd = (): number => {
    if (isTooLate()) throw Object.assign(new Error('stdout took nothing for a second'), { code: 'EAGAIN' });
    return fd;
  };
  Object.defineProperty(stdout, 'fd', { get: getFd, configurable: true });
  try {
    flush();
  } catch (error) {
    console.error(`what is left of the log was not written: ${formatValue(error)}`);
  }
}

function isTooLate(): boolean {
  return exitAt !== undefined && realClock.now() - exitAt >= LAST_WAIT_MS;
}

function noteExit(): void {
  exitAt = realClock.now();
}
