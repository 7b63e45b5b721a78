/** Registry: owners, links, death of the registry, listeners, dispatch that fails, via names with values, select. */
import { Agent } from '@coppice/agent';
import { exit, type Pid, processInfo, self, send, sleep, spawn, whereis } from '@coppice/core';
import { Registry } from '@coppice/registry';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done, moduleOf, text, untyped } from '../../term.ts';
import { endOfRegistry, inTree, listening } from './33-registry-owners/ends.ts';
import { ask, other } from './33-registry-owners/owner.ts';

const R = Registry.unique<unknown, unknown, unknown>('R');
export const registryOwners: Scenario = scenario('more/33_registry_owners', async (O) => {
  await O.trap();
  const registry = await Registry.startLink(R);
  const me = O.name(self(), 'me');
  await registering(O, me);
  changing(O, me);
  await linking(O);
  await dying(O);
  await viaNames(O, me);
  await looking(O);
  await dispatching(O);
  await metadata(O);
  await refusing(O, me, O.name(registry, 'reg'));
  await listening(O);
  await endOfRegistry(O);
  await inTree(O);
  const { start: _, modules: __, ...spec } = Registry.childSpec(Registry.unique('CS'));
  O.step('child_spec', spec);
});

/** The kind of what was thrown, with its module. */
async function kind(O: Oracle, fn: () => unknown): Promise<unknown> {
  const [how, value] = await O.catching(fn);
  return how === 'error' ? [how, moduleOf(value)] : [how, value];
}

const put = (O: Oracle, key: unknown, value: unknown) => O.ok(() => Registry.register(R, key, value));
const size = (key: unknown) => Registry.lookup(R, key).length;
const ordered = (keys: readonly unknown[]) => keys.toSorted((a, b) => (String(a) < String(b) ? -1 : 1));

async function registering(O: Oracle, me: Pid<never>): Promise<void> {
  O.step('registering twice, under another key too', [
    await put(O, 'a', 1),
    await put(O, 'a', 2),
    await put(O, 'b', 2),
    ordered(Registry.keys(R, me)),
  ]);
  const q = O.name(other(), 'q');
  await ask(q, () => Registry.register(R, 'q', 1));
  O.step('a taken key: who has it', [await put(O, 'q', 5), Registry.lookup(R, 'q')]);
  const dead = spawn(() => {});
  await O.down(dead);
  O.step('keys of a stranger, of a dead process', [
    Registry.keys(
      R,
      spawn(() => sleep(50)),
    ),
    Registry.keys(R, dead),
  ]);
  O.step('values: under a key, of the wrong process', [
    Registry.values(R, 'a', me),
    Registry.values(R, 'q', me),
  ]);
}

function changing(O: Oracle, me: Pid<never>): void {
  const update = (key: string, by: number) => {
    const updated = Registry.updateValue(R, key, (value) => Number(value) + by);
    return updated === undefined ? 'error' : [updated.value, updated.old];
  };
  O.step('update_value: own, missing, of another', [
    update('a', 10),
    update('none', 0),
    update('q', 0),
    Registry.values(R, 'a', me),
  ]);
  const unregister = (key: string) => done(Registry.unregister(R, key));
  O.step('unregister: own, missing, of another', [
    unregister('b'),
    unregister('none'),
    unregister('q'),
    size('q'),
  ]);
  const unregisterMatch = (value: number) =>
    done(Registry.unregisterMatch(R, 'a', (stored) => stored === value));
  O.step('unregister_match: no match, match', [
    unregisterMatch(99),
    size('a'),
    unregisterMatch(11),
    Registry.lookup(R, 'a'),
  ]);
  Registry.register(R, 'g', 5);
  Registry.unregisterMatch(R, 'g', (value) => Number(value) < 3);
  const left = size('g');
  Registry.unregisterMatch(R, 'g', (value) => Number(value) > 3);
  O.step('unregister_match with a guard', [left, Registry.lookup(R, 'g')]);
}

async function linking(O: Oracle): Promise<void> {
  const p = other();
  const links = () => processInfo(p)?.links.length;
  const counts = [links()];
  const steps = [
    () => Registry.register(R, 'l1', 0),
    () => Registry.register(R, 'l2', 0),
    () => Registry.unregister(R, 'l1'),
    () => Registry.unregister(R, 'l2'),
  ];
  for (const step of steps) {
    await ask(p, step);
    counts.push(links());
  }
  O.step('a registered process is linked to the registry while it has entries', counts);
}

async function dying(O: Oracle): Promise<void> {
  const rows: unknown[] = [];
  for (const how of ['normal', 'kill', 'boom']) {
    const p = other();
    await ask(p, () => Registry.register(R, 'free', how));
    if (how === 'normal') send(p, 'stop');
    else exit(p, how);
    await O.down(p);
    const free = await O.waitUntil(() => size('free') === 0);
    rows.push([how, free, await put(O, 'free', 0)]);
    Registry.unregister(R, 'free');
  }
  O.step('a key is free when its owner is dead, however it died', rows);
}

async function viaNames(O: Oracle, me: Pid<never>): Promise<void> {
  const v = Registry.via(R, 'v');
  const key = { registry: R, key: 'v' };
  const a = await Agent.startLink(() => 7, { name: Registry.via(R, 'v', 'val') });
  O.step('via with a value', [
    Registry.lookup(R, 'v').map(({ value }) => value),
    await Agent.get(v, (state: unknown) => state),
    whereis(v) === a,
    Registry.whereisName(key) === a,
    text(Registry.keys(R, a)),
  ]);
  O.name(a, 'v');
  const none = { registry: R, key: 'none' };
  O.step('via: taken, missing', [
    await O.result(() => Agent.startLink(() => 0, { name: v })),
    whereis(Registry.via(R, 'none')),
    (await O.catching(() => send(Registry.via(R, 'none'), 'x')))[0],
    Registry.whereisName(none) ?? 'undefined',
    done(Registry.unregisterName(none)),
  ]);
  const own = { registry: R, key: 'rn' };
  const registerOwn = () => (Registry.registerName(own, me) ? 'yes' : 'no');
  O.step('register_name, for oneself', [
    registerOwn(),
    registerOwn(),
    done(Registry.unregisterName(own)),
    Registry.whereisName(own) ?? 'undefined',
  ]);
  Registry.register(R, 'inbox', 0);
  send(Registry.via(R, 'inbox'), 'hello');
  O.step('send to a via name', await O.recv());
}

async function looking(O: Oracle): Promise<void> {
  O.step('count, count_match, match', [
    Registry.count(R),
    Registry.countMatch(R, 'inbox', (value) => value === 0),
    Registry.countMatch(R, 'inbox', (value) => value === 1),
    Registry.match(R, 'inbox', () => true).length,
  ]);
  Registry.register(R, 'n1', 1);
  Registry.register(R, 'n2', 2);
  const selected = Registry.select(R, ({ key, value }) =>
    typeof value === 'number' && value > 0 ? ([key, value] as const) : undefined,
  );
  O.step(
    'select: key, pid, value with a guard',
    ordered(selected.filter(([key]) => key === 'n1' || key === 'n2')),
  );
  O.step(
    'count_select',
    Registry.countSelect(R, ({ value }) => value === 2),
  );
}

async function dispatching(O: Oracle): Promise<void> {
  Registry.dispatch(R, 'n1', (entries) => O.log(entries.map(({ value }) => value)));
  Registry.dispatch(R, 'none', () => O.log('called'));
  O.step('dispatch of unique keys', O.takeLog());
  const failing: readonly (() => void)[] = [
    () => {
      throw new Error('in dispatch');
    },
    () => {
      throw untyped('ball');
    },
  ];
  const kinds: unknown[] = [];
  for (const fn of failing) kinds.push(await kind(O, () => Registry.dispatch(R, 'n1', fn)));
  O.step('dispatch whose function raises, throws', kinds);
}

async function metadata(O: Oracle): Promise<void> {
  const meta = () => {
    const value = Registry.meta(R, 'm');
    return value === undefined ? 'error' : ['ok', value];
  };
  const putMeta = (value: number) => done(Registry.putMeta(R, 'm', value));
  const deleteMeta = () => done(Registry.deleteMeta(R, 'm'));
  O.step('meta', [meta(), putMeta(1), meta(), putMeta(2), meta(), deleteMeta(), meta(), deleteMeta()]);
  const RM = Registry.unique('RM');
  await Registry.startLink(RM, { meta: { a: 1 } });
  O.step('meta from the start', ['ok', Registry.meta(RM, 'a')]);
}

async function refusing(O: Oracle, me: Pid<never>, _registry: Pid<never>): Promise<void> {
  const NoReg = Registry.unique<string, number>('NoReg');
  const uses: readonly (() => unknown)[] = [
    () => Registry.lookup(NoReg, 'a'),
    () => Registry.register(NoReg, 'a', 1),
    () => Registry.keys(NoReg, me),
    () => Registry.count(NoReg),
    () => Registry.meta(NoReg, 'a'),
    () => whereis({ via: Registry, key: { registry: NoReg, key: 'a' } }),
  ];
  const kinds: unknown[] = [];
  for (const use of uses) kinds.push(await kind(O, use));
  O.step('a registry that does not run', kinds);
  O.step('the name of a registry is taken', await O.result(() => Registry.startLink(R)));
  const starts: readonly (() => unknown)[] = [
    () => Registry.startLink(untyped({ registry: 'B1' })),
    () => Registry.startLink(untyped({ registry: 'B2', keys: 'many' })),
    () => Registry.startLink(untyped({ keys: 'unique' })),
    () => Registry.startLink(Registry.unique('B3'), { partitions: 0 }),
    () => Registry.startLink(Registry.unique('B4'), { listeners: untyped('l') }),
  ];
  const bad: unknown[] = [];
  for (const start of starts) bad.push(await kind(O, start));
  O.step('bad options', bad);
}
