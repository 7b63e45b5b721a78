/** DynamicSupervisor: start, restart, limits, shutdown. */
import { Agent } from '@coppice/agent';
import {
  exit,
  isAlive,
  isPid,
  link,
  monitor,
  monotonicTime,
  type Pid,
  receive,
  self,
  send,
  sleep,
  spawn,
  whereis,
} from '@coppice/core';
import { ignore, stopInit } from '@coppice/gen-server';
import {
  DynamicSupervisor as DS,
  type DynamicSupervisorOptions,
  type DynamicSupervisorPid,
} from '@coppice/supervisor';
import { type Oracle, ofType, slimExit } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { asList, done, exception } from '../../term.ts';
import { type Counter, Workers } from '../../workers.ts';

interface Started {
  readonly type: 's';
  readonly sup: Pid<never>;
}
type Sup = DynamicSupervisorPid;
/** Runs a step with a fresh supervisor, which is stopped afterwards. */
type Step = (
  name: string,
  options: DynamicSupervisorOptions,
  fn: (sup: Sup) => Promise<unknown>,
) => Promise<void>;

const isStarted = ofType<Started>('s');
const agent = () => ({ ...Agent.childSpec(() => 0), id: 'ignored' });
const trap = { trap: true } as const;

export const dynamicSupervisor: Scenario = scenario('more/05_dynamic_supervisor', async (O) => {
  await O.trap();
  const W = new Workers(O);
  const step: Step = async (name, options, fn) => {
    const sup = await DS.startLink(options);
    O.step(name, await fn(sup));
    if (isAlive(sup)) await DS.stop(sup);
    await O.mailbox();
    O.takeLog();
  };
  await children(O, W, step);
  await restarts(W, step);
  await starts(O, W, step);
  await failingRestarts(O, W, step);
  await shutdowns(O, W, step);
  await parents(O, W, step);
  await names(O, W, step);
});

async function add(sup: Sup, spec: Parameters<typeof DS.startChild>[1]): Promise<Pid<never>> {
  const started = await DS.startChild(sup, spec);
  if (!isPid(started)) throw new TypeError('the child did not start');
  return started;
}

async function children(O: Oracle, W: Workers, step: Step): Promise<void> {
  await step('start_child, which_children, count_children', {}, async (s) => {
    const p = await add(s, W.spec('a'));
    const [info] = await DS.whichChildren(s);
    const shape = [info?.id ?? 'undefined', p === info?.child, info?.type, info?.modules];
    return [isPid(p), ...shape, await DS.countChildren(s)];
  });
  await step('ids need not differ', {}, async (s) => {
    const [a, b] = [await add(s, agent()), await add(s, agent())];
    return [a !== b, (await DS.countChildren(s)).active];
  });
  await step('terminate_child by pid', {}, async (s) => {
    const p = await add(s, W.spec('a', trap));
    O.takeLog();
    const r = await O.ok(() => DS.terminateChild(s, p));
    return [r, O.takeLog(), await DS.countChildren(s)];
  });
  await step('terminate_child of a stranger', {}, (s) => O.ok(() => DS.terminateChild(s, self())));
  await step('a permanent child is restarted under the same spec', {}, async (s) => {
    const p = await add(s, W.spec('a'));
    O.takeLog();
    await W.crashSync(s, 'a', 'boom');
    return [p !== whereis('a'), O.takeLog(), await DS.countChildren(s)];
  });
}

async function restarts(W: Workers, step: Step): Promise<void> {
  const rows: unknown[] = [];
  for (const restart of ['permanent', 'transient', 'temporary'] as const) {
    for (const how of ['normal', 'shutdown', 'crash']) {
      const sup = await DS.startLink();
      await add(sup, W.spec('a', { restart }));
      await W.crashSync(sup, 'a', how);
      const { active, specs } = await DS.countChildren(sup);
      await DS.stop(sup);
      rows.push([restart, how, active, specs]);
    }
  }
  await step('restart types', {}, async () => rows);
}

async function starts(O: Oracle, W: Workers, step: Step): Promise<void> {
  const result = (s: Sup, init: () => unknown) =>
    O.result(async () => (await DS.startChild(s, W.spec('a', { init }))) ?? 'ignore');
  await step('ignore: not kept', {}, async (s) => [
    await result(s, () => ignore()),
    await DS.countChildren(s),
  ]);
  await step('a start that fails: error, not kept', {}, async (s) => [
    await result(s, () => stopInit('nope')),
    await DS.countChildren(s),
  ]);
  await step('a start that raises', {}, async (s) => {
    const start = async (): Promise<Pid<never>> => {
      throw new Error('in start');
    };
    const [, reason] = asList(await O.result(() => DS.startChild(s, { id: 'x', start })));
    return [exception(reason), await DS.countChildren(s)];
  });
  await step('max_children', { maxChildren: 1 }, async (s) => {
    const p = await add(s, agent());
    const r = await O.result(() => DS.startChild(s, agent()));
    await DS.terminateChild(s, p);
    return [r, asList(await O.result(() => DS.startChild(s, agent())))[0]];
  });
}

async function failingRestarts(O: Oracle, W: Workers, step: Step): Promise<void> {
  const worker = (counter: Counter, init: (n: number) => unknown) => W.spec('a', { counter, init });
  await step(
    'a restart that fails is tried again, and counts',
    { maxRestarts: 2, maxSeconds: 60 },
    async (s) => {
      const counter = { starts: 0 };
      const ref = monitor(s);
      await add(
        s,
        worker(counter, (n) => (n === 0 ? 'go' : stopInit('never'))),
      );
      await W.crash('a', 'boom');
      return [await O.awaitDown(ref), counter.starts];
    },
  );
  await step(
    'a restart that fails twice and then goes well',
    { maxRestarts: 5, maxSeconds: 60 },
    async (s) => {
      const counter = { starts: 0 };
      await add(
        s,
        worker(counter, (n) => (n === 1 || n === 2 ? stopInit('not_yet') : 'go')),
      );
      await W.crash('a', 'boom');
      await O.waitUntil(async () => (await DS.whichChildren(s)).every(({ child }) => isPid(child)));
      return [await DS.countChildren(s), counter.starts];
    },
  );
  await step('a restart that is ignored: gone', {}, async (s) => {
    await add(
      s,
      worker({ starts: 0 }, (n) => (n === 0 ? 'go' : ignore())),
    );
    await W.crashSync(s, 'a', 'boom');
    return DS.countChildren(s);
  });
  await step('intensity: children count together', { maxRestarts: 1 }, async (s) => {
    const ref = monitor(s);
    await add(s, W.spec('a'));
    await add(s, W.spec('b'));
    await W.crashSync(s, 'a', 'boom');
    await W.crash('b', 'boom');
    return O.awaitDown(ref);
  });
}

async function shutdowns(O: Oracle, W: Workers, step: Step): Promise<void> {
  await step('stop: children get shutdown', {}, async (s) => {
    await add(s, W.spec('a', trap));
    await add(s, W.spec('b', trap));
    O.takeLog();
    const r = done(await DS.stop(s));
    return [r, O.takeLog().toSorted((a, b) => (String(a) < String(b) ? -1 : 1))];
  });
  await step('shutdown is concurrent: three slow children take the time of one', {}, async (s) => {
    for (const id of ['c1', 'c2', 'c3']) await add(s, W.spec(id, { trap: true, hang: 100 }));
    const start = monotonicTime();
    await DS.stop(s);
    const elapsed = monotonicTime() - start;
    return elapsed >= 100 && elapsed < 250;
  });
  await step('a child that does not end in its time is killed', {}, async (s) => {
    const p = await add(s, W.spec('a', { trap: true, hang: 1000, shutdown: 20 }));
    const ref = monitor(p);
    return [await O.ok(() => DS.terminateChild(s, p)), await O.awaitDown(ref)];
  });
  await step('brutal_kill', {}, async (s) => {
    const p = await add(s, W.spec('a', { trap: true, shutdown: 'brutal_kill' }));
    const ref = monitor(p);
    O.takeLog();
    const r = await O.ok(() => DS.terminateChild(s, p));
    return [r, await O.awaitDown(ref), O.takeLog()];
  });
}

async function parents(O: Oracle, W: Workers, step: Step): Promise<void> {
  const me = self<Started>();
  const parent = spawn<'go'>(async (ctx) => {
    const sup = await DS.startLink();
    await add(sup, W.spec('a', trap));
    send(me, { type: 's', sup });
    await ctx.receive();
    exit('parent_gone');
  });
  const { sup } = await receive(isStarted);
  const ref = monitor(sup);
  O.takeLog();
  send(parent, 'go');
  const reason = await O.awaitDown(ref);
  O.step('the supervisor ends with its parent', [reason, O.takeLog()]);
  await step('an EXIT of a stranger is ignored', {}, async (s) => {
    spawn(() => exit(s, 'shutdown'));
    await sleep(20);
    return isAlive(s);
  });
  await step('a linked process that crashes is no child: ignored', {}, async (s) => {
    spawn(() => {
      link(s);
      exit('boom');
    });
    await sleep(20);
    return isAlive(s);
  });
}

async function names(O: Oracle, W: Workers, step: Step): Promise<void> {
  await step('name, and name taken', { name: 'dyn' }, async (s) => {
    O.name(s, 'dyn');
    return [
      whereis('dyn') === s,
      asList(await O.result(() => DS.startChild('dyn', agent())))[0],
      await O.result(() => DS.startLink({ name: 'dyn' })),
    ];
  });
  O.step('calls to a missing supervisor', slimExit(await O.catching(() => DS.countChildren('no_dyn'))));
  await step('a name of a child is free at once for its restart', {}, async (s) => {
    await add(s, W.spec('a'));
    const back: boolean[] = [];
    for (let i = 0; i < 3; i++) {
      await W.killSync(s, 'a');
      back.push(isPid(whereis('a')));
    }
    return [back, (await DS.countChildren(s)).active];
  });
}
