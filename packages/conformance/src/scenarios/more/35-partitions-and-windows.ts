/** PartitionSupervisor beyond the first steps; windows of the restart intensity; significant children in groups; mixed shutdown times. */
import { Agent } from '@coppice/agent';
import { exit, isAlive, isPid, type MonitorRef, monitor, type Pid, sleep, whereis } from '@coppice/core';
import { ignore, stopInit } from '@coppice/gen-server';
import {
  type ChildSpec,
  DynamicSupervisor,
  type PartitionSupervisorOptions,
  PartitionSupervisor as PS,
  type RestartLimit,
  Supervisor,
} from '@coppice/supervisor';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { asList, done } from '../../term.ts';
import { drop, isUp, kill, Workers } from '../../workers.ts';
import { significant } from './35-partitions-and-windows/significant.ts';

type Options = Partial<PartitionSupervisorOptions<Pid<never>>> & { readonly name: string };

const part = (supervisor: string, key: unknown) => whereis(PS.via(supervisor, key));
const get = (supervisor: string, key: unknown) =>
  Agent.get(PS.via(supervisor, key), (state: unknown) => state);
const start = (options: Options) => PS.startLink({ child: () => Agent.childSpec(() => 0), ...options });

export const partitionsAndWindows: Scenario = scenario('more/35_partitions_and_windows', async (O) => {
  await O.trap();
  const W = new Workers(O);
  await restarts(O);
  await routes(O);
  await oddStarts(O, W);
  await ends(O, W);
  await inTree(O);
  await windows(O, W);
  await significant(O, W);
  await shutdowns(O, W);
});

async function restarts(O: Oracle): Promise<void> {
  const s = await start({ name: 'p1', partitions: 3 });
  const [a, b, c] = [part('p1', 0), part('p1', 1), part('p1', 2)];
  await kill(O, b);
  await PS.countChildren('p1');
  O.step('a killed partition comes back in its place, the others stay', [
    part('p1', 0) === a,
    part('p1', 1) !== b,
    isPid(part('p1', 1)),
    part('p1', 2) === c,
  ]);
  await drop(O, s);
  const rows: unknown[] = [];
  for (const strategy of ['one_for_all', 'rest_for_one'] as const) {
    const sup = await start({ name: 'p2', partitions: 3, strategy });
    const before = [0, 1, 2].map((key) => part('p2', key));
    await kill(O, before[1]);
    await PS.countChildren('p2');
    rows.push([strategy, before.map((pid, key) => part('p2', key) === pid)]);
    await drop(O, sup);
  }
  O.step('one_for_all, rest_for_one: who stays', rows);
}

async function routes(O: Oracle): Promise<void> {
  const s = await start({ name: 'p3', partitions: 2 });
  await Agent.update(PS.via('p3', 1), () => 'one');
  Agent.cast(PS.via('p3', 0), () => 'zero');
  const states: unknown[] = [];
  for (const key of [0, 1, 2, 3, -1, -2]) states.push(await get('p3', key));
  const any = await get('p3', 'any');
  O.step('send, call, cast through the name; negative and text keys reach a partition', [
    states,
    any === 'zero' || any === 'one',
  ]);
  await drop(O, s);
}

async function oddStarts(O: Oracle, W: Workers): Promise<void> {
  const failing = W.spec('part', { init: () => stopInit('nope') });
  O.step(
    'a partition whose start fails: the supervisor does not start',
    await O.result(() => start({ name: 'p4', partitions: 2, child: () => failing })),
  );
  await O.mailbox();
  O.takeLog();
  const ignoring = W.spec('part', { init: () => ignore() });
  const s = await start({ name: 'p5', partitions: 2, child: () => ignoring });
  O.step('a partition that ignores its start', [await PS.countChildren('p5'), PS.partitions('p5')]);
  await drop(O, s);
  const t = await start({ name: 'p6', partitions: 2, child: () => DynamicSupervisor.childSpec() });
  O.step('children of type supervisor are counted so', await PS.countChildren('p6'));
  await drop(O, t);
  const temporary = (): ChildSpec => ({ ...Agent.childSpec(() => 0), restart: 'temporary' });
  const u = await start({ name: 'p7', partitions: 2, child: temporary });
  await kill(O, part('p7', 1));
  O.step('a temporary partition that ends is gone, and its key leads nowhere', await PS.countChildren('p7'));
  await drop(O, u);
}

async function ends(O: Oracle, W: Workers): Promise<void> {
  await start({ name: 'p8', partitions: 3, child: (n) => W.spec(`part${n}`, { trap: true }) });
  O.step('stop: partitions end, the last first', [O.takeLog(), done(await PS.stop('p8')), O.takeLog()]);
  await O.mailbox();
  const first = O.name(await start({ name: 'p9', partitions: 1 }), 'p9');
  O.step('name taken', await O.result(() => start({ name: 'p9' })));
  await drop(O, first);
  const s = await start({ name: 'p10', partitions: 1 });
  const pid = part('p10', 0);
  const ref = pid && monitor(pid);
  exit(s, 'kill');
  const kind = async (fn: () => unknown) => {
    const [how, error] = await O.catching(fn);
    return [how, asReason(error)];
  };
  O.step('the supervisor is killed: its names lead nowhere', [
    ref && (await O.awaitDown(ref)),
    await kind(() => part('p10', 0)),
    await kind(() => PS.countChildren('p10')),
  ]);
  await O.mailbox();
}

function asReason(error: unknown): unknown {
  return error instanceof Error && 'reason' in error ? error.reason : error;
}

async function inTree(O: Oracle): Promise<void> {
  const child = PS.childSpec({ name: 'p11', partitions: 2, child: () => Agent.childSpec(() => 0) });
  const s = await Supervisor.startLink([child], { strategy: 'one_for_one' });
  const [before, partitions] = [part('p11', 0), whereis('p11')];
  const ended = before && monitor(before);
  await kill(O, partitions);
  if (ended !== undefined) await O.awaitDown(ended);
  await Supervisor.countChildren(s);
  const children = await Supervisor.whichChildren(s);
  O.step('in a tree: restarted under its name with new partitions', [
    part('p11', 0) !== before,
    (await PS.countChildren('p11')).active,
    children.map((info) => [info.id, isPid(info.child), info.type, info.modules]),
  ]);
  await drop(O, s);
}

async function windows(O: Oracle, W: Workers): Promise<void> {
  const under = (children: readonly ChildSpec[], limit: RestartLimit) =>
    Supervisor.startLink(children, { strategy: 'one_for_one', ...limit });
  const s = await under([W.spec('a')], { maxRestarts: 2, maxSeconds: 1 });
  const alive: boolean[] = [];
  for (let period = 0; period < 3; period++) {
    await W.crashSync(s, 'a', 'boom');
    await W.crashSync(s, 'a', 'boom');
    await sleep(2100);
    alive.push(isAlive(s));
  }
  O.step('the window slides: as many as allowed in each period, for ever', alive);
  await drop(O, s);
  const t = await under([W.spec('a')], { maxRestarts: 2, maxSeconds: 2 });
  const ref = monitor(t);
  for (let crash = 0; crash < 2; crash++) {
    await W.crashSync(t, 'a', 'boom');
    await sleep(600);
  }
  await W.crash('a', 'boom');
  O.step('one too many within the window, spread over it', await O.awaitDown(ref));
  await drop(O, t);
  const counter = { starts: 0 };
  const late = W.spec('a', { counter, init: (n) => (n === 1 || n === 2 ? stopInit('no') : 'go') });
  const u = await under([late], { maxRestarts: 3, maxSeconds: 60 });
  const end = monitor(u);
  await W.crash('a', 'boom');
  await isUp(O, u, 'a');
  const survived = isAlive(u);
  await W.crash('a', 'boom');
  O.step('failed restarts fill the window as well', [survived, await O.awaitDown(end), counter.starts]);
  await drop(O, u);
}

async function shutdowns(O: Oracle, W: Workers): Promise<void> {
  const trap = { trap: true } as const;
  const specs = [
    W.spec('plain', trap),
    W.spec('bk', { ...trap, shutdown: 'brutal_kill' }),
    W.spec('late', { ...trap, hang: 300, shutdown: 30 }),
    W.spec('inf', { ...trap, hang: 40, shutdown: 'infinity' }),
    W.spec('zero', { ...trap, hang: 200, shutdown: 0 }),
    W.spec('deaf'),
  ];
  const s = await Supervisor.startLink(specs, { strategy: 'one_for_one' });
  O.takeLog();
  const refs: (readonly [unknown, MonitorRef | undefined])[] = specs.map(({ id }) => {
    const pid = whereis(String(id));
    return [id, pid && monitor(pid)];
  });
  await Supervisor.stop(s);
  const log = O.takeLog().filter((event) => asList(event)[1] !== 'zero');
  const reasons: unknown[] = [];
  for (const [id, ref] of refs) reasons.push([id, ref && (await O.awaitDown(ref))]);
  O.step('mixed shutdown times: one after another, last first, each in its own way', [reasons, log]);
  await O.mailbox();
  const inner = Supervisor.childSpec([W.spec('x', trap)], {
    strategy: 'one_for_one',
    id: 'inner',
    shutdown: 'brutal_kill',
  });
  const t = await Supervisor.startLink([inner], { strategy: 'one_for_one' });
  const x = whereis('x');
  const ref = x && monitor(x);
  O.takeLog();
  await Supervisor.stop(t);
  O.step('an inner supervisor that is killed at once: its children hear killed', [
    ref && (await O.awaitDown(ref)),
    O.takeLog(),
  ]);
  await O.mailbox();
}
