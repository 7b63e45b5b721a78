/** What `run` needs of the machine that the program runs on; tests have one of their own. */
import { ownStrayErrors, realClock, runOutside } from '@coppice/core';

/** The program, seen from inside. */
export interface Host {
  /** Calls `listener` for each SIGTERM and SIGINT. */
  onSignal(listener: (signal: string, number: number) => void): void;
  /** From now on an error that nothing caught, and a rejection that nobody handles, is the exit of the process whose code it was; one of no process, or of the program's output, keeps the host's default. */
  ownStrayErrors(): void;
  /** Writes a line to stderr. */
  write(text: string): void;
  /** Ends the program, when its output is written or at once. With code 0 one that the program has set stays. */
  exit(code: number, atOnce: boolean): void;
}

/** Ms that output has to be written: whoever reads it may have gone. */
const FLUSH_WITHIN_MS = 1_000;

/** With their numbers, which Node tells, and Deno does not. */
const SIGNALS = [
  ['SIGTERM', 15],
  ['SIGINT', 2],
] as const;

/** Node. Throws `TypeError` where there is none. */
export function nodeHost(): Host {
  const { process } = globalThis;
  if (process?.versions?.node === undefined)
    throw new TypeError(
      'Application.run needs Node: elsewhere, start the application with Application.start',
    );
  return {
    onSignal(listener) {
      for (const [signal, number] of SIGNALS) process.on(signal, () => listener(signal, number));
    },
    ownStrayErrors() {
      ownStrayErrors();
      ownOutputErrors(process.stdout);
      ownOutputErrors(process.stderr);
    },
    write: (text) => void process.stderr.write(`${text}\n`),
    exit(code, atOnce) {
      if (code !== 0) process.exitCode = code;
      if (atOnce) process.exit();
      realClock.schedule(FLUSH_WITHIN_MS, () => process.exit());
      process.stdout.write('', () => process.stderr.write('', () => process.exit()));
    },
  };
}

/**
 * An `error` of the program's own output that nobody listens for is thrown as nobody, and so ends the program: without this it would be the exit of whichever process
 * happened to write, one after another.
 */
function ownOutputErrors(output: NodeJS.WriteStream): void {
  output.on('error', (error) => {
    if (output.listenerCount('error') > 1) return;
    runOutside(() =>
      globalThis.process.nextTick(() => {
        throw error;
      }),
    );
  });
}
