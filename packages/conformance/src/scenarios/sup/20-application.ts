/** Applications: start order, env, stop, restart types. */
import { type Application as App, Application } from '@coppice/application';
import { exit, monitor, type Pid, StartError, sleep, spawnLink, whereis } from '@coppice/core';
import { Supervisor } from '@coppice/supervisor';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { asList, done, moduleOf, text, untyped } from '../../term.ts';
import { Workers } from '../../workers.ts';

interface Env {
  readonly k?: number;
  readonly none?: string;
}
type Callbacks = Parameters<typeof Application.define<Env, undefined, unknown>>[1];

export const application: Scenario = scenario('sup/20_application', async (O) => {
  await O.trap();
  const W = new Workers(O);
  const o1 = Application.define<Env, undefined, unknown>('o1', {
    vsn: '1',
    env: { k: 1 },
    ...app1(O, W, ['arg']),
  });
  const o2 = Application.define<Env, undefined, unknown>('o2', { applications: [o1], ...app2(O) });
  await starts(O, o1, o2);
  environment(O, o1);
  const [kind, error] = await O.catching(() => Application.fetchEnv(o1, 'none'));
  O.step('fetch_env! of the missing', [kind, moduleOf(error)]);
  O.step('spec', [text(Application.spec('o1')?.vsn), Application.spec('none')]);
  await stops(O, o1, o2);
  await failures(O);
  await ends(O, o1);
});

/** OTP's state of an application whose start gives none is `[]`. */
const given = (state: unknown) => state ?? [];

function app1(O: Oracle, W: Workers, args: readonly string[]): Callbacks {
  return {
    start({ type }) {
      O.log(['app1_start', type, args]);
      const children = [W.spec('a', { trap: true })];
      return Supervisor.startLink(children, { strategy: 'one_for_one', name: 'App1.Sup' });
    },
    prepStop(state) {
      O.log(['app1_prep_stop', given(state)]);
      return 'prepped';
    },
    stop: (state) => O.log(['app1_stop', state]),
  };
}

function app2(O: Oracle): Callbacks {
  return {
    start() {
      O.log('app2_start');
      return { pid: spawnLink(() => sleep('infinity')), state: 'state2' };
    },
    stop: (state) => O.log(['app2_stop', state]),
  };
}

async function starts(O: Oracle, o1: App<Env>, o2: App<Env>): Promise<void> {
  const again = Application.define('o1', { start: () => untyped(undefined) });
  const loaded = [await O.ok(() => Application.load(o1)), await O.ok(() => Application.load(o2))];
  const [error, reason] = asList(await O.ok(() => Application.load(again)));
  O.step('load', [...loaded, [error, asList(reason)[0]]]);
  O.step('start with a dependency that is not started', await O.ok(() => Application.start(o2)));
  O.step('ensure_all_started starts dependencies first', [
    await O.result(() => Application.ensureAllStarted(o2)),
    O.takeLog(),
  ]);
  O.step('ensure_all_started again', await O.result(() => Application.ensureAllStarted(o2)));
  O.step('start again', await O.ok(() => Application.start(o1)));
  O.step('ensure_started', await O.ok(() => Application.ensureStarted(o1)));
}

function environment(O: Oracle, o1: App<Env>): void {
  O.step('env', [
    Application.getEnv(o1, 'k'),
    Application.getEnv(o1, 'none', 'd'),
    Application.getEnv(o1, 'none') ?? 'error',
    done(Application.putEnv(o1, 'k', 2)),
    Application.getEnv(o1, 'k'),
    Object.entries(Application.getAllEnv(o1)),
    done(Application.deleteEnv(o1, 'k')),
    Application.getEnv(o1, 'k'),
  ]);
}

async function stops(O: Oracle, o1: App<Env>, o2: App<Env>): Promise<void> {
  O.step('stop: prep_stop, children, stop', [await O.ok(() => Application.stop(o1)), O.takeLog()]);
  O.step('stop again', await O.ok(() => Application.stop(o1)));
  O.step(
    'stop of a dependency does not stop its dependants',
    Application.startedApplications().includes('o2'),
  );
  O.step('stop app2: the state from {:ok, pid, state} is passed on', [
    await O.ok(() => Application.stop(o2)),
    O.takeLog(),
  ]);
}

const bad: readonly (readonly [how: string, start: () => Pid<never>])[] = [
  [
    'error',
    () => {
      throw new StartError('AppBad', 'nope');
    },
  ],
  [
    'raise',
    () => {
      throw new Error('boom');
    },
  ],
  ['garbage', () => untyped('what')],
  ['exit', () => exit('x')],
];

async function failures(O: Oracle): Promise<void> {
  for (const [how, start] of bad) {
    const app = Application.define(`bad_${how}`, { start });
    O.step(`start/2 ${how}`, await O.ok(() => Application.start(app)));
  }
}

async function ends(O: Oracle, o1: App<Env>): Promise<void> {
  const isGone = () => !Application.startedApplications().includes('o1');
  await Application.start(o1, 'temporary');
  O.takeLog();
  const sup = whereis('App1.Sup');
  if (sup !== undefined) {
    const ref = monitor(sup);
    exit(sup, 'kill');
    await O.awaitDown(ref);
  }
  await O.waitUntil(isGone);
  O.step('temporary application whose supervisor dies: just removed; stop/1 is called', O.takeLog());
  await Application.start(o1, 'transient');
  O.takeLog();
  await Supervisor.stop('App1.Sup', 'normal');
  await O.waitUntil(isGone);
  O.step('transient application whose supervisor ends :normal: only that one ends', O.takeLog());
}
