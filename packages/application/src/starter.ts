/**
 * The process that runs an application's callbacks and is the parent of its tree: it starts the tree, and when that ends, or is to end, calls `prepStop` and `stop`.
 * OTP: `application_master:start_it/4`, the process between the master and the top supervisor.
 */
import {
  bindSelf,
  type Context,
  ExitError,
  type ExitReason,
  exit,
  exitStray,
  isExit,
  link,
  type Pid,
  processInfo,
  type Restart,
  self,
  send,
  sleep,
  trapExit,
} from '@coppice/core';
import { type AsSelf, bindToSelf } from './as-self.ts';
import type { Definition } from './definition.ts';
import type { TreeMessage } from './protocol.ts';
import { report } from './report.ts';
import { fold, runPhases, startTop, type Tree } from './start-tree.ts';

/** One start of an application. */
export interface Start {
  readonly definition: Definition;
  readonly restart: Restart;
  /** The configuration. */
  readonly env: object;
}

/** By this the master ends the process while the start goes on: it traps exits, and must not have to be killed, for its tree would take that for a crash. */
export interface Control {
  /** As if the start called `exit('shutdown')`. */
  abort?: () => void;
}

/** What the process is made of. */
interface Starter {
  readonly asSelf: AsSelf;
  readonly receive: Context<unknown>['receive'];
  readonly start: Start;
  readonly master: Pid<TreeMessage>;
}

/** Body of the process, which traps exits from its first moment. */
export async function runApplication(
  { receive }: Context<unknown>,
  start: Start,
  master: Pid<TreeMessage>,
  control: Control,
): Promise<void> {
  control.abort = bindSelf(() => void exitStray(new ExitError('shutdown')));
  const starter: Starter = { asSelf: bindToSelf(), receive, start, master };
  const { asSelf } = starter;
  const { definition, env } = start;
  const started = await startTop(asSelf, definition, env);
  if (!started.ok) return giveUp(starter, started.reason);
  const tree = started.value;
  asSelf(() => link(tree.top));
  const phases = await runPhases(asSelf, definition, env, tree);
  if (!phases.ok) {
    await end(starter, tree.top, 'shutdown');
    return giveUp(starter, phases.reason);
  }
  asSelf(() => send(master, { type: '$tree_started', top: tree.top }));
  for (;;) {
    const message = await receive();
    if (!isExit(message)) continue;
    if (message.from === tree.top) {
      // Its children hear of its end too, and what they do about it comes first, as on the BEAM: a callback may look at what they leave behind.
      await asSelf(() => sleep(0));
      return stopped(starter, tree, message.reason, true);
    }
    if (message.from === master) return stopped(starter, tree, message.reason, false);
  }
}

/** Tells the master that the start has failed, and of what is linked to this process: that ends with it. */
function giveUp({ asSelf, master }: Starter, reason: ExitReason): never {
  asSelf(() => {
    const left = (processInfo(self())?.links ?? []).filter((pid) => pid !== master);
    send(master, { type: '$tree_failed', reason, left });
    trapExit(false);
  });
  return exit('shutdown');
}

/** `prepStop`, the end of the tree if it has not ended by itself, `stop`. What the callbacks throw stops nothing. */
async function stopped(
  starter: Starter,
  { top, state }: Tree,
  reason: ExitReason,
  isDown: boolean,
): Promise<never> {
  const { asSelf, start } = starter;
  const { prepStop, stop } = start.definition;
  const prepared = await attempt(starter, 'prep_stop_error', () => asSelf(() => prepStop(state)));
  if (!isDown) await end(starter, top, reason);
  await attempt(starter, 'stop_error', () => asSelf(() => stop(prepared === undefined ? state : prepared)));
  return exit(reason);
}

async function attempt(
  { asSelf, start: { definition, restart } }: Starter,
  failure: 'prep_stop_error' | 'stop_error',
  callback: () => unknown,
): Promise<unknown> {
  try {
    return await callback();
  } catch (error) {
    const { reason } = fold(error);
    asSelf(() => report({ application: definition.name, report: failure, reason, restart, action: 'none' }));
    return undefined;
  }
}

/** Tells the top process to end and waits for it. */
async function end({ asSelf, receive }: Starter, top: Pid<never>, reason: ExitReason): Promise<void> {
  asSelf(() => exit(top, reason));
  await asSelf(() => receive((message) => isExit(message) && message.from === top));
}
