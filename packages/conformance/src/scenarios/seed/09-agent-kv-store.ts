/** Agent 2: key-value store. */
import { Agent } from '@coppice/agent';
import { termKey } from '@coppice/core';
import { slimExit } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done, text } from '../../term.ts';

/** A map whose keys are compared by value, as Elixir's are. */
type Store = ReadonlyMap<unknown, readonly [key: unknown, value: unknown]>;

const store = Agent.name<Store>('KVStore');
const KVStore = {
  startLink: () => Agent.startLink((): Store => new Map(), { name: store }),
  get: (key: unknown) => Agent.get(store, (map) => map.get(termKey(key))?.[1]),
  put: (key: unknown, value: unknown) =>
    Agent.update(store, (map) => new Map(map).set(termKey(key), [key, value])),
  delete: (key: unknown) =>
    Agent.update(store, (map) => new Map([...map].filter(([k]) => k !== termKey(key)))),
  getAll: () => Agent.get(store, (map) => new Map(map.values())),
  keys: () => Agent.get(store, (map) => [...map.values()].map(([key]) => key)),
};

export const agentKvStore: Scenario = scenario('seed/09_agent_kv_store', async (O) => {
  O.step('before start: get exits', slimExit(await O.catching(() => KVStore.get('a'))));
  await KVStore.startLink();
  O.step('get of a missing key', await KVStore.get('a'));
  O.step('put', done(await KVStore.put('a', 1)));
  O.step('put another', done(await KVStore.put('b', text('two'))));
  O.step('overwrite', done(await KVStore.put('a', [3])));
  O.step('get', await KVStore.get('a'));
  O.step('keys', await KVStore.keys());
  O.step('get_all', await KVStore.getAll());
  O.step('delete', done(await KVStore.delete('a')));
  O.step('delete of a missing key', done(await KVStore.delete('zzz')));
  O.step('get_all', await KVStore.getAll());
  await KVStore.put('n', undefined);
  O.step('put nil: get does not tell it from missing', [
    await KVStore.get('n'),
    await KVStore.get('nope'),
    (await KVStore.keys()).includes('n'),
  ]);
  await KVStore.put(1, 'int');
  await KVStore.put(1.0, 'float');
  O.step('keys 1 and 1.0 are different map keys', [await KVStore.get(1), await KVStore.get(1.0)]);
  await KVStore.put(['user', [1, { x: 2 }]], 'found');
  O.step('compound keys compare by value', await KVStore.get(['user', [1, { x: 2 }]]));
  const snapshot = await KVStore.getAll();
  await KVStore.put('later', 1);
  O.step('state read is a snapshot: a later put does not change it', snapshot.has('later'));
});
