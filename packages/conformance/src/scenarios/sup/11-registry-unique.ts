/** Registry with unique keys. */
import { Agent } from '@coppice/agent';
import {
  context,
  exit,
  type Name,
  type Pid,
  processInfo,
  register,
  self,
  send,
  sleep,
  spawnLink,
  unlink,
  whereis,
} from '@coppice/core';
import { type From, GenServer, noreply, reply } from '@coppice/gen-server';
import { Registry } from '@coppice/registry';
import { Supervisor } from '@coppice/supervisor';
import { type Oracle, ofType } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { asList, done, moduleOf, text, untyped } from '../../term.ts';

interface Do {
  readonly type: 'do';
  readonly fn: () => unknown;
}
interface Did {
  readonly type: 'did';
  readonly value: unknown;
}

const R = Registry.unique<unknown, unknown>('R');
const isDid = ofType<Did>('did');
const Any = GenServer.define('Any', {
  init: () => 0,
  handleCall: (request: unknown, _from: From<unknown>, state) => reply(request, state),
  handleCast: (_: unknown, state) => noreply(state),
});

export const registryUnique: Scenario = scenario('sup/11_registry_unique', async (O) => {
  const reg = O.name(await Registry.startLink(R), 'reg');
  const q = O.name(other(), 'q');
  await registering(O, q);
  await looking(O, q);
  await updating(O, q);
  await unregistering(O, q);
  await sending(O, q);
  await dying(O, q);
  await viaNames(O);
  await options(O);
  await listening(O);
  O.step(
    'registry stops: its users that do not trap are taken down by the link',
    await O.isolated(async () => {
      const RX = Registry.unique<number, number>('RX');
      const rx = await Registry.startLink(RX);
      unlink(rx);
      Registry.register(RX, 1, 1);
      await Supervisor.stop(rx, 'shutdown');
      await sleep(100);
      return 'alive';
    }),
  );
  done(reg);
});

/** A linked process that runs what it is asked to. */
function other(): Pid<Do> {
  const me = self<Did>();
  return spawnLink<Do>(async ({ receive }) => {
    for (;;) send(me, { type: 'did', value: (await receive()).fn() });
  });
}

async function ask(pid: Pid<Do>, fn: () => unknown): Promise<unknown> {
  send(pid, { type: 'do', fn });
  return (await context<Did>().receive(isDid)).value;
}

/** Elixir answers with the process that the caller is now linked to. */
async function registered(O: Oracle, key: string, value: unknown): Promise<unknown> {
  const linked = () => processInfo(self())?.links ?? [];
  const before = linked();
  const answer = await O.ok(() => Registry.register(R, key, value));
  const added = linked().filter((pid) => !before.includes(pid));
  return added.length === 0 ? answer : [answer, ...added];
}

async function registering(O: Oracle, q: Pid<Do>): Promise<void> {
  O.step('register', await registered(O, 'k', 'v'));
  O.step('register again by the same process', await registered(O, 'k', 'v2'));
  const refusal = await ask(q, () => O.ok(() => Registry.register(R, 'k', 'w')));
  O.step('register by another process', await refusal);
  O.step('lookup', Registry.lookup(R, 'k'));
  O.step('lookup missing', Registry.lookup(R, 'none'));
}

async function looking(O: Oracle, q: Pid<Do>): Promise<void> {
  O.step('whereis_name / via', [
    Registry.whereisName({ registry: R, key: 'k' }),
    Registry.whereisName({ registry: R, key: 'none' }) ?? 'undefined',
    whereis(Registry.via(R, 'k')),
    whereis(Registry.via(R, 'none')),
  ]);
  Registry.register(R, 'k2', 2);
  O.step('one process may hold many keys; keys/2 order', text(Registry.keys(R, self())));
  O.step('keys of a stranger', Registry.keys(R, q));
  O.step('count, count_match', [
    Registry.count(R),
    Registry.countMatch(R, 'k', () => true),
    Registry.countMatch(R, 'k', (value) => value === 'nope'),
  ]);
  O.step('values (own keys only)', [Registry.values(R, 'k', self()), Registry.values(R, 'k', q)]);
  O.step('match', [
    Registry.match(R, 'k', (value) => value === 'v'),
    Registry.match(R, 'k', () => true),
    Registry.match(R, 'k', (value) => value === 'zz'),
  ]);
  Registry.register(R, 'n', 7);
  O.step('match with guard', [
    Registry.match(R, 'n', (value) => Number(value) > 5),
    Registry.match(R, 'n', (value) => Number(value) > 9),
  ]);
  const isNumber = (value: unknown): value is number => typeof value === 'number';
  const byKey = ([a]: readonly unknown[], [b]: readonly unknown[]) => (String(a) < String(b) ? -1 : 1);
  const pairs = Registry.select(R, ({ key, value }) => [key, value] as const);
  O.step(
    'select',
    pairs.toSorted(byKey).map(([key, value]) => [text(key), value]),
  );
  const keys = Registry.select(R, ({ key, value }) => (isNumber(value) ? key : undefined));
  O.step('select with guard', text(keys.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))));
  O.step(
    'count_select',
    Registry.countSelect(R, ({ value }) => isNumber(value)),
  );
}

const increment = (value: unknown) => Number(value) + 1;

async function updating(O: Oracle, q: Pid<Do>): Promise<void> {
  const update = (key: string) => {
    const updated = Registry.updateValue(R, key, increment);
    return updated === undefined ? 'error' : [updated.value, updated.old];
  };
  O.step('update_value by the owner', [update('n'), Registry.lookup(R, 'n')]);
  O.step('update_value by a stranger / missing key', [await ask(q, () => update('n')), update('none')]);
}

async function unregistering(O: Oracle, q: Pid<Do>): Promise<void> {
  O.step('unregister by a stranger returns :ok and does nothing', [
    done(await ask(q, () => Registry.unregister(R, 'n'))),
    Registry.lookup(R, 'n'),
  ]);
  O.step('unregister', [
    done(Registry.unregister(R, 'n')),
    Registry.lookup(R, 'n'),
    done(Registry.unregister(R, 'n')),
  ]);
  O.step('unregister_match', [
    done(Registry.unregisterMatch(R, 'k2', (value) => value === 'other')),
    Registry.lookup(R, 'k2').length,
    done(Registry.unregisterMatch(R, 'k2', (value) => value === 2)),
    Registry.lookup(R, 'k2'),
  ]);
}

async function sending(O: Oracle, q: Pid<Do>): Promise<void> {
  Registry.dispatch(R, 'k', (entries) => O.log(entries));
  O.step('dispatch on unique calls the function with the entry', O.takeLog());
  O.step('dispatch of a missing key: the function is not called', [
    done(Registry.dispatch(R, 'none', (entries) => O.log(entries))),
    O.takeLog(),
  ]);
  send(Registry.via(R, 'k'), 'hi');
  O.step('send via', await O.mailbox());
  O.step('send via a missing name', await O.catching(() => send(Registry.via(R, 'none'), 'hi')));
  await ask(q, () => Registry.register(R, 'q', 1));
  O.step("register links the process to the registry's partition", processInfo(q)?.links.length);
}

async function dying(O: Oracle, q: Pid<Do>): Promise<void> {
  unlink(q);
  exit(q, 'kill');
  await O.down(q);
  O.step(
    'automatic unregister on death',
    await O.waitUntil(() => Registry.lookup(R, 'q').length === 0 && Registry.keys(R, q).length === 0),
  );
  await deadOwner(O, 'dead');
  O.step(
    'lookup of a dead owner answers [] at once (unique lookups check liveness)',
    Registry.lookup(R, 'dead'),
  );
  await deadOwner(O, 'dead2');
  O.step('register over a dead owner at once works', await O.ok(() => Registry.register(R, 'dead2', 2)));
}

/** A process registers under `key` and is killed. */
async function deadOwner(O: Oracle, key: string): Promise<void> {
  const p = other();
  unlink(p);
  await ask(p, () => Registry.register(R, key, 1));
  exit(p, 'kill');
  await O.down(p);
}

async function viaNames(O: Oracle): Promise<void> {
  const agent = Registry.via(R, 'agent');
  const a = O.name(await Agent.startLink(() => 0, { name: agent }), 'agent');
  O.step('via names: duplicate start', [
    await O.result(() => Agent.startLink(() => 1, { name: agent })),
    await Agent.get(a, (state) => state),
  ]);
  const v = await Agent.startLink(() => 0, { name: Registry.via(R, 'agent_v', 'meta') });
  const [entry] = Registry.lookup(R, 'agent_v');
  O.step('via name with a value', [entry?.pid === v, entry?.value]);
  const missing: Name = Registry.via(R, text('none'));
  if (typeof missing === 'object' && 'via' in missing) O.module(missing.via, 'Registry');
  O.step('call to a missing via name', await O.catching(() => Any.call(missing, 'x')));
  O.step('cast to a missing via name', done(Any.cast(missing, 'x')));
  const meta = () => (Registry.meta(R, 'm') === undefined ? 'error' : ['ok', Registry.meta(R, 'm')]);
  O.step('meta', [
    meta(),
    done(Registry.putMeta(R, 'm', 1)),
    meta(),
    done(Registry.deleteMeta(R, 'm')),
    meta(),
  ]);
}

async function options(O: Oracle): Promise<void> {
  const NoReg = Registry.unique<number, number>('NoReg');
  O.step('start under the same name', await O.result(() => Registry.startLink(R)));
  const refusals: unknown[] = [];
  for (const fn of [
    () => Registry.lookup(NoReg, 1),
    () => Registry.register(NoReg, 1, 1),
    () => Registry.count(NoReg),
  ]) {
    const [kind, error] = await O.catching<unknown>(fn);
    refusals.push([kind, moduleOf(error)]);
  }
  O.step('unknown registry', refusals);
  const bad: readonly (readonly [registry: object, options?: object])[] = [
    [{ registry: 'R9', keys: 'other' }],
    [{ registry: 'R9' }],
    [{ keys: 'unique' }],
    [{ registry: text('str'), keys: 'unique' }],
    [{ registry: 'R9', keys: 'unique' }, { partitions: 0 }],
  ];
  const badOptions: unknown[] = [];
  for (const [registry, given] of bad) {
    const [kind, error] = await O.catching(() => Registry.startLink(untyped(registry), untyped(given)));
    badOptions.push([kind, moduleOf(error)]);
  }
  O.step('bad options', badOptions);
  Registry.register(R, 1, 'i');
  const second = await O.ok(() => Registry.register(R, 1.0, 'f'));
  O.step('keys compare by match: 1 and 1.0 are different', [
    asList(second)[0] ?? second,
    Registry.lookup(R, 1).length,
  ]);
}

async function listening(O: Oracle): Promise<void> {
  const me = self<'ok' | 'logged'>();
  const next = (what: 'ok' | 'logged') => context<unknown>().receive((m) => m === what);
  spawnLink<unknown>(async (ctx) => {
    register(self(), 'listener');
    send(me, 'ok');
    for (;;) {
      O.log(await ctx.receive());
      send(me, 'logged');
    }
  });
  await next('ok');
  const RL = Registry.unique<string, number>('RL');
  await Registry.startLink(RL, { listeners: ['listener'] });
  Registry.register(RL, 'a', 1);
  await next('logged');
  Registry.unregister(RL, 'a');
  await next('logged');
  O.step('listeners', O.takeLog());
}
