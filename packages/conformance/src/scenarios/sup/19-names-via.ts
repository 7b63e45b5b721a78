/** Names: local, global, via; a hand-made via module; who frees the name and when. */
import { Agent } from '@coppice/agent';
import {
  AlreadyStartedError,
  exit,
  Global,
  monitor,
  type Name,
  nodeName,
  type Pid,
  processInfo,
  self,
  sleep,
  type Via,
  whereis,
} from '@coppice/core';
import { type From, GenServer, noreply, reply } from '@coppice/gen-server';
import { Task } from '@coppice/task';
import { type Oracle, slimExit } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done, text } from '../../term.ts';

const Any = GenServer.define('Any', {
  init: () => 0,
  handleCall: (request: unknown, _from: From<unknown>, state) => reply(request, state),
  handleCast: (_: unknown, state) => noreply(state),
});

/** A via module that logs who registers and unregisters. */
function makeVia(O: Oracle): Via {
  const table = new Map<unknown, Pid<never>>();
  return O.module(
    {
      registerName(key: unknown, pid: Pid<never>): boolean {
        O.log(['register', key]);
        if (table.has(key)) return false;
        table.set(key, pid);
        return true;
      },
      unregisterName(key: unknown): void {
        O.log(['unregister', key]);
        table.delete(key);
      },
      whereisName: (key: unknown) => table.get(key),
    },
    'Via',
  );
}

export const namesVia: Scenario = scenario('sup/19_names_via', async (O) => {
  await O.trap();
  const via = makeVia(O);
  const names: readonly (readonly [label: string, name: Name])[] = [
    [':local_n', 'local_n'],
    ['{:global, :g}', { global: 'g' }],
    ['{:via, Via, "v"}', { via, key: text('v') }],
  ];
  for (const [label, name] of names) await owned(O, label, name);
  O.step('via module calls seen', O.takeLog());
  const missing: readonly (readonly [label: string, name: Name])[] = [
    [':none_l', 'none_l'],
    ['{:global, :none_g}', { global: 'none_g' }],
    ['{:via, Via, "none_v"}', { via, key: text('none_v') }],
    ['{:none_l, :nonode@nohost}', { local: 'none_l', node: nodeName() }],
  ];
  for (const [label, name] of missing) {
    O.step(`${label} missing: call, cast, stop, whereis`, [
      slimExit(await O.catching(() => Any.call(name, 'x'))),
      done(Any.cast(name, 'x')),
      slimExit(await O.catching(() => GenServer.stop(name))),
      whereis(name),
    ]);
  }
  await failingInit(O, via);
  await slowInit(O);
  await taken(O);
});

async function owned(O: Oracle, label: string, name: Name): Promise<void> {
  const start = () => Agent.start(() => name, { name });
  O.name(await start(), `owner_${label}`);
  O.step(`${label}: get`, await Agent.get(name, (state: Name) => state));
  O.step(`${label}: duplicate`, await O.result(start));
  O.step(`${label}: whereis`, whereis(name));
  O.step(`${label}: stop`, done(await Agent.stop(name)));
  if (typeof name === 'object' && 'via' in name) {
    O.step(`${label}: whereis after stop`, 'via_modules_own_business');
    return;
  }
  await O.waitUntil(() => whereis(name) === undefined);
  O.step(`${label}: whereis after stop`, whereis(name));
}

async function failingInit(O: Oracle, via: Via): Promise<void> {
  const key = text('f');
  const r = await O.result(() => Agent.start(() => exit('no'), { name: { via, key } }));
  O.step('init that fails: the via name is unregistered by gen', [
    r,
    O.takeLog(),
    via.whereisName(key) ?? 'undefined',
  ]);
  O.step('init that fails: global name is freed', [
    await O.result(() => Agent.start(() => exit('no'), { name: { global: 'f' } })),
    Global.whereisName('f') ?? 'undefined',
  ]);
  const early = await Agent.start(() => whereis('early') === self(), { name: 'early' });
  O.step('the name is registered before init runs', await Agent.get(early, (state) => state));
}

async function slowInit(O: Oracle): Promise<void> {
  const slow = async () => {
    await sleep(60);
    return 0;
  };
  const task = Task.async(() => Agent.start(slow, { name: 'slow_init' }));
  await O.waitUntil(() => whereis('slow_init') !== undefined);
  const p = await pidInTheWay(() => Agent.start(() => 1, { name: 'slow_init' }));
  const q = await Task.await(task);
  O.step(
    'a name is taken while init is slow: second start answers already_started with the initialising pid',
    p === q,
  );
}

/** The pid of the process that has the name already. */
async function pidInTheWay(start: () => Promise<unknown>): Promise<unknown> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof AlreadyStartedError) return error.pid;
    throw error;
  }
}

async function taken(O: Oracle): Promise<void> {
  const p = await Agent.start(() => 0, { name: 'taken' });
  const second = await O.result(() => Agent.startLink(() => 0, { name: 'taken' }));
  await sleep(5);
  O.step(
    'start_link with a taken name: error, no link left, yet a trapping caller gets one EXIT :normal from the short-lived process',
    [Array.isArray(second) ? second[0] : second, processInfo(self())?.links.includes(p), await O.mailbox()],
  );
  const named = await Agent.start(() => 0, { name: 'kn' });
  const ref = monitor(named);
  exit(named, 'kill');
  await O.awaitDown(ref);
  O.step('killed owner: local name is free as soon as DOWN is seen', whereis('kn'));
}
