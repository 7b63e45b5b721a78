/** Entry of the program. */
import { ExitError, formatExit } from '@coppice/core';
import { readCommandLine } from './cli.ts';
import { program } from './program.ts';

const { stdout, stderr } = process;
const interrupt = new AbortController();
// Once: a second Ctrl-C ends the program the hard way.
process.once('SIGINT', () => interrupt.abort());
try {
  const line = readCommandLine(process.argv);
  process.exitCode = await program(line, { stdout, stderr, interrupt: interrupt.signal });
} catch (error) {
  if (!(error instanceof ExitError)) throw error;
  stderr.write(`link-checker: ${formatExit(error.reason)}\n`);
  process.exitCode = 1;
}
