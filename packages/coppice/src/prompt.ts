/** Node's REPL with the main process as its prompt: who evaluates, what is shown when main ends, and the number of the line. IEx: the server of the shell. */
import { type REPLEval, type REPLServer, Recoverable } from 'node:repl';
import { type ExitReason, formatValue, type Pid, replaceMain } from '@coppice/core';
import { discardLateErrors } from './late-code.ts';
import { killMain, runAsMain } from './shell.ts';

/** The text of the prompt. */
export function promptOf(line: number): string {
  return `coppice(${line})> `;
}

/** Makes the main process the prompt of `server`. `onPrompt` is called each time when a line may be typed. */
export function promptAsMain(server: REPLServer, onPrompt: () => void): void {
  const { output, eval: evaluate } = server;
  const displayPrompt = server.displayPrompt.bind(server);
  const close = server.close.bind(server);
  let line = 1;
  /** A line is being evaluated: no prompt has been shown since. */
  let isEvaluating = false;
  let isContinued = false;
  /** Ctrl+C was pressed, and no prompt has been shown since: a line waits. `isEvaluating` does not tell, for a stray error has a prompt shown too. */
  let isInterrupted = false;

  discardLateErrors(server, () => isEvaluating);
  replaceMain((pid, reason) => {
    output.write(`${isEvaluating ? '' : '\n'}${exitLine(pid, reason)}\n`);
    if (!isEvaluating)
      displayPrompt(); // the line is still to come
    else if (!isMuted(server)) {
      mute(server);
      server.emit('SIGINT');
    }
  });
  // Ctrl+C while a line waits: Node gives it up and shows no prompt yet. What the line had begun is main's, which therefore ends.
  server.prependListener('SIGINT', () => {
    isInterrupted = true;
  });
  server.on('SIGINT', () => {
    if (!isInterrupted || isMuted(server)) return;
    mute(server);
    killMain();
  });

  const asMain: REPLEval = (code, context, file, done) => {
    // What the completion of a name asks for is no line.
    if (!code.endsWith('\n')) return runAsMain(() => evaluate.call(server, code, context, file, done));
    isEvaluating = true;
    isContinued = false;
    const told = (...outcome: Parameters<typeof done>): void => {
      isContinued = outcome[0] instanceof Recoverable;
      done(...outcome); // as many as Node gave: without a second one it prints no value
    };
    runAsMain(() => evaluate.call(server, code, context, file, told));
  };
  const showPrompt: typeof displayPrompt = (preserveCursor) => {
    Object.assign(server, { output });
    if (isEvaluating && !isContinued) line += 1;
    isEvaluating = false;
    isInterrupted = false;
    server.setPrompt(promptOf(line));
    displayPrompt(preserveCursor);
    onPrompt();
  };
  const leave: typeof close = () => {
    isInterrupted = false;
    close();
  };
  Object.assign(server, { eval: asMain, displayPrompt: showPrompt, close: leave });
}

/** OTP's words for it. */
function exitLine(pid: Pid<never>, reason: ExitReason): string {
  return `** (EXIT from ${pid}) shell process exited with reason: ${formatValue(reason)}`;
}

/** What Node would say of a line that is given up is left out; the next prompt ends that. */
function mute(server: REPLServer): void {
  Object.assign(server, { output: SILENCE });
}

function isMuted(server: REPLServer): boolean {
  return Object.is(server.output, SILENCE);
}

const SILENCE = { write: (): boolean => true };
