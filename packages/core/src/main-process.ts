/**
 * The program's own node, and its main process: what top-level code runs as, as in an IEx shell. If a link kills main, the crash is
 * told, the tree that is linked to it is stopped, and the program ends with exit code 1, as `elixir script.exs` does. In a shell the program goes on
 * with another main.
 */
import { requireFunction } from './argument.ts';
import { userFramesOnly } from './crash-report.ts';
import { runOutside, setAmbient } from './current.ts';
import { onProcessExit } from './exit-hook.ts';
import type { ExitReason } from './exit-reason.ts';
import { formatExit, meaningOf } from './format.ts';
import { NodeState } from './node.ts';
import type { Pid } from './pid.ts';
import type { Host, Process } from './process.ts';
import { writeError } from './telemetry.ts';

/** How long the tree may take to stop after main has died. */
const STOP_WITHIN_MS = 10_000;

let own: NodeState | undefined;
/** What happens when main has exited. */
let mainExited = endProgram;

/** The program's own node, made when first needed. */
function programNode(): NodeState {
  if (own === undefined) {
    own = new NodeState({ name: 'main' });
    watch(own.main);
  }
  return own;
}

function watch(main: Process): void {
  onProcessExit(main.pid, (reason) => mainExited(main, reason));
}

/** Whether the program ends when the main process of this node does. */
export function endsWithMain(host: Host): boolean {
  return host === own && mainExited === endProgram;
}

/**
 * From now on the program does not end with its main process: another takes its place, as whom top-level code goes on. `told` hears of each end, then. For
 * shells, which call it first of all. What was linked to the main process that ended has its exit signal, and code that was bound to that one stops as the code
 * of any dead process; all others go on. Throws `TypeError` when `told` is no function. OTP: the evaluator of a shell.
 */
export function replaceMain(told: (pid: Pid<never>, reason: ExitReason) => void): void {
  requireFunction(told, 'told');
  const node = programNode();
  mainExited = ({ pid }, reason) => runOutside(() => told(pid, reason));
  node.renewMain = () => {
    node.main.settle(); // nobody can say when its code, which is whatever runs outside of all others, has come to its end
    node.main = node.makeMain();
    watch(node.main);
  };
}

// In a file of vitest's tests top-level code is no process: what one test left behind would be in the next one's mailbox. A program that a test starts has one.
if (!('__vitest_worker__' in globalThis)) setAmbient(() => programNode().main);

function endProgram(main: Process, reason: ExitReason): void {
  writeError(
    `the main process ${main.pid} was ended by an exit signal, such as from a linked process: ${userFramesOnly(formatExit(reason))}${meaningOf(reason)}`,
  );
  const { process } = globalThis;
  if (process === undefined) return;
  process.exitCode = 1;
  const linked = [...(main.links ?? [])].map((end) => end.peer);
  let left = linked.length;
  const flushAndExit = (): void => {
    process.stdout.write('', () => process.stderr.write('', () => process.exit(1)));
  };
  const timer = programNode().timers.start(STOP_WITHIN_MS, flushAndExit, true);
  const ended = (): void => {
    left -= 1;
    if (left > 0) return;
    programNode().timers.cancel(timer);
    flushAndExit();
  };
  if (left === 0) flushAndExit();
  for (const pid of linked) onProcessExit(pid, ended);
}
