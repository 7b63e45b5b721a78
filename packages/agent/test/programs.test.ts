// Whole programs, as a user writes them: without a cast. What a module of Elixir would be is an object of functions here.
import { Agent } from '@coppice/agent';
import { monotonicTime, sleep } from '@coppice/core';
import { simulate } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

describe('a key-value store', () => {
  type Store = ReadonlyMap<string, unknown>;
  const store = Agent.name<Store>('kv_store');
  const KvStore = {
    startLink: () => Agent.startLink((): Store => new Map(), { name: store }),
    get: (key: string) => Agent.get(store, (map) => map.get(key)),
    put: (key: string, value: unknown) => Agent.update(store, (map) => new Map(map).set(key, value)),
    delete: (key: string) => Agent.update(store, (map) => new Map([...map].filter(([k]) => k !== key))),
    getAll: () => Agent.get(store, (map) => map),
    keys: () => Agent.get(store, (map) => [...map.keys()]),
  };

  it('keeps what is put, and what was read is a snapshot', () =>
    simulate(async () => {
      await expect(KvStore.get('a')).rejects.toMatchObject({ reason: 'noproc' });
      await KvStore.startLink();
      await KvStore.put('a', 1);
      await KvStore.put('b', 'two');
      const before = await KvStore.getAll();
      await KvStore.put('a', [3]);
      await KvStore.delete('b');
      await KvStore.delete('zzz');
      expect(await KvStore.get('a')).toEqual([3]);
      expect(await KvStore.keys()).toEqual(['a']);
      expect(before).toEqual(
        new Map<string, unknown>([
          ['a', 1],
          ['b', 'two'],
        ]),
      );
    }));
});

describe('a configuration', () => {
  interface Config {
    readonly database: { readonly host: string; readonly port: number };
    readonly cache: { readonly ttl: number };
  }
  const config = Agent.name<Config>('config');
  type Section = keyof Config;

  // Paths become typed selectors.
  const get = <S extends Section, K extends keyof Config[S]>(section: S, key: K): Promise<Config[S][K]> =>
    Agent.get(config, (now) => now[section][key]);
  const update = <S extends Section, K extends keyof Config[S]>(
    section: S,
    key: K,
    fn: (value: Config[S][K]) => Config[S][K],
  ): Promise<Config[S][K]> =>
    Agent.getAndUpdate(config, (now) => {
      const value = fn(now[section][key]);
      return [value, { ...now, [section]: { ...now[section], [key]: value } }];
    });

  it('is read and changed by path', () =>
    simulate(async () => {
      const first = { database: { host: 'localhost', port: 5432 }, cache: { ttl: 3600 } };
      await Agent.startLink((): Config => first, { name: config });
      expect(await get('database', 'host')).toBe('localhost');
      expect(await update('cache', 'ttl', (seconds) => seconds * 2)).toBe(7200);
      expect(await get('cache', 'ttl')).toBe(7200);
      expect(first.cache.ttl).toBe(3600);
    }));
});

describe('a game', () => {
  interface Game {
    readonly players: readonly string[];
    readonly score: ReadonlyMap<string, number>;
    readonly round: number;
  }
  const game = Agent.name<Game>('game_state');
  const addPlayer = (player: string) =>
    Agent.update(game, (state) => ({
      ...state,
      players: [player, ...state.players],
      score: new Map(state.score).set(player, 0),
    }));
  const updateScore = (player: string, points: number) =>
    Agent.update(game, (state) => ({
      ...state,
      score: new Map(state.score).set(player, (state.score.get(player) ?? 0) + points),
    }));
  const leaderboard = () => Agent.get(game, (state) => [...state.score].toSorted(([, a], [, b]) => b - a));

  it('has a structure as its state', () =>
    simulate(async () => {
      await Agent.startLink((): Game => ({ players: [], score: new Map(), round: 1 }), { name: game });
      for (const player of ['ann', 'bob', 'cyd']) await addPlayer(player);
      await updateScore('bob', 5);
      await updateScore('ann', 2);
      await updateScore('bob', 5);
      expect(await leaderboard()).toEqual([
        ['bob', 10],
        ['ann', 2],
        ['cyd', 0],
      ]);
      expect(await Agent.get(game, ({ players }) => players)).toEqual(['cyd', 'bob', 'ann']);
    }));
});

describe('sessions', () => {
  interface Session {
    readonly userId: number;
    readonly expiresAt: number;
  }
  const sessions = Agent.name<ReadonlyMap<number, Session>>('session_store');
  const create = (userId: number) =>
    Agent.getAndUpdate(sessions, (all) => {
      const id = all.size + 1;
      return [id, new Map(all).set(id, { userId, expiresAt: monotonicTime() + 3_600_000 })];
    });
  const find = (id: number) =>
    Agent.get(sessions, (all): Session | 'not_found' | 'expired' => {
      const session = all.get(id);
      if (session === undefined) return 'not_found';
      return session.expiresAt > monotonicTime() ? session : 'expired';
    });
  const cleanup = () =>
    Agent.update(sessions, (all) => new Map([...all].filter(([, one]) => one.expiresAt > monotonicTime())));

  it('expire, and are there until they are cleaned up', () =>
    simulate(async () => {
      await Agent.startLink(() => new Map(), { name: sessions });
      const id = await create(1);
      await sleep(3_599_999);
      expect(await find(id)).toMatchObject({ userId: 1 });
      await sleep(1);
      expect(await find(id)).toBe('expired');
      const live = await create(2);
      await cleanup();
      expect(await find(id)).toBe('not_found');
      expect(await find(live)).toMatchObject({ userId: 2 });
    }));
});

describe('a counter under a global name', () => {
  const counter = (id: unknown) => Agent.name<number>({ global: id });
  const increment = (id: unknown) => Agent.update(counter(id), (n) => n + 1);

  it('is one for each name, and a name may be any term', () =>
    simulate(async () => {
      await expect(increment('visits')).rejects.toMatchObject({ reason: 'noproc' });
      await Agent.startLink(() => 0, { name: counter('visits') });
      await Agent.startLink(() => 0, { name: counter(['counter', 2]) });
      await increment('visits');
      await increment(['counter', 2]);
      await increment(['counter', 2]);
      expect(await Agent.get(counter('visits'), (n) => n)).toBe(1);
      expect(await Agent.get(counter(['counter', 2]), (n) => n)).toBe(2);
    }));
});
