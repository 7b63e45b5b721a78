/** Advanced 2: Agent beside a named ETS table. The table belongs to the process that CALLS startLink. */
import { Agent, type AgentPid } from '@coppice/agent';
import { exit, unlink } from '@coppice/core';
import { Ets } from '@coppice/ets';
import { Task } from '@coppice/task';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done, text } from '../../term.ts';

const cache = Ets.name<unknown, unknown>('cache');
const HybridCache = {
  startLink() {
    Ets.new(cache, { protection: 'public' });
    return Agent.startLink(() => 'ok', { name: 'HybridCache' });
  },
  put: (key: unknown, value: unknown) => done(Ets.insert(cache, key, value), true),
  get(key: unknown): readonly unknown[] {
    const value = Ets.lookup(cache, key);
    return value === undefined ? ['error', 'not_found'] : ['ok', value];
  },
};

export const advHybridCacheEts: Scenario = scenario('seed/16_adv_hybrid_cache_ets', async (O) => {
  const agent = await HybridCache.startLink();
  O.name(agent, 'agent');
  O.step('owner of the table is the caller, not the agent', [Ets.info(cache)?.owner, agent]);
  O.step('put returns true', HybridCache.put('a', 1));
  O.step('get', HybridCache.get('a'));
  O.step('missing', HybridCache.get('zz'));
  HybridCache.put('a', 2);
  O.step('overwrite in a set', [HybridCache.get('a'), Ets.info(cache)?.size]);
  HybridCache.put(1, 'int');
  HybridCache.put(1.0, 'float');
  O.step('keys 1 and 1.0 are different in a set', [HybridCache.get(1), HybridCache.get(1.0)]);
  O.step('a map lookup pattern that pins matches 1 exactly', HybridCache.get(1));
  await lifetime(O, agent);
  await access(O);
  const v = { deep: [1, [2, text('three')]] };
  HybridCache.put('v', v);
  O.step(
    'ETS copies: a value read back is equal',
    JSON.stringify(HybridCache.get('v')) === JSON.stringify(['ok', v]),
  );
});

async function lifetime(O: Oracle, agent: AgentPid<string>): Promise<void> {
  O.step(
    'second start_link raises (name taken), it does not return {:error, …}',
    await O.catching(() => HybridCache.startLink()),
  );
  unlink(agent);
  exit(agent, 'kill');
  await O.down(agent);
  O.step('agent dies, table stays', HybridCache.get('a'));
  O.step(
    'restart after the agent died: still raises, so a supervisor could never restart it',
    await O.catching(() => HybridCache.startLink()),
  );
  Ets.delete(cache);
  O.step('get after the table is deleted', await O.catching(() => HybridCache.get('a')));
  await O.isolated(() => {
    Ets.new(cache, { protection: 'public' });
    Ets.insert(cache, 'a', 1);
  });
  O.step('table dies with its owner', [
    Ets.info(cache) ?? 'undefined',
    await O.catching(() => Ets.lookup(cache, 'a')),
  ]);
}

async function access(O: Oracle): Promise<void> {
  Ets.new(cache, { protection: 'public' });
  await Task.await(Task.async(() => HybridCache.put('t', 1)));
  O.step('reads and writes from other processes (public)', HybridCache.get('t'));
  const prot = Ets.new(Ets.name<number, number>('prot'));
  O.step(
    'protected (default): write from another process',
    await O.isolated(async () => [
      await O.catching(() => Ets.insert(prot, 1, 1)),
      [Ets.lookup(prot, 1)].filter((value) => value !== undefined),
    ]),
  );
  const priv = Ets.new(Ets.name<number, number>('priv'), { protection: 'private' });
  O.step('private: read from another process', await O.isolated(() => O.catching(() => Ets.lookup(priv, 1))));
}
