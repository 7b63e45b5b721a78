#!/usr/bin/env node
/** `npx coppice repl`. */
import { version } from '@coppice/core';
import { startRepl } from './repl.ts';

const USAGE = `Usage: coppice repl

  repl        a prompt that is a process, with everything of coppice in scope
  --version   the version
  --help      this text
`;

const [command, ...rest] = process.argv.slice(2);
if (command === 'repl' && rest.length === 0) startRepl();
else if (command === '--version') process.stdout.write(`${version}\n`);
else if (command === '--help') process.stdout.write(USAGE);
else {
  process.stderr.write(USAGE);
  process.exitCode = 1;
}
