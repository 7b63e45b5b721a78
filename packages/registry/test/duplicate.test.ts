import { exit, type Pid, processInfo, self, spawn, unlink, whereis } from '@coppice/core';
import { Registry } from '@coppice/registry';
import { Supervisor } from '@coppice/supervisor';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { elsewhere, holder } from './holder.ts';

const Topics = Registry.duplicate<unknown, unknown>('topics');
const start = (partitions = 1) => Registry.startLink(Topics, { partitions });
const valuesAt = (key: unknown) => Registry.lookup(Topics, key).map(({ value }) => value);

describe('Registry.register with duplicate keys', () => {
  it(
    'starts as many partitions as asked for [reg-dup-001]',
    simulated(async () => {
      expect(await Supervisor.whichChildren(await start(4))).toHaveLength(4);
    }),
  );

  it(
    'lets a process hold one key many times [reg-dup-004]',
    simulated(async () => {
      await start();
      expect(Registry.lookup(Topics, 'hello')).toEqual([]);
      Registry.register(Topics, 'hello', 'one');
      Registry.register(Topics, 'hello', 'two');
      expect(Registry.lookup(Topics, 'hello')).toEqual([
        { pid: self(), value: 'one' },
        { pid: self(), value: 'two' },
      ]);
      Registry.register(Topics, 'world', 'three');
      expect(Registry.keys(Topics, self())).toEqual(['hello', 'hello', 'world']);
      expect(Registry.values(Topics, 'hello', self())).toEqual(['one', 'two']);
    }),
  );

  it(
    'lets many processes hold one key, each until it dies [reg-dup-005]',
    simulated(async ({ down }) => {
      await start(2);
      const first = await holder(Topics, 'hello', 1);
      Registry.register(Topics, 'hello', 2);
      const second = await holder(Topics, 'hello', 3, 4);
      expect(Registry.lookup(Topics, 'hello')).toEqual([
        { pid: first, value: 1 },
        { pid: self(), value: 2 },
        { pid: second, value: 3 },
        { pid: second, value: 4 },
      ]);
      exit(second, 'kill');
      await down(second);
      expect(valuesAt('hello')).toEqual([1, 2]);
      expect(Registry.keys(Topics, second)).toEqual([]);
      expect(Registry.keys(Topics, first)).toEqual(['hello']);
    }),
  );

  it(
    'compares keys strictly [reg-dup-006]',
    simulated(async () => {
      await start();
      Registry.register(Topics, 1, 'number');
      Registry.register(Topics, '1', 'string');
      expect(valuesAt(1)).toEqual(['number']);
      expect(valuesAt('1')).toEqual(['string']);
      Registry.unregister(Topics, '1');
      expect(valuesAt(1)).toEqual(['number']);
    }),
  );

  it(
    'compares compound keys exactly, never as patterns [reg-dup-013]',
    simulated(async () => {
      await start();
      Registry.register(Topics, ['_', undefined], 'underscore');
      Registry.register(Topics, ['a', 'b'], 'plain');
      Registry.register(Topics, { any: '_' }, 'object');
      expect(valuesAt(['_', undefined])).toEqual(['underscore']);
      expect(valuesAt(['a', 'b'])).toEqual(['plain']);
      expect(valuesAt({ any: '_' })).toEqual(['object']);
      expect(valuesAt({})).toEqual([]);
      expect(Registry.match(Topics, ['_', undefined], () => true)).toHaveLength(1);
      expect(Registry.countMatch(Topics, ['a', '_'], () => true)).toBe(0);
    }),
  );

  it.each([['_'], ['$1'], [':named'], ['__proto__'], ['hasOwnProperty'], [undefined]])(
    'takes the key %o as any other [reg-dup-032]',
    async (key) => {
      await simulated(async () => {
        await start();
        Registry.register(Topics, key, 'one');
        Registry.register(Topics, key, 'two');
        expect(valuesAt(key)).toEqual(['one', 'two']);
        Registry.unregisterMatch(Topics, key, (value) => value === 'one');
        expect(valuesAt(key)).toEqual(['two']);
        Registry.unregister(Topics, key);
        expect(valuesAt(key)).toEqual([]);
      })();
    },
  );

  it(
    'links the process until its last entry is gone [reg-dup-019]',
    simulated(async () => {
      const registry = await start();
      const [partition] = (await Supervisor.whichChildren(registry)).map(({ child }) => child);
      const links = () => processInfo(self())?.links.filter((pid) => pid === partition).length;
      Registry.register(Topics, 'hello', 1);
      Registry.register(Topics, 'hello', 2);
      expect(links()).toBe(1);
      Registry.unregisterMatch(Topics, 'hello', (value) => value === 1);
      expect(links()).toBe(1);
      Registry.unregister(Topics, 'hello');
      expect(links()).toBe(0);
    }),
  );

  it(
    'throws when the registry does not run [reg-dup-020]',
    simulated(async () => {
      const None = Registry.duplicate<string>('none');
      expect(() => Registry.register(None, 'k')).toThrow('unknown registry "none"');
      expect(() => Registry.lookup(None, 'k')).toThrow('unknown registry "none"');
      expect(() => Registry.dispatch(None, 'k', () => {})).toThrow('unknown registry "none"');
      await expect(Registry.dispatch(None, 'k', () => {}, { parallel: true })).rejects.toThrow(
        'unknown registry',
      );
      expect(() => Registry.unregister(None, 'k')).toThrow('unknown registry "none"');
      expect(() => Registry.count(None)).toThrow('unknown registry "none"');
    }),
  );
});

describe('what needs unique keys', () => {
  it(
    'is refused as a via name [reg-dup-021]',
    simulated(async () => {
      await start();
      const key = { registry: Topics, key: 'hello' };
      expect(() => Registry.via(Topics as never, 'hello')).toThrow(
        new TypeError('via names need unique keys, and "topics" has duplicate ones'),
      );
      expect(() => Registry.registerName(key, self())).toThrow('a via name needs unique keys');
      expect(() => whereis({ via: Registry, key })).toThrow('a via name needs unique keys');
      expect(() => spawn(() => {}, { name: { via: Registry, key } })).toThrow('a via name needs unique keys');
      expect(Registry.count(Topics)).toBe(0);
    }),
  );

  it(
    'is refused for updateValue [reg-dup-031]',
    simulated(async () => {
      await start();
      Registry.register(Topics, 'hello', 1);
      expect(() => Registry.updateValue(Topics as never, 'hello', () => 2)).toThrow(
        new TypeError('Registry.updateValue needs unique keys, and registry "topics" has duplicate ones'),
      );
      expect(valuesAt('hello')).toEqual([1]);
    }),
  );

  it(
    'is not what a malformed name or function is refused for [reg-dup-030]',
    simulated(async () => {
      await start();
      expect(() => Registry.lookup({} as never, 'k')).toThrow(
        'registry must be a name made by Registry.unique or Registry.duplicate',
      );
      expect(() => Registry.lookup('topics' as never, 'k')).toThrow(TypeError);
      expect(() => Registry.select(Topics, [['$1', '_', '_']] as never)).toThrow('fn must be a function');
      expect(() => Registry.countSelect(Topics, undefined as never)).toThrow(
        'where must be a function, got undefined',
      );
      expect(() => Registry.dispatch(Topics, 'k', 'send' as never)).toThrow(
        'fn must be a function, got "send"',
      );
    }),
  );
});

describe('Registry.unregister with duplicate keys', () => {
  it(
    'removes every entry of the caller under the key, and no other’s [reg-dup-009]',
    simulated(async () => {
      await start();
      Registry.register(Topics, 'hello', 1);
      Registry.register(Topics, 'hello', 2);
      Registry.register(Topics, 'world', 3);
      await holder(Topics, 'hello', 'other');
      Registry.unregister(Topics, 'hello');
      expect(Registry.keys(Topics, self())).toEqual(['world']);
      expect(valuesAt('hello')).toEqual(['other']);
    }),
  );

  it(
    'does nothing when there is nothing [reg-dup-010]',
    simulated(async () => {
      await start();
      Registry.unregister(Topics, 'hello');
      expect(Registry.count(Topics)).toBe(0);
    }),
  );

  it(
    'with a predicate removes the caller’s entries that pass [reg-dup-016]',
    simulated(async () => {
      await start();
      Registry.register(Topics, 'hello', { tag: 'a' });
      Registry.register(Topics, 'hello', { tag: 'b' });
      await holder(Topics, 'hello', { tag: 'a' });
      Registry.unregisterMatch(Topics, 'hello', (value) => (value as { tag: string }).tag === 'a');
      expect(valuesAt('hello')).toEqual([{ tag: 'b' }, { tag: 'a' }]);
    }),
  );

  it(
    'with a predicate that compares removes by comparison [reg-dup-017]',
    simulated(async () => {
      await start();
      for (const value of [1, 2, 3]) Registry.register(Topics, 'hello', value);
      Registry.unregisterMatch(Topics, 'hello', (value) => Number(value) < 3);
      expect(valuesAt('hello')).toEqual([3]);
      expect(Registry.keys(Topics, self())).toEqual(['hello']);
    }),
  );
});

describe('looking into a registry with duplicate keys', () => {
  it(
    'counts nothing in an empty registry [reg-dup-002]',
    simulated(async () => {
      await start();
      expect(Registry.count(Topics)).toBe(0);
    }),
  );

  it(
    'counts every entry [reg-dup-003]',
    simulated(async ({ down }) => {
      await start(3);
      Registry.register(Topics, 'hello', 1);
      Registry.register(Topics, 'hello', 2);
      const pid = await holder(Topics, 'world', 3, 4);
      expect(Registry.count(Topics)).toBe(4);
      exit(pid, 'kill');
      await down(pid);
      expect(Registry.count(Topics)).toBe(2);
      Registry.unregister(Topics, 'hello');
      expect(Registry.count(Topics)).toBe(0);
    }),
  );

  it(
    'matches values by a predicate [reg-dup-011]',
    simulated(async () => {
      await start();
      Registry.register(Topics, 'hello', ['atom', 2]);
      Registry.register(Topics, 'hello', ['pid', 3]);
      const own = (value: unknown) => ({ pid: self(), value });
      const first = (wanted: string) => (value: unknown) => Array.isArray(value) && value[0] === wanted;
      expect(Registry.match(Topics, 'hello', first('pid'))).toEqual([own(['pid', 3])]);
      expect(Registry.match(Topics, 'hello', () => true)).toEqual([own(['atom', 2]), own(['pid', 3])]);
      expect(Registry.match(Topics, 'hello', first('none'))).toEqual([]);
    }),
  );

  it(
    'matches values by a predicate that compares [reg-dup-012]',
    simulated(async () => {
      await start();
      for (const value of [1, 2, 3]) Registry.register(Topics, 'n', value);
      expect(Registry.match(Topics, 'n', (n) => Number(n) > 1).map(({ value }) => value)).toEqual([2, 3]);
    }),
  );

  it(
    'counts matches [reg-dup-014]',
    simulated(async () => {
      await start();
      for (const value of ['a', 'b', 'a']) Registry.register(Topics, 'hello', value);
      expect(Registry.countMatch(Topics, 'hello', (value) => value === 'a')).toBe(2);
      expect(Registry.countMatch(Topics, 'hello', (value) => value === 'c')).toBe(0);
    }),
  );

  it(
    'counts matches that compare [reg-dup-015]',
    simulated(async () => {
      await start();
      for (const value of [1, 2, 3]) Registry.register(Topics, 'n', value);
      expect(Registry.countMatch(Topics, 'n', (n) => Number(n) >= 2)).toBe(2);
    }),
  );

  it(
    'selects nothing of an empty registry [reg-dup-022]',
    simulated(async () => {
      await start();
      expect(Registry.select(Topics, (entry) => entry)).toEqual([]);
    }),
  );

  it(
    'selects all [reg-dup-023]',
    simulated(async () => {
      await start(2);
      Registry.register(Topics, 'hello', 1);
      Registry.register(Topics, 'hello', 1);
      const pid = await holder(Topics, 'world', 2);
      const all = Registry.select(Topics, (entry) => entry);
      expect(all).toHaveLength(3);
      expect(all.filter(({ key }) => key === 'hello')).toEqual(
        Array(2).fill({ key: 'hello', pid: self(), value: 1 }),
      );
      expect(all).toContainEqual({ key: 'world', pid, value: 2 });
    }),
  );

  it(
    'selects what a function makes of keys, pids and values [reg-dup-024]',
    simulated(async () => {
      await start();
      Registry.register(Topics, 'hello', 'value');
      Registry.register(Topics, 'hello', 'other');
      Registry.register(Topics, ['tuple'], { x: 1 });
      expect(Registry.select(Topics, ({ key, value }) => [key, value])).toEqual([
        ['hello', 'value'],
        ['hello', 'other'],
        [['tuple'], { x: 1 }],
      ]);
    }),
  );

  it(
    'selects by comparison [reg-dup-025]',
    simulated(async () => {
      await start();
      for (const value of [1, 2, 3]) Registry.register(Topics, 'n', value);
      expect(Registry.select(Topics, ({ value }) => (Number(value) > 1 ? value : undefined))).toEqual([2, 3]);
    }),
  );

  it(
    'selects by several cases [reg-dup-026]',
    simulated(async () => {
      await start();
      Registry.register(Topics, 'hello', 1);
      Registry.register(Topics, 'hello', 2);
      Registry.register(Topics, 'world', 3);
      expect(
        Registry.select(Topics, ({ key, value }) =>
          key === 'world' ? key : value === 2 ? 'two' : undefined,
        ),
      ).toEqual(['two', 'world']);
    }),
  );

  it(
    'counts what passes [reg-dup-027]',
    simulated(async () => {
      await start();
      for (const value of [1, 2, 1]) Registry.register(Topics, 'hello', value);
      expect(Registry.countSelect(Topics, ({ value }) => value === 1)).toBe(2);
    }),
  );

  it(
    'counts what passes a comparison [reg-dup-028]',
    simulated(async () => {
      await start();
      for (const value of [1, 2, 3]) Registry.register(Topics, 'hello', value);
      expect(Registry.countSelect(Topics, ({ value }) => Number(value) < 3)).toBe(2);
    }),
  );

  it(
    'counts what passes one of several cases [reg-dup-029]',
    simulated(async () => {
      await start();
      Registry.register(Topics, 'hello', 1);
      Registry.register(Topics, 'hello', 2);
      Registry.register(Topics, 'world', 3);
      expect(Registry.countSelect(Topics, ({ key, value }) => key === 'world' || value === 1)).toBe(2);
    }),
  );

  it.each(['_', '$1', '$_'])(
    'selects and counts under the key %o as under any other [reg-dup-033] [reg-dup-034]',
    async (reserved) => {
      await simulated(async () => {
        await start();
        Registry.register(Topics, reserved, 1);
        Registry.register(Topics, 'hello', 2);
        expect(Registry.select(Topics, ({ key, value }) => (key === reserved ? value : undefined))).toEqual([
          1,
        ]);
        expect(Registry.countSelect(Topics, ({ key }) => key === reserved)).toBe(1);
      })();
    },
  );
});

describe('Registry.dispatch with duplicate keys', () => {
  const byPartition = (entries: readonly { readonly value: unknown }[]) => entries.map(({ value }) => value);

  it(
    'calls the function with all entries, one partition after another, in the caller [reg-dup-007]',
    simulated(async () => {
      const registry = await start(2);
      for (const value of [1, 2, 3, 4]) await holder(Topics, 'hello', value);
      const calls: { readonly caller: Pid<never>; readonly values: unknown[]; readonly pids: number[] }[] =
        [];
      Registry.dispatch(Topics, 'hello', (entries) => {
        calls.push({
          caller: self(),
          values: byPartition(entries),
          pids: entries.map(({ pid }) => pid.id % 2),
        });
      });
      expect(calls.map(({ caller }) => caller)).toEqual([self(), self()]);
      expect(new Set(calls.flatMap(({ values }) => values))).toEqual(new Set([1, 2, 3, 4]));
      expect(calls.every(({ pids }) => new Set(pids).size === 1)).toBe(true);

      const never: unknown[] = [];
      Registry.dispatch(Topics, 'none', (entries) => never.push(entries));
      expect(never).toEqual([]);

      const failing = () => Registry.dispatch(Topics, 'hello', () => exit('boom'));
      expect(failing).toThrow('boom');

      unlink(registry);
      await Supervisor.stop(registry, 'shutdown');
      expect(() => Registry.dispatch(Topics, 'hello', () => {})).toThrow('unknown registry');
    }),
  );

  it(
    'calls the function once if there is one partition',
    simulated(async () => {
      await start();
      for (const value of [1, 2, 3]) Registry.register(Topics, 'hello', value);
      const calls: unknown[][] = [];
      Registry.dispatch(Topics, 'hello', (entries) => calls.push(byPartition(entries)));
      expect(calls).toEqual([[1, 2, 3]]);
    }),
  );

  it(
    'in parallel gives each partition a process, linked to the caller, and waits for all [reg-dup-008]',
    simulated(async ({ down }) => {
      const registry = await start(2);
      unlink(registry);
      for (const value of [1, 2, 3, 4]) await holder(Topics, 'hello', value);
      const seen: {
        readonly pid: Pid<never>;
        readonly links: readonly Pid<never>[] | undefined;
        readonly values: unknown[];
      }[] = [];
      await Registry.dispatch(
        Topics,
        'hello',
        async (entries) => {
          const pid = self();
          const links = processInfo(pid)?.links;
          await Promise.resolve();
          seen.push({ pid, links, values: byPartition(entries) });
        },
        { parallel: true },
      );
      expect(new Set(seen.map(({ pid }) => pid)).size).toBe(2);
      expect(seen.every(({ pid, links }) => pid !== self() && links?.includes(self()))).toBe(true);
      expect(new Set(seen.flatMap(({ values }) => values))).toEqual(new Set([1, 2, 3, 4]));
      const caller = spawn(async () => {
        await Registry.dispatch(Topics, 'hello', () => exit('boom'), { parallel: true });
      });
      expect(await down(caller)).toBe('boom');
    }),
  );

  it(
    'reaches subscribers that subscribe and leave while it calls',
    simulated(async () => {
      await start();
      Registry.register(Topics, 'hello', 1);
      let calls = 0;
      Registry.dispatch(Topics, 'hello', () => {
        calls += 1;
        Registry.unregister(Topics, 'hello');
        Registry.register(Topics, 'hello', 2);
      });
      expect(calls).toBe(1);
      expect(valuesAt('hello')).toEqual([2]);
    }),
  );
});

it(
  'a subscription is made and ended by any process for itself',
  simulated(async () => {
    await start();
    const seen = await elsewhere(() => {
      Registry.register(Topics, 'hello', 1);
      return Registry.keys(Topics, self());
    });
    expect(seen).toEqual(['hello']);
    expect(Registry.count(Topics)).toBe(0);
  }),
);
