// What the types of a registry promise, and what must not compile. `tsc` checks this file; the functions are never called.
import { type Context, type Pid, self, send, spawn } from '@coppice/core';
import { GenServer, noreply, reply } from '@coppice/gen-server';
import {
  AlreadyRegisteredError,
  type Entry,
  type KeyedEntry,
  Registry,
  type RegistryEvent,
} from '@coppice/registry';
import { DynamicSupervisor, Supervisor, type SupervisorPid } from '@coppice/supervisor';
import { expect, expectTypeOf, it } from 'vitest';

interface Published {
  readonly type: 'published';
  readonly topic: string;
}
interface Since {
  readonly since: number;
}

const Names = Registry.unique<string, Since>('names');
const Plain = Registry.unique<number>('plain');
const Topics = Registry.duplicate<string, Since, Published>('topics');

export function typesOfResults(): void {
  expectTypeOf(Registry.startLink(Names)).toEqualTypeOf<Promise<SupervisorPid>>();
  expectTypeOf(Registry.lookup(Names, 'k')).toEqualTypeOf<readonly Entry<Since>[]>();
  expectTypeOf(Registry.lookup(Topics, 'k')[0]?.pid).toEqualTypeOf<Pid<Published> | undefined>();
  expectTypeOf(Registry.keys(Plain, self())).toEqualTypeOf<readonly number[]>();
  expectTypeOf(Registry.values(Names, 'k', self())).toEqualTypeOf<readonly Since[]>();
  expectTypeOf(Registry.updateValue(Names, 'k', (old) => ({ since: old.since + 1 }))).toEqualTypeOf<
    { readonly value: Since; readonly old: Since } | undefined
  >();
  expectTypeOf(Registry.select(Topics, ({ key, value }) => [key, value.since] as const)).toEqualTypeOf<
    readonly (readonly [string, number])[]
  >();
  Registry.select(Topics, (entry) => {
    expectTypeOf(entry).toEqualTypeOf<KeyedEntry<string, Since, Published>>();
    return undefined;
  });
  expectTypeOf(Registry.dispatch(Topics, 'k', () => {})).toEqualTypeOf<void>();
  expectTypeOf(Registry.dispatch(Topics, 'k', async () => {}, { parallel: true })).toEqualTypeOf<
    Promise<void>
  >();
  expectTypeOf(Registry.lock(Names, 'k', async () => 1)).toEqualTypeOf<Promise<number>>();
  expectTypeOf(Registry.meta(Names, 'k')).toEqualTypeOf<unknown>();
  expectTypeOf<RegistryEvent<string, Since>['value']>().toEqualTypeOf<Since | undefined>();
  Registry.register(Plain, 1);
  Registry.via(Plain, 1);
}

export function mustNotCompile(): void {
  // @ts-expect-error 32: key type
  Registry.lookup(Names, 5);
  // @ts-expect-error 33: value is required
  Registry.register(Names, 'k');
  // @ts-expect-error 34: via needs unique keys
  Registry.via(Registry.duplicate<string>('topics'), 'k');
  // @ts-expect-error value type
  Registry.register(Names, 'k', { since: 'now' });
  // @ts-expect-error the value of a via name is checked too
  Registry.via(Names, 'k', 5);
  // @ts-expect-error and required
  Registry.via(Names, 'k');
  // @ts-expect-error updateValue needs unique keys
  Registry.updateValue(Topics, 'k', (value) => value);
  // @ts-expect-error a new value of the wrong type
  Registry.updateValue(Names, 'k', () => 5);
  // @ts-expect-error a registry is named by its typed name
  Registry.lookup('names', 'k');
  // @ts-expect-error subscribers take what their registry says
  Registry.dispatch(Topics, 'k', ([entry]) => entry && send(entry.pid, { type: 'other' }));
  // @ts-expect-error without M nothing can be sent
  Registry.dispatch(Names, 'k', ([entry]) => entry && send(entry.pid, 'hello'));
  // @ts-expect-error partitions is a number
  void Registry.startLink(Names, { partitions: '4' });
  // @ts-expect-error an unknown option
  Registry.childSpec(Names, { partition: 4 });
}

// A supervised key-value service: one bucket process per name, found through a registry.
const Bucket = GenServer.define('Bucket', {
  init: () => new Map<string, string>(),
  call: { get: (entries, key: string) => reply(entries.get(key), entries) },
});
const Buckets = Registry.unique<string>('kv.buckets');
const bucket = (id: string) => Bucket.name(Registry.via(Buckets, id));

export async function keyValueService(): Promise<void> {
  const tree = [Registry.childSpec(Buckets), DynamicSupervisor.childSpec({ name: 'kv.bucket_sup' })];
  await Supervisor.startLink(tree, { strategy: 'one_for_all', name: 'kv' });
  await DynamicSupervisor.startChild('kv.bucket_sup', Bucket.childSpec(undefined, { name: bucket('a') }));
  expectTypeOf(await Bucket.call(bucket('a'), 'get', 'key')).toEqualTypeOf<string | undefined>();
}

// Publish and subscribe; subscribers are plain processes and servers.
const publish = (topic: string): void =>
  Registry.dispatch(Topics, topic, (entries) => {
    for (const { pid } of entries) send(pid, { type: 'published', topic });
  });
const Inbox = GenServer.define('Inbox', {
  init: (topic: string) => {
    Registry.register(Topics, topic, { since: 0 });
    const topics: readonly string[] = [];
    return topics;
  },
  info: { published: (topics, { topic }: Published) => noreply([...topics, topic]) },
});

export async function publishAndSubscribe(): Promise<void> {
  const reader = spawn(async ({ receive }: Context<Published>) => {
    Registry.register(Topics, 'news', { since: 0 });
    expectTypeOf((await receive()).topic).toEqualTypeOf<string>();
  });
  expectTypeOf(reader).toEqualTypeOf<Pid<Published>>();
  await Inbox.startLink('news');
  publish('news');
}

it('a typed name is plain data', () => {
  expect(JSON.stringify([Names, Topics])).toBe(
    '[{"registry":"names","keys":"unique"},{"registry":"topics","keys":"duplicate"}]',
  );
  expect(AlreadyRegisteredError.prototype.name).toBe('AlreadyRegisteredError');
});
