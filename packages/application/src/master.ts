/**
 * The application master: the root of an application's processes and their group leader, so that whatever the application has started ends with it. OTP:
 * `application_master`.
 */
import {
  type Context,
  type Exit,
  type ExitReason,
  exit,
  Gen,
  isExit,
  monitor,
  type Pid,
  processes,
  processInfo,
  send,
  setGroupLeader,
  spawnLink,
} from '@coppice/core';
import { type AsSelf, bindToSelf } from './as-self.ts';
import { type ApplicationStarted, isTreeMessage, type TreeMessage } from './protocol.ts';
import { type Control, runApplication, type Start } from './starter.ts';

/** Ms that what a dead parent has left behind has to end by itself. */
const END_WITHIN_MS = 30_000;

/** Starts an application's master, linked to the calling controller: it tells of the start by `$application_started`, of all else by its exit. */
export function startMaster(start: Start, controller: Pid<ApplicationStarted>): Pid<never> {
  const body = (context: Context<unknown>): Promise<void> => runMaster(context, start, controller);
  return spawnLink(body, {
    trapExit: true,
    label: start.definition.name,
    initialCall: 'application_master',
  });
}

async function runMaster(
  { self: me, receive }: Context<unknown>,
  start: Start,
  controller: Pid<ApplicationStarted>,
): Promise<void> {
  const asSelf = bindToSelf();
  setGroupLeader(me);
  const control: Control = {};
  const starter = startStarter(start, me, control);
  const isRelevant = (message: unknown): message is TreeMessage | Exit =>
    isTreeMessage(message) || (isExit(message) && (message.from === starter || message.from === controller));
  const first = await receive(isRelevant);
  if (first.type === 'EXIT') {
    // Told to stop before the start is done, or the starter was killed. The parent of what has been started is gone: that ends, and is waited for.
    const left = asSelf(() => linksOf(starter, me));
    if (first.from === controller) control.abort?.();
    asSelf(() => exit(starter, 'kill')); // if its code has not begun
    return finish(asSelf, me, { left, reason: first.reason });
  }
  if (first.type === '$tree_failed') return finish(asSelf, me, first);
  asSelf(() => send(controller, { type: '$application_started', application: start.definition.name }));
  const { from, reason } = await receive((message) => isRelevant(message) && isExit(message));
  if (from === controller) {
    asSelf(() => exit(starter, reason));
    await asSelf(() => receive((message) => isExit(message) && message.from === starter));
  }
  return finish(asSelf, me, { left: [first.top], reason });
}

function startStarter(start: Start, master: Pid<TreeMessage>, control: Control): Pid<never> {
  const body = (context: Context<unknown>): Promise<void> => runApplication(context, start, master, control);
  return spawnLink(body, { trapExit: true, initialCall: 'application_master.start_it' });
}

function linksOf(pid: Pid<never>, master: Pid<never>): readonly Pid<never>[] {
  return (processInfo(pid)?.links ?? []).filter((linked) => linked !== master);
}

interface Remains {
  /** Processes that are ending by themselves, for their parent is gone. */
  readonly left: readonly Pid<never>[];
  readonly reason: ExitReason;
}

/** Waits for what is ending, kills whatever else the application has started, and exits. OTP: `kill_all_procs`. */
async function finish(asSelf: AsSelf, master: Pid<never>, { left, reason }: Remains): Promise<never> {
  await endOf(asSelf, left, END_WITHIN_MS);
  for (;;) {
    const members = asSelf(() => processes().filter((pid) => pid !== master && leaderOf(pid) === master));
    if (members.length === 0) break;
    asSelf(() => {
      for (const pid of members) exit(pid, 'kill');
    });
    await endOf(asSelf, members.slice(-1), 'infinity'); // and look again
  }
  return exit(reason);
}

function leaderOf(pid: Pid<never>): Pid<never> | undefined {
  return processInfo(pid)?.groupLeader;
}

async function endOf(
  asSelf: AsSelf,
  pids: readonly Pid<never>[],
  timeout: number | 'infinity',
): Promise<void> {
  await Promise.all(pids.map((pid) => asSelf(() => Gen.wait(monitor(pid), timeout))));
}
