/** DynamicSupervisor: children that wait for their restart, limits, refusals, odd pids, ends of the supervisor. */
import { Agent } from '@coppice/agent';
import {
  exit,
  isAlive,
  isPid,
  type Pid,
  processInfo,
  StartError,
  sleep,
  spawn,
  unlink,
  whereis,
} from '@coppice/core';
import { GenServer, ignore, type ServerPid, stopInit } from '@coppice/gen-server';
import {
  type ChildSpec,
  DynamicSupervisor as DS,
  type DynamicSupervisorOptions,
  Supervisor,
} from '@coppice/supervisor';
import { Task } from '@coppice/task';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { asList, untyped } from '../../term.ts';
import { Gate, isUp, kill, Workers } from '../../workers.ts';
import { add, agent, gaveUp, type Step, type Sup, stops } from './32-dynamic-odd-states/ends.ts';

const trap = { trap: true } as const;
const raw = (start: () => Promise<Pid<never>>): ChildSpec => ({ id: 'raw', start });

export const dynamicOddStates: Scenario = scenario('more/32_dynamic_odd_states', async (O) => {
  await O.trap();
  const W = new Workers(O);
  const run = async (options: DynamicSupervisorOptions, body: (sup: Sup) => Promise<unknown>) => {
    const sup = await DS.startLink({ maxRestarts: 1_000_000, ...options });
    const value = await body(sup);
    if (isAlive(sup)) await DS.stop(sup);
    await O.mailbox();
    O.takeLog();
    return value;
  };
  const step: Step = async (name, options, body) => O.step(name, await run(options, body));
  await waits(O, W, step);
  await meanwhile(O, W, step);
  await room(O, W, step);
  O.step('what starts can go wrong with', await wrongStarts(O, run));
  await refusals(O, W, step);
  await oddPids(O, W, step);
  await gaveUp(O, W, step);
  await stops(O, W, step);
  await extraArguments(O, step);
  await orders(W, step);
});

async function shapes(sup: Sup): Promise<readonly unknown[]> {
  const children = await DS.whichChildren(sup);
  return children.map(({ id, child, type, modules }) => [
    id ?? 'undefined',
    isPid(child) ? 'pid' : child,
    type,
    modules,
  ]);
}

/** `a` is started, crashes, and waits for a restart that goes well. Its last pid. */
async function crash(O: Oracle, W: Workers, sup: Sup, spec: ChildSpec): Promise<Pid<never>> {
  const pid = await add(sup, spec);
  await W.crash('a', 'boom');
  await O.waitUntil(async () => (await DS.whichChildren(sup)).some(({ child }) => child === 'restarting'));
  return pid;
}

async function waits(O: Oracle, W: Workers, step: Step): Promise<void> {
  await step('a child that waits for its restart: which, count', {}, async (s) => {
    await crash(O, W, s, W.gated('a', new Gate()));
    return [await shapes(s), await DS.countChildren(s)];
  });
  await step('…it counts for max_children', { maxChildren: 1 }, async (s) => {
    await crash(O, W, s, W.gated('a', new Gate()));
    return O.result(() => DS.startChild(s, agent()));
  });
  await step('…terminate_child by its last pid stops the tries', {}, async (s) => {
    const gate = new Gate();
    const pid = await crash(O, W, s, W.gated('a', gate));
    const terminated = await O.ok(() => DS.terminateChild(s, pid));
    gate.open();
    await sleep(20);
    return [terminated, await shapes(s), whereis('a')];
  });
  await step('…when it runs again, its last pid is unknown', {}, async (s) => {
    const gate = new Gate();
    const pid = await crash(O, W, s, W.gated('a', gate));
    gate.open();
    await isUp(O, s);
    const terminate = (child: Pid<never> | undefined) => O.ok(() => DS.terminateChild(s, child ?? pid));
    return [await terminate(pid), await terminate(whereis('a')), await shapes(s)];
  });
}

async function meanwhile(O: Oracle, W: Workers, step: Step): Promise<void> {
  await step('…the supervisor is stopped meanwhile', {}, async (s) => {
    await add(s, W.spec('b', trap));
    await crash(O, W, s, W.gated('a', new Gate()));
    O.takeLog();
    const stopped = await O.ok(() => DS.stop(s));
    return [stopped, O.takeLog().filter((event) => asList(event)[0] !== 'init_not_ok')];
  });
  await step('…a transient child whose restart fails is tried again like any', {}, async (s) => {
    const gate = new Gate();
    await crash(O, W, s, W.gated('a', gate, { restart: 'transient' }));
    gate.open();
    await isUp(O, s);
    return shapes(s);
  });
}

async function room(O: Oracle, W: Workers, step: Step): Promise<void> {
  const start = (s: Sup, spec: ChildSpec) => O.result(async () => (await DS.startChild(s, spec)) ?? 'ignore');
  await step('max_children 0', { maxChildren: 0 }, (s) => start(s, agent()));
  await step(
    'a child that ends makes room, one that is restarted does not',
    { maxChildren: 1 },
    async (s) => {
      await add(s, W.spec('t', { restart: 'temporary' }));
      await W.crashSync(s, 't', 'boom');
      await add(s, W.spec('p'));
      await W.crashSync(s, 'p', 'boom');
      return start(s, agent());
    },
  );
  await step('a failed and an ignored start take no room', { maxChildren: 1 }, async (s) => [
    await start(s, W.spec('x', { init: () => stopInit('no') })),
    await start(s, W.spec('x', { init: () => ignore() })),
    asList(await start(s, agent()))[0],
  ]);
  await step('{:ok, pid, info}', {}, async (s) => {
    const spec = {
      id: 'raw',
      start: async () => ({ pid: await Agent.startLink(() => 0), info: 'extra' as const }),
    };
    const started = await DS.startChild(s, spec);
    return [isPid(started?.pid), started?.info, (await DS.countChildren(s)).active];
  });
}

async function wrongStarts(
  O: Oracle,
  run: (options: DynamicSupervisorOptions, body: (sup: Sup) => Promise<unknown>) => Promise<unknown>,
): Promise<readonly unknown[]> {
  const starts: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['error', async () => Promise.reject(new StartError('raw', 'e'))],
    ['garbage', async () => 'garbage'],
    ['exit', async () => exit('x')],
    ['throw', async () => Promise.reject('t')],
    ['ok', async () => 'ok'],
  ];
  const rows: unknown[] = [];
  for (const [label, start] of starts) {
    const value = await run({}, async (s) => [
      label,
      await O.result(() => DS.startChild(s, raw(untyped(start)))),
      (await DS.countChildren(s)).specs,
    ]);
    rows.push(value);
  }
  return rows;
}

async function refusals(O: Oracle, W: Workers, step: Step): Promise<void> {
  await step('a name that is taken', {}, async (s) => {
    O.name(await add(s, W.spec('a')), 'a');
    return [await O.result(() => DS.startChild(s, W.spec('a'))), (await DS.countChildren(s)).active];
  });
  const start = () => Agent.startLink(() => 0);
  const specs: readonly object[] = [
    { id: 'a' },
    { id: 'a', start: 'bad' },
    { id: 'a', start, restart: 'sometimes' },
    { id: 'a', start, shutdown: -1 },
    { id: 'a', start, modules: 'm' },
  ];
  await step('specs that cannot be', {}, async (s) => {
    const answers: unknown[] = [];
    for (const spec of specs) answers.push(await O.result(() => DS.startChild(s, untyped(spec))));
    return answers;
  });
}

async function oddPids(O: Oracle, W: Workers, step: Step): Promise<void> {
  await step('an end of a child that has unlinked itself is not seen', {}, async (s) => {
    const loner = () => Agent.startLink(() => unlink(s));
    const pid = await add(s, raw(loner));
    await kill(O, pid);
    const { active } = await DS.countChildren(s);
    return [
      (await shapes(s)).length,
      active,
      await O.ok(() => DS.terminateChild(s, pid)),
      (await DS.countChildren(s)).specs,
    ];
  });
  await step('a start that gives a dead pid', {}, async (s) => {
    const dead = async (): Promise<Pid<never>> => {
      const pid = spawn(() => {});
      await O.down(pid);
      return pid;
    };
    const pid = await add(s, raw(dead));
    return [
      await DS.countChildren(s),
      await O.ok(() => DS.terminateChild(s, pid)),
      (await DS.countChildren(s)).specs,
    ];
  });
  await step('terminate_child of a child that has just died', {}, async (s) => {
    const server = s as Pid<never> as ServerPid<never>; // every supervisor is a server
    const pid = await add(s, W.spec('a'));
    await GenServer.suspend(server);
    await kill(O, pid);
    const task = Task.async(() => O.ok(() => DS.terminateChild(s, pid)));
    await sleep(20);
    await GenServer.resume(server);
    return [await Task.await(task), await DS.countChildren(s)];
  });
  await step("Supervisor's questions to a dynamic one", {}, async (s) => {
    await add(s, agent());
    return [await Supervisor.countChildren(s), (await Supervisor.whichChildren(s)).length];
  });
}

async function extraArguments(O: Oracle, step: Step): Promise<void> {
  const start = (a: number, b: number) => {
    O.log([a, b, 3]);
    return Agent.startLink(() => 0);
  };
  await step('extra_arguments come first', { extraArguments: [1, 2] }, async (s) => {
    const pid = await DS.startChild(s, { id: 'x', start });
    const first = O.takeLog();
    await kill(O, pid);
    await DS.countChildren(s);
    return [isPid(pid) ? 'ok' : pid, first, O.takeLog()];
  });
}

async function orders(W: Workers, step: Step): Promise<void> {
  await step('which_children: first started first, a restarted one last', {}, async (s) => {
    const names = async () =>
      (await DS.whichChildren(s)).map(({ child }) => isPid(child) && processInfo(child)?.registeredName);
    for (const id of ['a', 'b', 'c', 'd']) await add(s, W.spec(id));
    const before = await names();
    await W.crashSync(s, 'b', 'boom');
    return [before, await names()];
  });
}
