// What the types of agents promise and refuse. `tsc` checks this file; the functions are never called.
import { Agent, type AgentPid } from '@coppice/agent';
import type { ChildSpec, Named } from '@coppice/core';
import { GenServer } from '@coppice/gen-server';
import { describe, expect, expectTypeOf, it } from 'vitest';

const counter: Named<AgentPid<number>> = Agent.name<number>('counter');
interface Config {
  readonly database: { readonly host: string; readonly port: number };
  readonly cache: { readonly ttl: number };
}
const config = Agent.name<Config>('config');
type Store = ReadonlyMap<string, unknown>;
const store = Agent.name<Store>('kv_store');

describe('the types of an agent', () => {
  it('come from its name, or from its first state', () => {
    const check = async () => {
      expectTypeOf(await Agent.startLink(() => 1, { name: counter })).toEqualTypeOf<AgentPid<number>>();
      expectTypeOf(await Agent.startLink(() => new Map(), { name: store })).toEqualTypeOf<AgentPid<Store>>();
      expectTypeOf(await Agent.start(async () => 'text')).toEqualTypeOf<AgentPid<string>>();
      expectTypeOf(Agent.childSpec(() => 1, { name: counter })).toEqualTypeOf<
        ChildSpec<AgentPid<number>, never>
      >();
      expectTypeOf(await Agent.get(store, (map) => [...map.keys()])).toEqualTypeOf<string[]>();
      expectTypeOf(await Agent.get(counter, async (n) => `${n}`)).toEqualTypeOf<string>();
      expectTypeOf(await Agent.update(store, (map) => new Map(map).set('k', 1))).toEqualTypeOf<void>();
    };
    expect(check).toBeTypeOf('function');
  });

  it('pass through arguments and pairs', () => {
    const put = <S extends keyof Config, K extends keyof Config[S]>(
      section: S,
      key: K,
      value: Config[S][K],
    ) => Agent.update(config, (now) => ({ ...now, [section]: { ...now[section], [key]: value } }));
    const check = async () => {
      await put('database', 'port', 5433);
      // @ts-expect-error a port is a number
      await put('database', 'port', '5433');
      const ttl = await Agent.getAndUpdate(config, (now) => [now.cache.ttl, { ...now, cache: { ttl: 2 } }]);
      expectTypeOf(ttl).toEqualTypeOf<number>();
      await Agent.update(counter, (n, by: number) => n + by, { args: [1] });
      await Agent.update(counter, (n, by) => n + by, { args: [1] });
      await Agent.update(counter, (n, ...by: number[]) => n + by.length);
      // An untyped name: the function says what the state is.
      expectTypeOf(await Agent.get('untyped', (n: bigint) => n)).toEqualTypeOf<bigint>();
    };
    expect(check).toBeTypeOf('function');
  });

  it('refuse what does not fit', () => {
    const check = async () => {
      // @ts-expect-error wrong state from update
      await Agent.update(counter, (n) => `${n}`);
      // @ts-expect-error first state of a wrong type under a typed name
      await Agent.startLink(() => 'zero', { name: counter });
      // @ts-expect-error getAndUpdate wants [value, state]
      await Agent.getAndUpdate(counter, (n) => n + 1);
      // @ts-expect-error missing args
      await Agent.update(counter, (n, by: number) => n + by, { args: [] });
      // @ts-expect-error no args
      await Agent.update(counter, (n, by: number) => n + by);
      // @ts-expect-error no args, but options
      await Agent.get(counter, (n, by: number) => n + by, { timeout: 1 });
      // @ts-expect-error no args
      Agent.cast(counter, (n, by: number) => n + by);
      // @ts-expect-error args of a wrong type
      await Agent.update(counter, (n, by: number) => n + by, { args: ['1'] });
      // @ts-expect-error get gives what the function gives
      const bad: Promise<string> = Agent.get(counter, (n) => n);
      // @ts-expect-error an agent isn't a GenServer with requests
      await GenServer.call(counter, 'get');
      // @ts-expect-error restart type
      Agent.childSpec(() => 0, { restart: 'always' });
      // @ts-expect-error shutdown
      Agent.childSpec(() => 0, { shutdown: 'kill' });
      // @ts-expect-error a promise is no function
      await Agent.startLink(Promise.resolve(0));
      return bad;
    };
    expect(check).toBeTypeOf('function');
  });
});
