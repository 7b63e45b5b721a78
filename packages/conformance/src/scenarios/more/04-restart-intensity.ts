/** Restart intensity: the window, what counts, escalation through a tree. */
import { exit, isAlive, isExit, monitor, type Pid, sleep, whereis } from '@coppice/core';
import {
  type ChildSpec,
  type Restart,
  type RestartLimit,
  Supervisor,
  type SupervisorPid,
} from '@coppice/supervisor';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { ids, Workers } from '../../workers.ts';

const trap = { trap: true } as const;

export const restartIntensity: Scenario = scenario('more/04_restart_intensity', async (O) => {
  await O.trap();
  const W = new Workers(O);
  await limits(O, W);
  await notCounted(O, W);
  await counted(O, W);
  await escalation(O, W);
  await toTheTop(O, W);
});

function start(children: readonly ChildSpec[], limit: RestartLimit = {}): Promise<SupervisorPid> {
  return Supervisor.startLink(children, { strategy: 'one_for_one', ...limit });
}

async function quiet(O: Oracle): Promise<void> {
  await O.mailbox();
  O.takeLog();
}

/** Crashes children until the supervisor has ended; its reason. */
async function lastCrash(O: Oracle, W: Workers, sup: Pid<never>, child: string) {
  const ref = monitor(sup);
  O.takeLog();
  await W.crash(child, 'boom');
  return O.awaitDown(ref);
}

async function exitReasons(O: Oracle): Promise<readonly unknown[]> {
  return (await O.mailbox()).map((m) => (isExit(m) ? m.reason : m));
}

async function limits(O: Oracle, W: Workers): Promise<void> {
  const s = await start([W.spec('a')]);
  const alive: boolean[] = [];
  for (let i = 0; i < 3; i++) {
    await W.crashSync(s, 'a', 'boom');
    alive.push(isAlive(s));
  }
  const reason = await lastCrash(O, W, s, 'a');
  O.step('default: three restarts are fine, the fourth in five seconds ends it', [
    alive,
    reason,
    await exitReasons(O),
  ]);
  O.takeLog();
  const none = await start([W.spec('a'), W.spec('b', trap)], { maxRestarts: 0 });
  O.step('max_restarts 0: the first crash ends it', [await lastCrash(O, W, none, 'a'), O.takeLog()]);
  await O.mailbox();
  const short = await start([W.spec('a')], { maxRestarts: 1, maxSeconds: 1 });
  await W.crashSync(short, 'a', 'boom');
  await sleep(2100);
  await W.crashSync(short, 'a', 'boom');
  O.step('restarts outside of the period do not count', isAlive(short));
  await Supervisor.stop(short);
  await quiet(O);
  const two = await start([W.spec('a'), W.spec('b')], { maxRestarts: 1 });
  await W.crashSync(two, 'a', 'boom');
  O.step('restarts of different children count together', await lastCrash(O, W, two, 'b'));
  await quiet(O);
}

async function notCounted(O: Oracle, W: Workers): Promise<void> {
  const transient = await start([W.spec('a', { restart: 'transient' })], { maxRestarts: 0 });
  await W.crashSync(transient, 'a', 'normal');
  await Supervisor.restartChild(transient, 'a');
  await W.crashSync(transient, 'a', 'shutdown');
  O.step('normal ends of a transient child do not count', [isAlive(transient), await ids(transient)]);
  await Supervisor.stop(transient);
  await quiet(O);
  const temporary = await start([W.spec('a', { restart: 'temporary' }), W.spec('b')], { maxRestarts: 0 });
  await W.crashSync(temporary, 'a', 'boom');
  O.step('ends of temporary children do not count', [isAlive(temporary), await ids(temporary)]);
  await Supervisor.stop(temporary);
  await quiet(O);
}

async function counted(O: Oracle, W: Workers): Promise<void> {
  const permanent = await start([W.spec('a')], { maxRestarts: 0 });
  const ended = monitor(permanent);
  await W.crash('a', 'normal');
  O.step('a permanent child that ends normally counts', await O.awaitDown(ended));
  await quiet(O);
  const managed = await start([W.spec('a')], { maxRestarts: 0 });
  for (let i = 0; i < 5; i++) {
    await Supervisor.terminateChild(managed, 'a');
    await Supervisor.restartChild(managed, 'a');
  }
  O.step('terminate_child and restart_child do not count', isAlive(managed));
  await Supervisor.stop(managed);
  await quiet(O);
  const group = await Supervisor.startLink([W.spec('a'), W.spec('b'), W.spec('c')], {
    strategy: 'one_for_all',
    maxRestarts: 1,
  });
  await W.crashSync(group, 'a', 'boom');
  O.step('one_for_all: a group restart counts once', [isAlive(group), await lastCrash(O, W, group, 'b')]);
  await quiet(O);
  const three = await start([W.spec('a', trap), W.spec('b', trap), W.spec('c', trap)], { maxRestarts: 0 });
  O.step('giving up: the other children are stopped in reverse with shutdown', [
    await lastCrash(O, W, three, 'b'),
    O.takeLog(),
  ]);
  await quiet(O);
}

function inner(W: Workers, restart: Restart, maxRestarts: number): ChildSpec {
  return Supervisor.childSpec([W.spec('x', trap)], {
    id: 'inner',
    name: 'inner',
    restart,
    strategy: 'one_for_one',
    maxRestarts,
  });
}

async function escalation(O: Oracle, W: Workers): Promise<void> {
  const s = await start([inner(W, 'permanent', 0), W.spec('y', trap)], { maxRestarts: 3 });
  const p = whereis('inner');
  const down = await lastCrash(O, W, p ?? s, 'x');
  await O.waitUntil(() => whereis('x') !== undefined);
  await Supervisor.countChildren(s);
  O.step('escalation: a permanent inner supervisor that gives up is restarted with its children', [
    down,
    whereis('inner') !== p,
    O.takeLog(),
    await Supervisor.countChildren(s),
  ]);
  await Supervisor.stop(s);
  await quiet(O);
  const t = await start([inner(W, 'transient', 0), W.spec('y')]);
  const ended = await lastCrash(O, W, whereis('inner') ?? t, 'x');
  O.step('a transient inner supervisor that gives up ends :shutdown and is not restarted', [
    ended,
    await ids(t),
  ]);
  await Supervisor.stop(t);
  await quiet(O);
}

async function toTheTop(O: Oracle, W: Workers): Promise<void> {
  const s = await start([inner(W, 'permanent', 0), W.spec('y', trap)], { maxRestarts: 0 });
  O.step('escalation to the top: both give up, the starter gets shutdown', [
    await lastCrash(O, W, s, 'x'),
    O.takeLog(),
    await exitReasons(O),
  ]);
  O.takeLog();
  const t = await start([inner(W, 'transient', 3)], { maxRestarts: 3 });
  const p = whereis('inner');
  const ref = monitor(p ?? t);
  if (p !== undefined) exit(p, 'kill');
  const down = await O.awaitDown(ref);
  await O.waitUntil(() => whereis('inner') !== undefined && whereis('inner') !== p);
  await Supervisor.countChildren(t);
  O.step('a killed inner supervisor is a crash for its parent', [down, await ids(t)]);
  await Supervisor.stop(t);
  await quiet(O);
  const u = await start([W.spec('a')], { maxRestarts: 0 });
  await lastCrash(O, W, u, 'a');
  O.step('a crash of the last child while the supervisor is idle leaves the names free', whereis('a'));
  await quiet(O);
}
