/** The REPL: Node's own, with the main process as its prompt and everything of `coppice` in scope. IEx. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type REPLServer, start } from 'node:repl';
import { inspect } from 'node:util';
import {
  holdProgram,
  processInfo,
  processTree,
  realClock,
  receive,
  runOutside,
  self,
  version,
} from '@coppice/core';
// oxlint-disable-next-line no-restricted-imports -- what is in scope is what the package exports
import * as coppice from './index.ts';
import { PipedInput } from './piped-input.ts';
import { promptAsMain, promptOf } from './prompt.ts';
import { runAsMain } from './shell.ts';

const HISTORY = '.coppice_repl_history';

const HELP = `The prompt is the main process: self() is its pid, and what is sent to it waits for receive().

  await ...       works at the prompt; Ctrl+C ends the wait, and with it the main process
  await receive() the first message; receive(undefined, { timeout: 100 }) gives up after 100 ms
  await flush()   shows the messages that are there, and drops them
  processTree()   all processes, each below who started it; also .tree
  spawnLink(fn)   if it crashes, the main process ends too and another takes its place; variables stay
  Counter = (await import('./counter.js')).Counter

All that 'coppice' exports is in scope. Commands: .help`;

/** How long a line through a pipe leaves to what the one before has started. */
const PAUSE_MS = 2;

/**
 * Starts the REPL on stdin and stdout. The program ends with the input, or by `.exit`. Lines through a pipe are taken one by one, each when the one before
 * has its result. At a terminal the history is kept in `~/.coppice_repl_history`.
 */
export function startRepl(): void {
  const { stdin, stdout } = process;
  const isTerminal = stdin.isTTY === true && stdout.isTTY === true;
  const piped = isTerminal ? undefined : new PipedInput(stdin);
  stdout.write(`Coppice ${version} on Node ${process.versions.node}. Type h() for help, .exit to leave.\n`);
  const server = start({
    prompt: promptOf(1),
    input: piped?.stream ?? stdin,
    output: stdout,
    terminal: isTerminal,
    useGlobal: true, // a context of its own would have its own Error, which is none for the runtime
    breakEvalOnSigint: true,
  });
  showTextAsItIs(server);
  addScope(server);
  addCommands(server);
  const next = (): void => {
    runOutside(() => realClock.schedule(PAUSE_MS, () => void piped?.next())); // whoever was evaluating may be dead by then
  };
  promptAsMain(server, () => {
    if (piped !== undefined) next();
  });
  if (piped === undefined) server.setupHistory(join(homedir(), HISTORY), () => {});
  else next();
  holdProgram(); // until it is left
  server.on('exit', () => stdout.write('\n', () => process.exit()));
}

/** Text of several lines, such as a tree of processes, without quotes and `\n`. */
function showTextAsItIs(server: REPLServer): void {
  const { writer } = server;
  const write = (value: unknown): string =>
    typeof value === 'string' && value.includes('\n') ? value : writer.call(server, value);
  Object.assign(server, { writer: write });
}

function addScope(server: REPLServer): void {
  const helpers = {
    h: () => ({ [inspect.custom]: () => HELP }),
    flush: () => flush((message) => server.output.write(`${server.writer(message)}\n`)),
  };
  for (const [name, value] of Object.entries({ ...coppice, ...helpers })) {
    Object.defineProperty(server.context, name, { value, configurable: true, writable: true });
  }
}

function addCommands(server: REPLServer): void {
  server.defineCommand('tree', {
    help: 'Print all processes, each below who started it',
    action() {
      runAsMain(() => server.output.write(`${processTree()}\n`)); // whoever's keys these are may be dead
      server.displayPrompt();
    },
  });
}

/** Takes the messages that are there. IEx: `flush/0`. */
async function flush(show: (message: unknown) => void): Promise<void> {
  const count = processInfo(self())?.messageQueueLength ?? 0;
  for (let taken = 0; taken < count; taken += 1) show(await receive());
}
