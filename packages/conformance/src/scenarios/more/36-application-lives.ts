/** Applications: start phases, failing callbacks, failing dependencies, configuration of what is not loaded, ends of trees. */
import { Agent } from '@coppice/agent';
import { type Application as App, Application } from '@coppice/application';
import {
  exit,
  monitor,
  type Pid,
  processInfo,
  receive,
  StartError,
  self,
  send,
  setGroupLeader,
  sleep,
  spawn,
  whereis,
} from '@coppice/core';
import { Supervisor } from '@coppice/supervisor';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { asList, done } from '../../term.ts';
import { Workers } from '../../workers.ts';

interface Env {
  readonly a?: number;
  readonly k?: number;
}
interface Options {
  readonly applications?: readonly App[];
  readonly env?: Env;
}
type Make = (name: string, options?: Options) => App<Env>;

export const applicationLives: Scenario = scenario('more/36_application_lives', async (O) => {
  await O.trap();
  const W = new Workers(O);
  const life: Make = (name, options = {}) =>
    Application.define<Env>(name, { ...callbacks(O, W, name), ...options });
  await phases(O, W);
  const l1 = life('l1');
  await restarts(O, l1);
  await oddCallbacks(O);
  await chain(O, life);
  await failingDependency(O, life);
  await environment(O, life);
  await loading(O, life);
  await endsOfTrees(O, W, l1);
  await outside(O, l1);
  await again(O, l1);
});

function callbacks(O: Oracle, W: Workers, name: string) {
  return {
    start: ({ type }: { readonly type: 'normal' }) => {
      O.log(['start', name, type]);
      const children = [W.spec(`${name}_w`, { trap: true })];
      return Supervisor.startLink(children, { strategy: 'one_for_one', name: `${name}_sup` });
    },
    prepStop: () => O.log(['prep_stop']),
    stop: () => O.log(['stop']),
  };
}

const isRunning = (name: string) => Application.startedApplications().includes(name);
const running = () => Application.startedApplications();
const gone = (O: Oracle, name: string) => O.waitUntil(() => !isRunning(name));
const stop = (O: Oracle, app: App) => O.ok(() => Application.stop(app));
const start = (O: Oracle, app: App) => O.ok(() => Application.start(app));

async function phases(O: Oracle, W: Workers): Promise<void> {
  const ph = Application.define('ph', {
    ...callbacks(O, W, 'ph'),
    startPhases: {
      one: ({ type }) => O.log(['phase', 'one', type, 1]),
      two: ({ type }) => O.log(['phase', 'two', type, 2]),
    },
  });
  O.step('start phases run in order, after start', [await start(O, ph), O.takeLog()]);
  await Application.stop(ph);
  O.takeLog();
}

async function restarts(O: Oracle, l1: App): Promise<void> {
  await Application.start(l1);
  O.takeLog();
  O.step('stop: prep_stop, the tree, stop', [await stop(O, l1), O.takeLog(), running()]);
  O.step('it can be started again', [await start(O, l1), O.takeLog()]);
  await Application.stop(l1);
  O.takeLog();
}

async function oddCallbacks(O: Oracle): Promise<void> {
  for (const how of ['prep_raises', 'stop_raises', 'fine']) {
    const odd = Application.define<object, undefined, unknown>(`odd_${how}`, {
      start: async () => ({ pid: await Agent.startLink(() => 0), state: how }),
      prepStop: (state) => {
        if (state === 'prep_raises') throw new Error('prep');
        O.log(['prep_stop', state]);
        return ['prepared', state];
      },
      stop: (state) => {
        if (asList(state)[1] === 'stop_raises') throw new Error('stop');
        O.log(['stop', state]);
      },
    });
    await Application.start(odd);
    O.step(`callbacks: ${how}`, [await stop(O, odd), O.takeLog(), await gone(O, odd.name)]);
  }
}

async function chain(O: Oracle, life: Make): Promise<void> {
  const low = life('low');
  const mid = life('mid', { applications: [low] });
  const top = life('top', { applications: [mid] });
  const started = await O.result(() => Application.ensureAllStarted(top));
  O.step('ensure_all_started: a chain', [
    started,
    O.takeLog().map((event) => asList(event).slice(0, 2)),
    running(),
  ]);
  const rows: unknown[] = [];
  for (const app of [low, top, mid]) rows.push([await stop(O, app), running()]);
  O.takeLog();
  O.step('…stop in any order: each by itself', rows);
}

async function failingDependency(O: Oracle, life: Make): Promise<void> {
  const low = life('b_low');
  const bad = Application.define('b_bad', {
    applications: [low],
    start: (): Pid<never> => {
      throw new StartError('b_bad', 'nope');
    },
  });
  const top = life('b_top', { applications: [bad] });
  const failure: unknown = await Application.ensureAllStarted(top).catch((error: unknown) => error);
  const { application, reason } = failure as { readonly application: string; readonly reason: unknown }; // an ApplicationError
  O.step('ensure_all_started: a dependency fails', [
    application,
    reason,
    O.takeLog().map((event) => asList(event)[0]),
    isRunning('b_low'),
  ]);
}

async function environment(O: Oracle, life: Make): Promise<void> {
  const other = Application.define<Env>('not_loaded', { start: () => Agent.startLink(() => 0) });
  O.step('the environment of what is not loaded', [
    Application.getEnv(other, 'k'),
    Application.getEnv(other, 'k', 1),
    done(Application.putEnv(other, 'k', 2)),
    Application.getEnv(other, 'k'),
    ['ok', Application.fetchEnv(other, 'k')],
    Object.entries(Application.getAllEnv(other)),
  ]);
  const l2 = life('l2', { env: { a: 1 } });
  await Application.start(l2);
  Application.putEnv(l2, 'a', 5);
  await Application.stop(l2);
  const kept = Application.getEnv(l2, 'a');
  const unloaded = await O.ok(() => Application.unload(l2));
  O.step('the environment outlives a stop, and is gone when unloaded', [
    kept,
    unloaded,
    Application.getEnv(l2, 'a'),
  ]);
  O.takeLog();
}

async function loading(O: Oracle, life: Make): Promise<void> {
  const l3 = life('l3');
  await Application.start(l3);
  const refused = [
    await O.ok(() => Application.unload(l3)),
    await O.ok(() => Application.unload(life('nobody'))),
    asList(await O.ok(() => Application.load(l3)))[0],
  ];
  await Application.stop(l3);
  O.step('unload: of what runs, of what is not loaded; load twice', [
    refused,
    await O.ok(() => Application.unload(l3)),
  ]);
  O.takeLog();
}

async function endsOfTrees(O: Oracle, W: Workers, l1: App): Promise<void> {
  const ends: Readonly<Record<string, (pid: Pid<never>) => unknown>> = {
    shutdown: () => Supervisor.stop('l1_sup', 'shutdown'),
    crash: () => Supervisor.stop('l1_sup', 'boom'),
    kill: (pid) => exit(pid, 'kill'),
  };
  for (const [how, end] of Object.entries(ends)) {
    const ref = await startWatched(O, l1);
    await O.catching(() => end(whereis('l1_sup') ?? self()));
    await O.awaitDown(ref);
    O.step(`a temporary application whose tree ends with ${how}: prep_stop and stop are called`, [
      await gone(O, 'l1'),
      O.takeLog(),
    ]);
  }
  const ref = await startWatched(O, l1);
  for (let restart = 0; restart < 3; restart++) await W.crashSync('l1_sup', 'l1_w', 'boom');
  O.takeLog();
  await W.crash('l1_w', 'boom');
  O.step('a tree that gives up', [await O.awaitDown(ref), await gone(O, 'l1'), O.takeLog()]);
}

/** Starts an application and monitors the top of its tree. */
async function startWatched(O: Oracle, l1: App): Promise<ReturnType<typeof monitor>> {
  await Application.start(l1);
  O.takeLog();
  const top = whereis('l1_sup');
  if (top === undefined) throw new TypeError('l1 runs');
  return monitor(top);
}

async function outside(O: Oracle, l1: App): Promise<void> {
  await Application.start(l1);
  const worker = whereis('l1_w');
  const leader = worker && processInfo(worker)?.groupLeader;
  const me = self<'set'>();
  const pid = spawn(async () => {
    if (leader !== undefined) setGroupLeader(leader);
    send(me, 'set');
    await sleep('infinity');
  });
  await receive((message) => message === 'set');
  const ref = monitor(pid);
  await Application.stop(l1);
  O.takeLog();
  O.step('a process outside of the tree ends with its application', await O.awaitDown(ref));
}

async function again(O: Oracle, l1: App): Promise<void> {
  await Application.start(l1);
  const started = await start(O, l1);
  await Application.stop(l1);
  O.step('start of what runs, stop of what does not', [
    started,
    await stop(O, l1),
    await O.ok(() => Application.ensureStarted(l1)),
    await O.ok(() => Application.ensureStarted(l1)),
    await stop(O, l1),
  ]);
  O.takeLog();
}
