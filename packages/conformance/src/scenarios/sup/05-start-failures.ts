/** The n-th child does not start: rollback order and error shapes. */
import { Agent } from '@coppice/agent';
import { exit, isExit, isPid, monitor, StartError, sleep } from '@coppice/core';
import { ignore, noreply, stopInit } from '@coppice/gen-server';
import { type ChildSpec, type Strategy, Supervisor } from '@coppice/supervisor';
import { apply } from '../../exceptions.ts';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { asList, moduleOf, Term, untyped } from '../../term.ts';
import { type Counter, ids, Workers } from '../../workers.ts';

const trap = { trap: true } as const;
const oneForOne = { strategy: 'one_for_one' } as const;

export const startFailures: Scenario = scenario('sup/05_start_failures', async (O) => {
  await O.trap();
  const W = new Workers(O);
  for (const [label, bad] of cases(W)) await failedStart(O, W, label, bad);
  const nope = W.spec('c', { init: () => stopInit('nope') });
  O.step(
    'the caller does not trap: dies with',
    await O.isolated(async () => {
      await O.result(() => start(W, nope));
      return 'alive';
    }),
  );
  O.takeLog();
  const temporary = await O.result(() => start(W, { ...nope, restart: 'temporary' }));
  O.step(
    'temporary child that fails to start also fails the supervisor',
    Array.isArray(temporary) ? temporary[1] : temporary,
  );
  await quiet(O);
  await ignored(O, W);
  await startChild(O, W);
  await startWithInfo(O);
  for (const strategy of ['one_for_one', 'one_for_all', 'rest_for_one'] as const) {
    await failedRestarts(O, W, strategy);
  }
  await ignoredRestart(O, W);
  await badSpecs(O, W);
});

function start(W: Workers, bad: ChildSpec, strategy: Strategy = 'one_for_one') {
  return Supervisor.startLink([W.spec('a', trap), W.spec('b', trap), bad, W.spec('d', trap)], { strategy });
}

function raw(id: string, fn: () => unknown): ChildSpec {
  return { id, start: async () => untyped(await fn()) };
}

function cases(W: Workers): readonly (readonly [label: string, bad: ChildSpec])[] {
  const worker = (init: () => unknown) => W.spec('c', { init });
  const raise = (message: string) => () => {
    throw new Error(message);
  };
  const throws = (value: unknown) => () => {
    throw value;
  };
  return [
    ['stop', worker(() => stopInit('nope'))],
    ['stop_normal', worker(() => stopInit('normal'))],
    ['raise', worker(raise('boom'))],
    ['throw_bad', worker(throws('ball'))],
    ['exit', worker(() => exit('bye'))],
    ['bad_init_return', worker(() => noreply('what'))],
    ['start_returns_error', raw('c', throws(new StartError('c', 'from_start')))],
    ['start_returns_garbage', raw('c', () => 'garbage')],
    ['start_raises', raw('c', raise('in start'))],
    ['start_exits', raw('c', () => exit('in_start'))],
    ['start_throws', raw('c', throws('in_start'))],
    ['undefined_function', raw('c', () => apply({}, 'startLink', []))],
  ];
}

async function failedStart(O: Oracle, W: Workers, label: string, bad: ChildSpec): Promise<void> {
  O.step(`${label}: start_link returns`, await O.result(() => start(W, bad)));
  O.step(`${label}: log`, O.takeLog());
  await sleep(10);
  O.step(`${label}: EXIT to the linked trapping caller`, await exitReasons(O));
}

/** The EXIT messages in the mailbox, without their senders. */
async function exitReasons(O: Oracle): Promise<readonly unknown[]> {
  return (await O.mailbox()).map((m) => (isExit(m) ? ['EXIT', m.reason] : m));
}

async function quiet(O: Oracle): Promise<void> {
  await O.mailbox();
  O.takeLog();
}

async function ignored(O: Oracle, W: Workers): Promise<void> {
  const c = W.spec('c', { init: () => ignore() });
  const s = await start(W, c);
  O.step(':ignore child: supervisor starts; child kept with :undefined', [
    await ids(s),
    await Supervisor.countChildren(s),
  ]);
  await Supervisor.stop(s);
  await quiet(O);
  const t = await start(W, { ...c, restart: 'temporary' });
  O.step(':ignore temporary child: not kept', [await ids(t), await Supervisor.countChildren(t)]);
  await Supervisor.stop(t);
  await quiet(O);
}

/** OTP answers `{:ok, :undefined}` for an ignored child. */
async function started(O: Oracle, fn: () => Promise<unknown>): Promise<unknown> {
  return O.result(async () => (await fn()) ?? 'undefined');
}

async function startChild(O: Oracle, W: Workers): Promise<void> {
  const ignoring = (id: string, restart: 'permanent' | 'temporary') =>
    W.spec(id, { restart, init: () => ignore() });
  const s = await Supervisor.startLink([], oneForOne);
  O.step('start_child with :ignore', [
    await started(O, () => Supervisor.startChild(s, ignoring('c', 'permanent'))),
    await ids(s),
    await started(O, () => Supervisor.startChild(s, ignoring('t', 'temporary'))),
    await ids(s),
  ]);
  await Supervisor.stop(s);
  await quiet(O);
  const counter: Counter = { starts: 0 };
  const later = W.spec('c', { counter, init: (n) => (n === 0 ? ignore() : 'go') });
  const t = await Supervisor.startLink([later], oneForOne);
  const p = await Supervisor.restartChild(t, 'c');
  O.step('restart_child of an ignored child that now starts', [p !== undefined, await ids(t)]);
  await Supervisor.stop(t);
  await quiet(O);
  await failedStartChild(O, W);
}

async function failedStartChild(O: Oracle, W: Workers): Promise<void> {
  const s = await Supervisor.startLink([], oneForOne);
  const nope = W.spec('c', { init: () => stopInit('nope') });
  const raising = raw('e', () => {
    throw new Error('x');
  });
  const undefinedStart = raw('z', () => apply({}, 'startLink', []));
  const first = await O.result(() => Supervisor.startChild(s, nope));
  const before = await ids(s);
  const second = await O.result(() => Supervisor.startChild(s, raising));
  O.step('start_child whose start fails: the spec is not kept; supervisor lives', [
    first,
    before,
    Array.isArray(second) ? second[0] : second,
    await O.result(() => Supervisor.startChild(s, undefinedStart)),
    await ids(s),
  ]);
  await Supervisor.stop(s);
  await quiet(O);
}

async function startWithInfo(O: Oracle): Promise<void> {
  const s = await Supervisor.startLink([], oneForOne);
  const start = async () => ({ pid: await Agent.startLink(() => 0), info: 'extra' });
  const [ok, , info] = asList(await O.result(() => Supervisor.startChild(s, { id: 'i', start })));
  await Supervisor.stop(s);
  await O.mailbox();
  O.step('{:ok, pid, info} is accepted, and start_child passes the info on', [ok, info]);
}

async function failedRestarts(O: Oracle, W: Workers, strategy: Strategy): Promise<void> {
  const siblings = (counter: Counter, init: (n: number) => unknown) => [
    W.spec('a', trap),
    W.spec('b', { trap: true, counter, init }),
    W.spec('c', trap),
  ];
  const twice = siblings({ starts: 0 }, (n) => (n === 1 || n === 2 ? stopInit('not_yet') : 'go'));
  const s = await Supervisor.startLink(twice, { strategy, maxRestarts: 5, maxSeconds: 60 });
  O.takeLog();
  await W.crash('b', 'crash');
  await O.waitUntil(async () => {
    const children = await Supervisor.whichChildren(s);
    return children.every(({ child }) => isPid(child)); // a name is taken already while `init` runs
  });
  O.step(`${strategy}: b crashes and its first two restarts fail, the third goes well: log`, O.takeLog());
  O.step(`${strategy}: after`, await ids(s));
  await Supervisor.stop(s);
  await quiet(O);
  const counter: Counter = { starts: 0 };
  const always = siblings(counter, (n) => (n === 0 ? 'go' : stopInit('never')));
  const t = await Supervisor.startLink(always, { strategy, maxRestarts: 2, maxSeconds: 60 });
  const ref = monitor(t);
  O.takeLog();
  await W.crash('b', 'crash');
  O.step(`${strategy}: every restart of b fails: each try counts; supervisor's reason, attempts, log`, [
    await O.awaitDown(ref),
    counter.starts,
    O.takeLog(),
  ]);
  await O.mailbox();
}

async function ignoredRestart(O: Oracle, W: Workers): Promise<void> {
  const b = W.spec('b', { counter: { starts: 0 }, init: (n) => (n === 0 ? 'go' : ignore()) });
  const s = await Supervisor.startLink([b], oneForOne);
  await W.crashSync(s, 'b', 'crash');
  O.step('restart that returns :ignore: child kept as :undefined, no error', [
    await ids(s),
    await Supervisor.countChildren(s),
  ]);
  await Supervisor.stop(s);
  await quiet(O);
}

async function badSpecs(O: Oracle, W: Workers): Promise<void> {
  O.step(
    'duplicate ids in the child list',
    await O.result(() => Supervisor.startLink([W.spec('a'), W.spec('a')], oneForOne)),
  );
  await sleep(10);
  O.step('…and nothing was started, EXIT to caller', [O.takeLog(), await exitReasons(O)]);
  const good = W.spec('a');
  const { id, start: startFn } = good;
  const specs: readonly unknown[] = [
    { id },
    { start: startFn },
    { id, start: 'bad' },
    { ...good, restart: 'sometimes' },
    { ...good, shutdown: -1 },
    { ...good, type: 'thing' },
  ];
  const refusals: unknown[] = [];
  for (const spec of specs) {
    refusals.push(await O.result(() => Supervisor.startLink([untyped(spec)], oneForOne)));
  }
  O.step('bad specs', refusals);
  await O.mailbox();
  const odd: unknown[] = [];
  for (const value of [
    'NoSuchModule',
    ['NoSuchModule', 1],
    'not_a_spec',
    42,
    ['W'],
    new Term({ kind: 'text', value: 'x' }),
  ]) {
    const [kind, error] = await O.catching(() => Supervisor.startLink([untyped(value)], oneForOne));
    odd.push([kind, moduleOf(error)]);
  }
  O.step('unknown module, non-spec values raise', odd);
  await O.mailbox();
  const unknown = await O.catching(() =>
    O.result(() => Supervisor.startLink([], { strategy: untyped('whatever') })),
  );
  const none = await O.catching(() => O.result(() => Supervisor.startLink([], untyped({}))));
  await O.mailbox();
  O.step('unknown strategy / no strategy', [unknown, none]);
  const Ign = Supervisor.define('Ign', () => 'ignore');
  O.step('module init returns :ignore', await O.result(() => Ign.startLink()));
  const first = await Supervisor.startLink([], { ...oneForOne, name: 'taken' });
  O.name(first, 'first');
  O.step('name taken', await O.result(() => Supervisor.startLink([], { ...oneForOne, name: 'taken' })));
}
