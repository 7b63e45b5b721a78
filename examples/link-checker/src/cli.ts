/** The command line. */
import { Command, InvalidArgumentError } from 'commander';

/** What was asked for. Numbers are `undefined` where nothing was said: then the kind of target decides. */
export interface CommandLine {
  readonly target: string | undefined;
  readonly chaos: boolean;
  readonly seed: number | undefined;
  readonly tree: boolean;
  readonly json: boolean;
  readonly external: boolean;
  readonly concurrency: number | undefined;
  readonly rate: number | undefined;
  readonly timeout: number | undefined;
  readonly attempts: number | undefined;
  readonly maxSize: number | undefined;
}

const EXIT_CODES = `
Exit code: 0 all links are good, 1 some are broken or the target can't be checked, 2 wrong usage, 130 interrupted.`;

/** Reads `argv`. On wrong usage, `--help` and `--version` it prints and ends the program. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const command = new Command('link-checker')
    .description('Checks every link and every #fragment of a site or of a folder of Markdown and HTML.')
    .argument('[target]', 'folder, file, or http(s) address; default: the README and docs of this repository')
    .option('--chaos', 'check twice, and kill random processes all the time when checking again', false)
    .option('--seed <number>', 'seed of the chaos and of the faults of the local server', whole)
    .option('--tree', 'show the supervision tree at work', false)
    .option('--json', 'print the report as JSON', false)
    .option('--external', 'check links to other hosts too', false)
    .option('--concurrency <number>', 'requests to one host at a time', whole)
    .option('--rate <number>', 'requests to one host in a second', positive)
    .option('--timeout <seconds>', 'for one request', positive)
    .option('--attempts <number>', 'failures until an address counts as broken', whole)
    .option('--max-size <kB>', 'how much of a page is read', positive)
    .addHelpText('after', EXIT_CODES)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .parse(argv);
  // Commander gives what the declarations above say, under their camelCase names.
  return { ...command.opts<Omit<CommandLine, 'target'>>(), target: command.args[0] };
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

function whole(text: string): number {
  const value = positive(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('It must be a whole number above 0.');
  return value;
}
