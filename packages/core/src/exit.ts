/**
 * The end of a process. All of it happens in one turn: the name is free, links and monitors have fired, tables and registries know,
 * the mailbox is dropped, resources are closed, pending calls are fenced. What fires is queued as signals, so a chain of any
 * length dies without a deep stack.
 */
import { attempt } from './attempt.ts';
import { type ExitOrigin, reportExit } from './crash-report.ts';
import { exited, runIn } from './current.ts';
import { ExitError } from './errors.ts';
import { closeResources, runExitHooks } from './exit-hook.ts';
import { type ExitReason, isError } from './exit-reason.ts';
import { fenced } from './fence.ts';
import { clearLocalName } from './names.ts';
import { ProcessId } from './pid.ts';
import type { InitOutcome, Process } from './process.ts';
import { writeError } from './telemetry.ts';
import { Timer } from './timer-queue.ts';
import { fenceWaits } from './waits.ts';

/** Ends `process` with `reason`; nothing happens if it has ended. */
export function exitProcess(process: Process, reason: ExitReason, origin: ExitOrigin): void {
  if (!process.isAlive) return;
  process.end();
  process.exitReason = reason;
  if (process === process.host.main) process.host.renewMain?.();
  attempt(
    () => reportExit(process, reason, origin),
    () => writeError(`the exit of process ${process.pid} could not be reported`),
  );
  clearLocalName(process);
  runExitHooks(process, reason);
  releaseRelations(process, reason);
  tellStarter(process, { kind: 'failed', reason, isBySignal: origin === 'signal' });
  ProcessId.release(process.pid);
  process.host.forget(process);
  if (process.extension !== undefined) stopOwnCode(process);
  fenceReceiver(process);
  dropState(process);
}

/** Ends `process` for what its code threw: by `exit(reason)` for that reason, else for the error itself. */
export function exitThrown(process: Process, error: unknown): void {
  if (!isError(error)) exitProcess(process, { nocatch: error }, 'code');
  else if (error instanceof ExitError && error.call === undefined) exitProcess(process, error.reason, 'exit');
  else exitProcess(process, error, 'code');
}

/** The code of a process is no longer running or pending. */
export function settleCode(process: Process): void {
  process.settle();
  if (!process.isAlive) process.host.lingering.delete(process);
}

/** Tells who waits for the process's `init` what came of it; nothing happens if it was told. */
export function tellStarter(process: Process, outcome: InitOutcome): void {
  const { starter } = process;
  if (starter === undefined) return;
  process.starter = undefined;
  starter(outcome);
}

/** Links and monitors fire, in this order: who is linked and monitors gets its EXIT before its DOWN. */
function releaseRelations(process: Process, reason: ExitReason): void {
  const { pid, links, monitors, monitoredBy, host } = process;
  for (let end = links?.shift(); end !== undefined; end = links?.shift()) {
    end.isActive = false;
    host.queue({ kind: 'exit', to: end.peer, from: pid, reason, link: end.twin });
  }
  for (let monitor = monitoredBy?.shift(); monitor !== undefined; monitor = monitoredBy?.shift()) {
    host.queue({ kind: 'down', to: monitor.watcher, monitor, reason });
  }
  for (let monitor = monitors?.shift(); monitor !== undefined; monitor = monitors?.shift()) {
    monitor.isActive = false;
    monitor.alias = undefined;
    monitor.far.remove();
  }
}

/** Abort listeners and closing resources run as the process, which is dead: what they call of the runtime stops them. */
function stopOwnCode(process: Process): void {
  const { extension } = process;
  extension?.stopReceiveTimeout?.();
  for (let timer = extension?.incoming?.shift(); timer !== undefined; timer = extension?.incoming?.shift()) {
    if (timer instanceof Timer) process.host.timers.cancel(timer);
  }
  if (extension?.aborter !== undefined || extension?.resources !== undefined) {
    runIn(process, abortAndClose, process);
  }
  fenceWaits(process);
}

function abortAndClose(process: Process): void {
  process.extension?.aborter?.abort(exited(process));
  closeResources(process);
}

function fenceReceiver(process: Process): void {
  const { receiver } = process;
  if (receiver === undefined) return;
  process.receiver = undefined;
  receiver.stop?.();
  fenced(process, receiver);
}

/** A pending timer or a kept-alive socket keeps the process as what its code belongs to: nothing heavy may hang on it. */
function dropState(process: Process): void {
  if (process.isBusy) process.rare.initialCall = process.initialCall; // told of lingering code
  process.mailbox.clear();
  process.code = undefined;
  process.lastMessage = undefined;
  process.starter = undefined;
  process.links = undefined;
  process.monitors = undefined;
  process.monitoredBy = undefined;
  const { extension } = process;
  if (extension === undefined) return;
  extension.dictionary = undefined;
  extension.exitHooks = undefined;
  extension.resources = undefined;
  extension.pendingLinks = undefined;
  extension.accept = undefined;
}
