import {
  AlreadyStartedError,
  type Context,
  createNode,
  ExitError,
  exit,
  isAlive,
  onExit,
  type Pid,
  processInfo,
  receive,
  self,
  send,
  spawn,
  trapExit,
  unlink,
  whereis,
} from '@coppice/core';
import { GenServer, reply } from '@coppice/gen-server';
import { AlreadyRegisteredError, Registry } from '@coppice/registry';
import { Supervisor } from '@coppice/supervisor';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { elsewhere, holder } from './holder.ts';

const Names = Registry.unique<unknown, unknown>('names');
const start = (partitions = 1) => Registry.startLink(Names, { partitions });

describe('Registry.startLink', () => {
  it(
    'starts as many partitions as asked for [reg-uniq-001]',
    simulated(async () => {
      const registry = await start(3);
      const children = await Supervisor.whichChildren(registry);
      expect(children.map(({ id }) => id)).toEqual([2, 1, 0].map((index) => `names.PIDPartition${index}`));
      const other = await Registry.startLink(Registry.unique('other'));
      expect(await Supervisor.whichChildren(other)).toHaveLength(1);
    }),
  );

  it(
    'gives the registry its name, so a second one is refused',
    simulated(async () => {
      const registry = await start();
      expect(whereis('names')).toBe(registry);
      await expect(start()).rejects.toMatchObject({ code: 'already_started', pid: registry });
      await expect(start()).rejects.toBeInstanceOf(AlreadyStartedError);
    }),
  );

  it(
    'rejects options that cannot be',
    simulated(async () => {
      const named = (options: object) => Registry.startLink(Registry.unique('bad'), options);
      await expect(named({ partitions: 0 })).rejects.toThrow(
        new RangeError('partitions must be a whole number from 1, got 0'),
      );
      await expect(named({ partitions: 1.5 })).rejects.toThrow(RangeError);
      await expect(named({ listeners: 'one' })).rejects.toThrow(
        new TypeError('listeners must be an array of names, got "one"'),
      );
      await expect(Registry.startLink('names' as never)).rejects.toThrow(
        'registry must be a name made by Registry.unique',
      );
      expect(() => Registry.unique('')).toThrow(new TypeError('name must be a non-empty string, got ""'));
      expect(() => Registry.childSpec(Names, { partitions: -1 })).toThrow(RangeError);
    }),
  );
});

describe('Registry.register with unique keys', () => {
  it(
    'gives a key to one process, and says to whom [reg-uniq-004]',
    simulated(async () => {
      await start();
      Registry.register(Names, 'hello', 'value');
      expect(Registry.lookup(Names, 'hello')).toEqual([{ pid: self(), value: 'value' }]);
      const again = () => Registry.register(Names, 'hello', 'other');
      expect(again).toThrow(AlreadyRegisteredError);
      expect(again).toThrow(`key "hello" is already registered in "names" by process ${self()}`);
      Registry.register(Names, 'world', 'value');
      expect(Registry.keys(Names, self())).toEqual(['hello', 'world']);
    }),
  );

  it(
    'says which key is taken, whatever it is made of',
    simulated(async () => {
      const Rooms = Registry.unique<readonly [string, number]>('rooms');
      await Registry.startLink(Rooms);
      Registry.register(Rooms, ['attic', 4]);
      expect(() => Registry.register(Rooms, ['attic', 4])).toThrow(
        `key ["attic",4] is already registered in "rooms" by process ${self()}`,
      );
    }),
  );

  it(
    'gives a key to one of several processes, and to another when that one is dead [reg-uniq-005]',
    simulated(async ({ down }) => {
      await start();
      const pid = await holder(Names, 'hello', 'value');
      expect(() => Registry.register(Names, 'hello', 'mine')).toThrow(
        expect.objectContaining({ code: 'already_registered', pid }),
      );
      expect(Registry.lookup(Names, 'hello')).toEqual([{ pid, value: 'value' }]);
      exit(pid, 'kill');
      await down(pid);
      Registry.register(Names, 'hello', 'mine');
      expect(Registry.lookup(Names, 'hello')).toEqual([{ pid: self(), value: 'mine' }]);
    }),
  );

  it(
    'has no entry of a dead process, though its partition has not heard of the exit yet [reg-uniq-006] [semantics 89]',
    simulated(async ({ down }) => {
      const registry = await start();
      const pid = await holder(Names, 'hello', 'value');
      const [partition] = await Supervisor.whichChildren(registry);
      await GenServer.suspend(partition?.child as Pid<never>);
      exit(pid, 'kill');
      await down(pid);
      expect(Registry.lookup(Names, 'hello')).toEqual([]);
      expect(Registry.keys(Names, pid)).toEqual([]);
      expect(Registry.count(Names)).toBe(0);
      Registry.register(Names, 'hello', 'again');
      expect(Registry.lookup(Names, 'hello')).toEqual([{ pid: self(), value: 'again' }]);
      await GenServer.resume(partition?.child as Pid<never>);
      expect(Registry.lookup(Names, 'hello')).toEqual([{ pid: self(), value: 'again' }]);
    }),
  );

  it.each([
    ['_'],
    ['$1'],
    ['__proto__'],
    ['constructor'],
    [''],
    [undefined],
    [null],
    [Number.NaN],
    [Symbol('key')],
    [{ local: 'x', node: 'y' }],
  ])('takes the key %o as any other [reg-uniq-009]', async (key) => {
    await simulated(async () => {
      await start();
      expect(Registry.lookup(Names, key)).toEqual([]);
      Registry.register(Names, key, 'value');
      expect(Registry.lookup(Names, key)).toEqual([{ pid: self(), value: 'value' }]);
      expect(Registry.keys(Names, self())).toEqual([key]);
      expect(Registry.match(Names, key, (value) => value === 'value')).toHaveLength(1);
      expect(() => Registry.register(Names, key, 'value')).toThrow(AlreadyRegisteredError);
      Registry.unregister(Names, key);
      expect(Registry.lookup(Names, key)).toEqual([]);
    })();
  });

  it(
    'compares keys as terms: types apart, arrays and objects by value [reg-uniq-014]',
    simulated(async () => {
      await start();
      Registry.register(Names, 1, 'number');
      Registry.register(Names, '1', 'string');
      Registry.register(Names, 1n, 'bigint');
      Registry.register(Names, ['user', 1], 'array');
      Registry.register(Names, { a: 1, b: [2] }, 'object');
      expect(Registry.lookup(Names, 1.0)[0]?.value).toBe('number');
      expect(Registry.lookup(Names, '1')[0]?.value).toBe('string');
      expect(Registry.lookup(Names, 1n)[0]?.value).toBe('bigint');
      expect(Registry.lookup(Names, ['user', 1])[0]?.value).toBe('array');
      expect(Registry.lookup(Names, ['user', '1'])).toEqual([]);
      expect(Registry.lookup(Names, { b: [2], a: 1 })[0]?.value).toBe('object');
    }),
  );

  it(
    'links the process until its last entry is gone [reg-uniq-020]',
    simulated(async () => {
      const registry = await start();
      const [partition] = (await Supervisor.whichChildren(registry)).map(({ child }) => child);
      const isLinked = () => processInfo(self())?.links.includes(partition as Pid<never>);
      expect(isLinked()).toBe(false);
      Registry.register(Names, 'one', 1);
      Registry.register(Names, 'two', 2);
      expect(isLinked()).toBe(true);
      Registry.unregister(Names, 'one');
      expect(isLinked()).toBe(true);
      Registry.unregister(Names, 'two');
      expect(isLinked()).toBe(false);
      Registry.register(Names, 'one', 1);
      Registry.unregisterMatch(Names, 'one', () => true);
      expect(isLinked()).toBe(false);
    }),
  );

  it(
    'leaves nothing behind when it is refused [reg-uniq-034]',
    simulated(async () => {
      await start();
      Registry.register(Names, 'hello', 1);
      expect(() => Registry.register(Names, 'hello', 2)).toThrow(AlreadyRegisteredError);
      expect(Registry.count(Names)).toBe(1);
      expect(Registry.keys(Names, self())).toEqual(['hello']);
      Registry.unregister(Names, 'hello');
      expect(Registry.count(Names)).toBe(0);
      expect(Registry.keys(Names, self())).toEqual([]);
    }),
  );

  it(
    'leaves nothing behind when another process is refused [reg-uniq-035]',
    simulated(async () => {
      await start();
      Registry.register(Names, 'hello', 1);
      const { pid, links, keys } = await elsewhere(() => {
        expect(() => Registry.register(Names, 'hello', 2)).toThrow(AlreadyRegisteredError);
        return { pid: self(), links: processInfo(self())?.links, keys: Registry.keys(Names, self()) };
      });
      expect({ links, keys }).toEqual({ links: [], keys: [] });
      expect(Registry.keys(Names, pid)).toEqual([]);
      expect(Registry.count(Names)).toBe(1);
    }),
  );
});

describe('Registry.unregister with unique keys', () => {
  it(
    'removes the caller’s entry by key [reg-uniq-017]',
    simulated(async () => {
      await start();
      Registry.register(Names, 'hello', 1);
      Registry.register(Names, 'world', 2);
      Registry.unregister(Names, 'hello');
      expect(Registry.keys(Names, self())).toEqual(['world']);
      Registry.unregister(Names, 'world');
      expect(Registry.keys(Names, self())).toEqual([]);
    }),
  );

  it(
    'does nothing when there is nothing, or it is another’s [reg-uniq-018]',
    simulated(async () => {
      await start();
      Registry.unregister(Names, 'hello');
      const pid = await holder(Names, 'hello', 1);
      Registry.unregister(Names, 'hello');
      expect(Registry.lookup(Names, 'hello')).toEqual([{ pid, value: 1 }]);
    }),
  );

  it(
    'with a predicate removes the entry whose value passes [reg-uniq-012]',
    simulated(async () => {
      await start();
      Registry.register(Names, 'hello', ['a', 1]);
      Registry.unregisterMatch(Names, 'hello', (value) => Array.isArray(value) && value[0] === 'b');
      expect(Registry.lookup(Names, 'hello')).toHaveLength(1);
      Registry.unregisterMatch(Names, 'hello', (value) => Array.isArray(value) && value[0] === 'a');
      expect(Registry.lookup(Names, 'hello')).toEqual([]);
    }),
  );

  it(
    'with a predicate that compares removes by comparison [reg-uniq-013]',
    simulated(async () => {
      await start();
      Registry.register(Names, 'hello', 1);
      Registry.unregisterMatch(Names, 'hello', (value) => Number(value) > 1);
      expect(Registry.lookup(Names, 'hello')).toHaveLength(1);
      Registry.unregisterMatch(Names, 'hello', (value) => Number(value) < 2);
      expect(Registry.lookup(Names, 'hello')).toEqual([]);
      expect(() => Registry.unregisterMatch(Names, 'hello', 1 as never)).toThrow(
        'where must be a function, got 1',
      );
    }),
  );
});

describe('looking into a registry with unique keys', () => {
  it(
    'counts nothing in an empty registry [reg-uniq-002]',
    simulated(async () => {
      await start();
      expect(Registry.count(Names)).toBe(0);
    }),
  );

  it(
    'counts registrations, and not those of the dead [reg-uniq-003]',
    simulated(async ({ down }) => {
      await start(2);
      Registry.register(Names, 'one', 1);
      Registry.register(Names, 'two', 2);
      expect(Registry.count(Names)).toBe(2);
      const pid = await holder(Names, 'three', 3);
      expect(Registry.count(Names)).toBe(3);
      exit(pid, 'kill');
      await down(pid);
      expect(Registry.count(Names)).toBe(2);
      Registry.unregister(Names, 'one');
      expect(Registry.count(Names)).toBe(1);
    }),
  );

  it(
    'matches values by a predicate [reg-uniq-007]',
    simulated(async () => {
      await start();
      Registry.register(Names, 'hello', { kind: 'atom', at: 2 });
      const own = { pid: self(), value: { kind: 'atom', at: 2 } };
      const kind = (wanted: string) => (value: unknown) => (value as { kind: string }).kind === wanted;
      expect(Registry.match(Names, 'hello', kind('atom'))).toEqual([own]);
      expect(Registry.match(Names, 'hello', kind('pid'))).toEqual([]);
      expect(Registry.match(Names, 'none', () => true)).toEqual([]);
    }),
  );

  it(
    'matches values by a predicate that compares [reg-uniq-008]',
    simulated(async () => {
      await start();
      Registry.register(Names, 'n', 7);
      expect(Registry.match(Names, 'n', (n) => Number(n) > 5)).toEqual([{ pid: self(), value: 7 }]);
      expect(Registry.match(Names, 'n', (n) => Number(n) > 9)).toEqual([]);
      expect(() => Registry.match(Names, 'n', '> 9' as never)).toThrow(
        new TypeError('where must be a function, got "> 9"'),
      );
    }),
  );

  it(
    'counts matches [reg-uniq-010]',
    simulated(async () => {
      await start();
      Registry.register(Names, 'hello', 'value');
      expect(Registry.countMatch(Names, 'hello', () => true)).toBe(1);
      expect(Registry.countMatch(Names, 'hello', (value) => value === 'value')).toBe(1);
      expect(Registry.countMatch(Names, 'hello', (value) => value === 'other')).toBe(0);
      expect(Registry.countMatch(Names, 'none', () => true)).toBe(0);
    }),
  );

  it(
    'counts matches that compare [reg-uniq-011]',
    simulated(async () => {
      await start();
      Registry.register(Names, 'n', 7);
      expect(Registry.countMatch(Names, 'n', (n) => Number(n) > 5)).toBe(1);
      expect(Registry.countMatch(Names, 'n', (n) => Number(n) > 9)).toBe(0);
    }),
  );

  it(
    'selects nothing of an empty registry [reg-uniq-024]',
    simulated(async () => {
      await start();
      expect(Registry.select(Names, (entry) => entry)).toEqual([]);
    }),
  );

  it(
    'selects all [reg-uniq-025]',
    simulated(async () => {
      await start(2);
      Registry.register(Names, 'hello', 'value');
      const pid = await holder(Names, 'world', 'value');
      const all = Registry.select(Names, ({ key, pid, value }) => [key, pid, value]);
      expect(new Map(all.map(([key, ...rest]) => [key, rest]))).toEqual(
        new Map<unknown, unknown[]>([
          ['hello', [self(), 'value']],
          ['world', [pid, 'value']],
        ]),
      );
    }),
  );

  it(
    'selects what a function makes of keys, pids and values [reg-uniq-026]',
    simulated(async () => {
      await start();
      Registry.register(Names, 'hello', 'value');
      Registry.register(Names, ['tuple', 1], { x: 1 });
      expect(Registry.select(Names, ({ key }) => key)).toEqual(['hello', ['tuple', 1]]);
      expect(Registry.select(Names, ({ key, value }) => (key === 'hello' ? value : undefined))).toEqual([
        'value',
      ]);
      expect(
        Registry.select(Names, ({ pid, value }) => (pid === self() ? { value } : undefined)),
      ).toHaveLength(2);
      expect(Registry.select(Names, () => undefined)).toEqual([]);
    }),
  );

  it(
    'selects by comparison [reg-uniq-027]',
    simulated(async () => {
      await start();
      Registry.register(Names, 'a', 1);
      Registry.register(Names, 'b', 2);
      Registry.register(Names, 'c', 'no number');
      expect(
        Registry.select(Names, ({ key, value }) =>
          typeof value === 'number' && value > 1 ? key : undefined,
        ),
      ).toEqual(['b']);
    }),
  );

  it(
    'selects by several cases [reg-uniq-028]',
    simulated(async () => {
      await start();
      Registry.register(Names, 'a', 1);
      Registry.register(Names, 'b', 2);
      Registry.register(Names, 'c', 3);
      expect(
        Registry.select(Names, ({ key, value }) =>
          key === 'a' ? 'first' : value === 3 ? 'third' : undefined,
        ),
      ).toEqual(['first', 'third']);
    }),
  );

  it(
    'refuses what selects nothing: a value that is no function [reg-uniq-029]',
    simulated(async () => {
      await start();
      expect(() => Registry.select(Names, [['$1']] as never)).toThrow(
        new TypeError('fn must be a function, got an array of 1'),
      );
    }),
  );

  it(
    'counts what passes [reg-uniq-030]',
    simulated(async () => {
      await start();
      Registry.register(Names, 'a', 1);
      Registry.register(Names, 'b', 2);
      expect(Registry.countSelect(Names, () => true)).toBe(2);
      expect(Registry.countSelect(Names, ({ key }) => key === 'a')).toBe(1);
    }),
  );

  it(
    'counts what passes a comparison [reg-uniq-031]',
    simulated(async () => {
      await start();
      Registry.register(Names, 'a', 1);
      Registry.register(Names, 'b', 2);
      expect(Registry.countSelect(Names, ({ value }) => Number(value) > 1)).toBe(1);
    }),
  );

  it(
    'counts what passes one of several cases [reg-uniq-032]',
    simulated(async () => {
      await start();
      for (const [index, key] of ['a', 'b', 'c'].entries()) Registry.register(Names, key, index);
      expect(Registry.countSelect(Names, ({ key, value }) => key === 'a' || value === 2)).toBe(2);
    }),
  );

  it(
    'refuses to count by what is no function [reg-uniq-033]',
    simulated(async () => {
      await start();
      expect(() => Registry.countSelect(Names, {} as never)).toThrow(TypeError);
    }),
  );

  it(
    'may change the registry while it selects',
    simulated(async () => {
      await start();
      for (let n = 0; n < 5; n += 1) Registry.register(Names, n, n);
      const seen = Registry.select(Names, ({ key }) => {
        Registry.unregister(Names, key);
        Registry.register(Names, ['new', key], key);
        return key;
      });
      expect(seen).toEqual([0, 1, 2, 3, 4]);
      expect(Registry.count(Names)).toBe(5);
    }),
  );

  it(
    'shows the values of one process',
    simulated(async () => {
      await start();
      const pid = await holder(Names, 'hello', 1);
      expect(Registry.values(Names, 'hello', pid)).toEqual([1]);
      expect(Registry.values(Names, 'hello', self())).toEqual([]);
    }),
  );
});

describe('Registry.updateValue', () => {
  it(
    'replaces the value of the caller’s own entry, and gives both [reg-uniq-015]',
    simulated(async () => {
      await start();
      expect(Registry.updateValue(Names, 'hello', () => 1)).toBeUndefined();
      Registry.register(Names, 'hello', 1);
      expect(Registry.updateValue(Names, 'hello', (n) => Number(n) + 1)).toEqual({ value: 2, old: 1 });
      expect(Registry.lookup(Names, 'hello')).toEqual([{ pid: self(), value: 2 }]);
      await holder(Names, 'other', 1);
      expect(Registry.updateValue(Names, 'other', () => 9)).toBeUndefined();
      expect(Registry.lookup(Names, 'other')[0]?.value).toBe(1);
    }),
  );

  it(
    'keeps the value when the function throws',
    simulated(async () => {
      await start();
      Registry.register(Names, 'hello', 1);
      const failing = () => {
        throw new Error('no');
      };
      expect(() => Registry.updateValue(Names, 'hello', failing)).toThrow('no');
      expect(Registry.lookup(Names, 'hello')[0]?.value).toBe(1);
    }),
  );
});

describe('Registry.dispatch with unique keys', () => {
  it(
    'calls the function with the one entry, and not at all if there is none [reg-uniq-016]',
    simulated(async ({ down }) => {
      await start();
      const calls: unknown[] = [];
      const dispatch = () => Registry.dispatch(Names, 'hello', (entries) => calls.push([self(), entries]));
      dispatch();
      expect(calls).toEqual([]);
      const pid = await holder(Names, 'hello', 'value');
      dispatch();
      expect(calls).toEqual([[self(), [{ pid, value: 'value' }]]]);
      exit(pid, 'kill');
      await down(pid);
      dispatch();
      expect(calls).toHaveLength(1);
      Registry.register(Names, 'hello', 1);
      await Registry.dispatch(Names, 'hello', () => void calls.push(self()), { parallel: true });
      expect(calls.at(-1)).toBe(self());
    }),
  );
});

describe('a registry that does not run', () => {
  const None = Registry.unique<string>('none');

  it.each<[string, () => unknown]>([
    ['register', () => Registry.register(None, 'k')],
    ['unregister', () => Registry.unregister(None, 'k')],
    ['lookup', () => Registry.lookup(None, 'k')],
    ['dispatch', () => Registry.dispatch(None, 'k', () => {})],
    ['keys', () => Registry.keys(None, self())],
    ['values', () => Registry.values(None, 'k', self())],
    ['count', () => Registry.count(None)],
    ['match', () => Registry.match(None, 'k', () => true)],
    ['select', () => Registry.select(None, () => 1)],
    ['updateValue', () => Registry.updateValue(None, 'k', () => undefined)],
    ['meta', () => Registry.meta(None, 'k')],
    ['putMeta', () => Registry.putMeta(None, 'k', 1)],
    ['whereis', () => whereis(Registry.via(None, 'k'))],
  ])('makes %s throw [reg-uniq-021]', async (_name, use) => {
    await simulated(async () => {
      expect(use).toThrow(
        new TypeError('unknown registry "none": it has not been started, or it has stopped'),
      );
      await expect(Registry.lock(None, 'k', () => {})).rejects.toThrow('unknown registry "none"');
    })();
  });

  it.each([
    [
      'starts under a via name',
      () => GenServer.define('S', { init: () => 0 }).startLink(undefined, { name: Registry.via(None, 'k') }),
    ],
    [
      'calls by one',
      () => GenServer.define('S', { init: () => 0 }).call(Registry.via(None, 'k'), 'any' as never),
    ],
  ])('is told with a stack of ordinary length that shows who %s', async (_name, use) => {
    await simulated(async () => {
      const limit = Error.stackTraceLimit;
      Error.stackTraceLimit = 10; // the runner has more
      const error: unknown = await use().catch((thrown: unknown) => thrown);
      Error.stackTraceLimit = limit;
      expect(error).toHaveProperty('stack', expect.stringMatching(/unknown registry[^]*unique\.test\.ts/));
    })();
  });

  it(
    'is not one that another process has the name of, or one with other keys',
    simulated(async () => {
      spawn(({ receive }) => receive(), { name: 'none' });
      expect(() => Registry.lookup(None, 'k')).toThrow('unknown registry "none"');
      await start();
      const claimed = Registry.duplicate<string>('names');
      expect(() => Registry.lookup(claimed, 'k')).toThrow(
        'registry "names" was started with unique keys, not duplicate',
      );
    }),
  );
});

describe('registries of two names', () => {
  it(
    'know nothing of each other',
    simulated(async () => {
      const Others = Registry.unique<unknown, unknown>('others');
      await start();
      await Registry.startLink(Others);
      Registry.register(Names, 'key', 1);
      expect(Registry.lookup(Others, 'key')).toEqual([]);
      Registry.register(Others, 'key', 2);
      expect(Registry.values(Names, 'key', self())).toEqual([1]);
      expect(Registry.lookup(Others, 'key')).toEqual([{ pid: self(), value: 2 }]);
      expect(Registry.lookup(Names, 'key')).toEqual([{ pid: self(), value: 1 }]);
    }),
  );
});

describe('registries of one name on two nodes', () => {
  it('are two: each node sees its own, in turn, and what has stopped is gone', async () => {
    const nodes = [createNode({ name: 'a' }), createNode({ name: 'b' })] as const;
    const on = <T>(index: 0 | 1, work: () => T): Promise<T> => nodes[index].run(work);
    for (const node of nodes) {
      await new Promise<void>((resolve) => {
        node.spawn(async () => {
          await start();
          Registry.register(Names, 'who', node.name);
          resolve();
          await receive();
        });
      });
    }
    const who = (): unknown => Registry.lookup(Names, 'who')[0]?.value;
    expect(await on(0, who)).toBe('a');
    expect(await on(1, who)).toBe('b');
    expect(await on(0, who)).toBe('a');
    await nodes[0].stop();
    await expect(on(0, who)).rejects.toThrow('unknown registry "names"');
    expect(await on(1, who)).toBe('b');
    await nodes[1].stop();
  });
});

describe('a via name', () => {
  const Counter = GenServer.define('Counter', {
    init: (n: number) => n,
    call: { read: (n) => reply(n, n), whoami: (n) => reply(self(), n) },
    info: { hello: (_n, _message: { readonly type: 'hello' }) => exit('hello') },
  });

  it(
    'registers, finds, sends to and unregisters [reg-uniq-022]',
    simulated(async ({ down, expectCrash }) => {
      await start();
      const name = Counter.name(Registry.via(Names, 'counter'));
      expect(whereis(name)).toBeUndefined();
      const pid = await Counter.startLink(1, { name });
      expect(whereis(name)).toBe(pid);
      expect(await Counter.call(name, 'read')).toBe(1);
      expect(Registry.lookup(Names, 'counter')).toEqual([{ pid, value: undefined }]);
      await expect(Counter.startLink(2, { name })).rejects.toMatchObject({ code: 'already_started', pid });
      unlink(pid);
      expectCrash('hello');
      send(name, { type: 'hello' });
      expect(await down(pid)).toBe('hello');
      expect(whereis(name)).toBeUndefined();
      expect(() => send(name, { type: 'hello' })).toThrow(TypeError);
      Counter.cast(name, 'nobody' as never);
      await expect(Counter.call(name, 'read')).rejects.toMatchObject({ code: 'exit', reason: 'noproc' });
      await Counter.startLink(3, { name });
      expect(await Counter.call(name, 'read')).toBe(3);
    }),
  );

  it(
    'is a via for any caller: register, look up and unregister by key [reg-uniq-022]',
    simulated(async () => {
      await start();
      const key = { registry: Names, key: 'me' };
      expect(Registry.registerName(key, self())).toBe(true);
      expect(Registry.registerName(key, self())).toBe(false);
      expect(Registry.whereisName(key)).toBe(self());
      expect(whereis({ via: Registry, key })).toBe(self());
      send({ via: Registry, key }, 'hello');
      expect(await receive()).toBe('hello');
      Registry.unregisterName(key);
      expect(Registry.whereisName(key)).toBeUndefined();
      const other = spawn(({ receive }) => receive());
      expect(() => Registry.registerName(key, other)).toThrow('pid must be the calling process');
      expect(() => Registry.whereisName('me' as never)).toThrow('key must be made by Registry.via');
    }),
  );

  it(
    'stores the value that it carries [reg-uniq-023]',
    simulated(async () => {
      await start();
      const pid = await Counter.startLink(1, { name: Registry.via(Names, 'counter', { since: 7 }) });
      expect(Registry.lookup(Names, 'counter')).toEqual([{ pid, value: { since: 7 } }]);
    }),
  );

  it(
    'is free again when init fails, and in the turn of an exit',
    simulated(async ({ down, expectCrash }) => {
      await start();
      const Failing = GenServer.define('Failing', { init: () => exit('no') });
      expectCrash('no');
      const name = Registry.via(Names, 'failing');
      await expect(Failing.start(undefined, { name })).rejects.toMatchObject({
        code: 'start_failed',
        reason: 'no',
      });
      expect(whereis(name)).toBeUndefined();
      const pid = await Counter.start(1, { name });
      exit(pid, 'kill');
      await down(pid);
      expect(whereis(name)).toBeUndefined();
    }),
  );

  it(
    'links what is started under it to the registry',
    simulated(async ({ down }) => {
      const registry = await start();
      unlink(registry);
      const pid = await Counter.start(1, { name: Registry.via(Names, 'counter') });
      await Supervisor.stop(registry, 'shutdown');
      expect(await down(pid)).toBe('shutdown');
    }),
  );

  it(
    'of a registry that does not run starts nothing',
    simulated(async () => {
      const name = Registry.via(Registry.unique('nowhere'), 'k');
      await expect(Counter.start(1, { name })).rejects.toThrow('unknown registry "nowhere"');
      expect(() => spawn(() => {}, { name })).toThrow('unknown registry "nowhere"');
    }),
  );
});

describe('the end of a registry', () => {
  it(
    'takes registered processes down by the link, unless they trap exits [semantics 90]',
    simulated(async ({ down }) => {
      const registry = await start();
      unlink(registry);
      const plain = await holder(Names, 'plain', 1);
      const trapping = spawn(
        async ({ receive }: Context<unknown>) => {
          Registry.register(Names, 'trapping', 1);
          send(await ready(receive), await receive());
        },
        { trapExit: true },
      );
      send(trapping, self());
      await Supervisor.stop(registry, 'shutdown');
      expect(await down(plain)).toBe('shutdown');
      expect(await receive()).toMatchObject({ type: 'EXIT', reason: 'shutdown' });
      expect(() => Registry.lookup(Names, 'plain')).toThrow('unknown registry');
      await start();
      expect(Registry.count(Names)).toBe(0);
    }),
  );

  it(
    'by a crash of a partition: entries are gone, meta stays, and it serves again [reg-002]',
    simulated(async ({ down, settle }) => {
      const registry = await Registry.startLink(Names, { partitions: 4, meta: { colour: 'green' } });
      unlink(registry);
      const pids: Pid<never>[] = [];
      for (let n = 0; n < 16; n += 1) pids.push(await holder(Names, n, n));
      expect(Registry.count(Names)).toBe(16);
      for (const pid of pids.slice(0, 8)) {
        exit(pid, 'crash');
        await down(pid);
        expect(Registry.keys(Names, pid)).toEqual([]);
      }
      expect(Registry.count(Names)).toBe(8);
      const [partition] = await Supervisor.whichChildren(registry);
      exit(partition?.child as Pid<never>, 'kill');
      await settle();
      expect(pids.some((pid) => isAlive(pid))).toBe(false);
      expect(Registry.count(Names)).toBe(0);
      expect(Registry.meta(Names, 'colour')).toBe('green');
      Registry.register(Names, 1, 'again');
      expect(Registry.count(Names)).toBe(1);
    }),
  );

  it(
    'by a crash of a partition: a process that traps exits lives on without its entries [reg-002] [semantics 90]',
    simulated(async ({ settle }) => {
      const registry = await start();
      const [partition] = await Supervisor.whichChildren(registry);
      trapExit(true);
      Registry.register(Names, 'key', 1);
      exit(partition?.child as Pid<never>, 'kill');
      await settle();
      expect(Registry.lookup(Names, 'key')).toEqual([]);
      Registry.register(Names, 'key', 2);
      expect(Registry.lookup(Names, 'key')).toEqual([{ pid: self(), value: 2 }]);
    }),
  );

  it(
    'by a crash of a partition: until it is there again, no key is taken for free [reg-002]',
    simulated(async ({ down }) => {
      const registry = await start();
      const [partition] = await Supervisor.whichChildren(registry);
      const pid = partition?.child as Pid<never>;
      let failure: unknown;
      onExit(pid, () => {
        try {
          Registry.lookup(Names, 'key');
        } catch (error) {
          failure = error;
        }
      });
      unlink(registry);
      exit(pid, 'kill');
      await down(pid);
      expect(failure).toMatchObject({
        name: 'TypeError',
        message: expect.stringContaining('unknown registry'),
      });
    }),
  );
});

describe('ExitError of a call by a via name', () => {
  it(
    'names the name',
    simulated(async () => {
      await start();
      const Server = GenServer.define('Server', { init: () => 0, call: { read: (n) => reply(n, n) } });
      const name = Server.name(Registry.via(Names, 'none'));
      await expect(Server.call(name, 'read')).rejects.toSatisfy(
        (error) => error instanceof ExitError && error.call?.function === 'call',
      );
    }),
  );
});

async function ready(receive: () => Promise<unknown>): Promise<Pid<unknown>> {
  return (await receive()) as Pid<unknown>; // what the test sends first
}
