/** Registry with duplicate keys: publish and subscribe. */
import { context, exit, type Pid, register, self, send, sleep, spawnLink, unlink } from '@coppice/core';
import { Registry } from '@coppice/registry';
import { type Oracle, ofType } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done, moduleOf, text, untyped } from '../../term.ts';

interface Do {
  readonly type: 'do';
  readonly fn: () => unknown;
}
interface Did {
  readonly type: 'did';
  readonly value: unknown;
}

const D = Registry.duplicate<string, number, unknown>('D');
const isDid = ofType<Did>('did');
const ascending = (a: number, b: number) => a - b;
const byText = (a: unknown, b: unknown) => (String(a) < String(b) ? -1 : 1);

export const registryDuplicate: Scenario = scenario('more/06_registry_duplicate', async (O) => {
  O.name(await Registry.startLink(D), 'reg');
  const q = O.name(other(), 'q');
  await registering(O, q);
  await publishing(O);
  await unregistering(O);
  await refusing(O);
  await dying(O, q);
  await partitions(O);
  await listening(O);
  Registry.register(D, 'x', 1);
  Registry.register(D, 'y', 2);
  const pairs = Registry.select(D, ({ key, value }) => [key, value] as const);
  O.step(
    'select over the whole registry',
    pairs.toSorted(byText).map(([key, value]) => [text(key), value]),
  );
});

/** A linked process that runs what it is asked to, and passes on what else it gets. */
function other(): Pid<unknown> {
  const me = self<unknown>();
  const isDo = ofType<Do>('do');
  return spawnLink<unknown>(async ({ receive }) => {
    for (;;) {
      const message = await receive();
      send(me, isDo(message) ? { type: 'did', value: message.fn() } : ['heard', message]);
    }
  });
}

async function ask(pid: Pid<unknown>, fn: () => unknown): Promise<unknown> {
  send(pid, { type: 'do', fn });
  return (await context<unknown>().receive(isDid)).value;
}

function values(key: string): readonly number[] {
  return Registry.lookup(D, key)
    .map(({ value }) => value)
    .toSorted(ascending);
}

async function registering(O: Oracle, q: Pid<unknown>): Promise<void> {
  const me = self();
  O.step('a key may be registered many times, by one process too', [
    done(Registry.register(D, 't', 1)),
    done(Registry.register(D, 't', 2)),
    done(await ask(q, () => Registry.register(D, 't', 3))),
  ]);
  const byValue = <T extends { readonly value: number }>(a: T, b: T) => a.value - b.value;
  O.step('lookup: all of them', Registry.lookup(D, 't').toSorted(byValue));
  O.step('keys of a process: with repeats', text(Registry.keys(D, me)));
  O.step('values of a process under a key', [
    Registry.values(D, 't', me).toSorted(ascending),
    Registry.values(D, 't', q),
  ]);
  O.step('count, count_match', [
    Registry.count(D),
    Registry.countMatch(D, 't', () => true),
    Registry.countMatch(D, 't', (value) => value === 2),
  ]);
  O.step('match', [
    Registry.match(D, 't', (value) => value === 3),
    Registry.match(D, 't', (value) => value === 9),
    Registry.match(D, 't', (value) => value > 1).toSorted(byValue),
  ]);
}

async function publishing(O: Oracle): Promise<void> {
  Registry.dispatch(D, 't', (entries) => O.log(entries.map(({ value }) => value).toSorted(ascending)));
  O.step('dispatch: the function gets all entries at once (one partition)', O.takeLog());
  Registry.dispatch(D, 't', (entries) => {
    for (const { pid, value } of entries) send(pid, ['news', value]);
  });
  await sleep(10);
  O.step('dispatch as publish: every entry gets the message', (await O.mailbox()).toSorted(byText));
  O.step('dispatch of nothing', [
    done(Registry.dispatch(D, 'none', (entries) => O.log(entries))),
    O.takeLog(),
  ]);
}

async function unregistering(O: Oracle): Promise<void> {
  O.step('unregister takes all own entries of the key', [
    done(Registry.unregister(D, 't')),
    Registry.lookup(D, 't'),
  ]);
  Registry.register(D, 't', 1);
  Registry.register(D, 't', 2);
  O.step('unregister_match takes those that match', [
    done(Registry.unregisterMatch(D, 't', (value) => value === 1)),
    values('t'),
  ]);
  Registry.unregister(D, 't');
  O.step('an entry of another process is not taken', values('t'));
}

async function refusing(O: Oracle): Promise<void> {
  const refused = async (fn: () => unknown) => {
    const [kind, error] = await O.catching(fn);
    return [kind, moduleOf(error)];
  };
  O.step(
    'update_value is for unique keys only',
    await refused(() => Registry.updateValue(untyped(D), untyped('t'), (value) => value)),
  );
  O.step('via is for unique keys only', await refused(() => Registry.whereisName({ registry: D, key: 't' })));
}

async function dying(O: Oracle, q: Pid<unknown>): Promise<void> {
  await ask(q, () => Registry.register(D, 'u', 1));
  unlink(q);
  exit(q, 'kill');
  await O.down(q);
  O.step(
    'death takes all entries',
    await O.waitUntil(() => Registry.lookup(D, 't').length === 0 && Registry.lookup(D, 'u').length === 0),
  );
  O.step('count after all that', Registry.count(D));
}

async function partitions(O: Oracle): Promise<void> {
  const P4 = Registry.duplicate<string, number>('P4');
  await Registry.startLink(P4, { partitions: 4 });
  const pids: Pid<unknown>[] = [];
  for (let i = 1; i <= 8; i++) {
    const pid = other();
    await ask(pid, () => Registry.register(P4, 'k', i));
    pids.push(pid);
  }
  Registry.dispatch(P4, 'k', (entries) => O.log(entries.map(({ value }) => value)));
  const calls = O.takeLog();
  for (const pid of pids) {
    unlink(pid);
    exit(pid, 'kill');
  }
  const reached = calls.flat().map(Number).toSorted(ascending);
  O.step(
    'partitions: dispatch calls the function once for each partition that has entries; all entries are reached',
    [calls.length <= 4, reached],
  );
}

async function listening(O: Oracle): Promise<void> {
  const me = self<unknown>();
  spawnLink<unknown>(async ({ self: listener, receive }) => {
    register(listener, 'dup_listener');
    send(me, 'ready');
    for (;;) send(me, await receive());
  });
  await context<unknown>().receive((m) => m === 'ready');
  const DL = Registry.duplicate<string, number>('DL');
  await Registry.startLink(DL, { listeners: ['dup_listener'] });
  Registry.register(DL, 'a', 1);
  Registry.register(DL, 'a', 2);
  Registry.unregister(DL, 'a');
  O.step('listeners of a duplicate registry', [await O.recv(), await O.recv(), await O.recv()]);
}
