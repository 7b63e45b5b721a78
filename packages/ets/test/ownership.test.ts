import {
  type Context,
  createNode,
  exit,
  isAlive,
  type Pid,
  receive,
  run,
  self,
  send,
  sleep,
  spawn,
} from '@coppice/core';
import { Ets, type EtsTransfer } from '@coppice/ets';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { types } from './tables.ts';

describe('Ets.new', () => {
  it(
    'makes a protected set of the caller’s without a name, or as the options say [otp-ets-001]',
    simulated(async () => {
      const table = Ets.new();
      expect(table.name).toBeUndefined();
      expect(Ets.info(table)).toEqual({
        name: undefined,
        isNamed: false,
        type: 'set',
        protection: 'protected',
        owner: self(),
        heir: undefined,
        size: 0,
        isFixed: false,
      });
      for (const type of types)
        expect(Ets.info(Ets.new({ type, protection: 'public' }))).toMatchObject({
          type,
          protection: 'public',
        });
      expect(Ets.new()).not.toBe(Ets.new());
    }),
  );

  it(
    'makes a table that is found by its name, once [otp-ets-001]',
    simulated(async () => {
      const cache = Ets.name<string, number>('cache');
      expect(Ets.new(cache, { type: 'set' })).toBe(cache);
      Ets.insert(cache, 'k', 1);
      expect(Ets.lookup(Ets.name<string, number>('cache'), 'k')).toBe(1);
      expect(() => Ets.new(cache)).toThrow(new TypeError('name "cache" is already taken by a table'));
      expect(() => Ets.new(Ets.name('cache'))).toThrow(TypeError);
      Ets.delete(cache);
      Ets.new(cache);
      expect(Ets.lookup(cache, 'k')).toBeUndefined();
    }),
  );

  it(
    'refuses options that cannot be [otp-ets-001]',
    simulated(async () => {
      expect(() => Ets.new({ type: 'hash' as never })).toThrow(
        new TypeError('type must be one of set, ordered_set, bag, duplicate_bag, got "hash"'),
      );
      expect(() => Ets.new({ protection: 'secret' as never })).toThrow(
        'protection must be one of public, protected, private',
      );
      expect(() => Ets.new({ heir: self() as never })).toThrow('heir must be { pid, data }');
      const asInElixir = 'options must be an object, got "cache": a name is made by Ets.name';
      expect(() => Ets.new('cache' as never)).toThrow(new TypeError(asInElixir));
      expect(() => Ets.new('cache' as never, { protection: 'public' })).toThrow(new TypeError(asInElixir));
      expect(() => Ets.name('')).toThrow('name must be a non-empty string, got ""');
      expect(() => Ets.lookup('cache' as never, 1 as never)).toThrow(
        'table must be made by Ets.new or Ets.name, got "cache"',
      );
    }),
  );

  it(
    'keeps names apart by node',
    simulated(async () => {
      const cache = Ets.name<string, number>('cache');
      Ets.new(cache);
      await simulated(async () => {
        expect(Ets.info(cache)).toBeUndefined();
        Ets.new(cache);
      })();
      expect(Ets.info(cache)?.owner).toBe(self());
    }),
  );

  it(
    'protects: public, protected, private [otp-ets-001]',
    simulated(async () => {
      const make = (protection: 'public' | 'protected' | 'private') => {
        const table = Ets.new<string, number>({ protection });
        Ets.insert(table, 'k', 1);
        return table;
      };
      const tables = { public: make('public'), protected: make('protected'), private: make('private') };
      const owner = self();
      await run(() => {
        Ets.insert(tables.public, 'k', 2);
        expect(Ets.lookup(tables.public, 'k')).toBe(2);
        expect(Ets.lookup(tables.protected, 'k')).toBe(1);
        expect(() => Ets.insert(tables.protected, 'k', 2)).toThrow(
          new TypeError(
            `only its owner ${owner} may write to the table: it is protected, and this is ${self()}`,
          ),
        );
        for (const use of [
          () => Ets.lookup(tables.private, 'k'),
          () => Ets.first(tables.private),
          () => Ets.entries(tables.private),
          () => Ets.insert(tables.private, 'k', 2),
          () => Ets.delete(tables.private),
          () => Ets.delete(tables.protected),
          () => Ets.clear(tables.protected),
          () => Ets.take(tables.protected, 'k'),
          () => Ets.rename(tables.protected, Ets.name('x')),
          () => Ets.setopts(tables.public, { heir: 'none' }),
          () => Ets.giveAway(tables.public, self<EtsTransfer>(), 1),
        ])
          expect(use).toThrow('only its owner');
        expect(Ets.info(tables.private)?.size).toBe(1);
        Ets.delete(tables.public);
      });
      expect(Ets.info(tables.public)).toBeUndefined();
      expect(Ets.lookup(tables.private, 'k')).toBe(1);
    }),
  );
});

describe('the owner of a table', () => {
  const made = (options: object, work: (table: ReturnType<typeof Ets.new>) => void = () => {}) => {
    const parent = self<ReturnType<typeof Ets.new>>();
    return spawn(async ({ receive }: Context<'stop'>) => {
      const table = Ets.new(options);
      work(table);
      send(parent, table);
      await receive();
    });
  };

  it(
    'takes it along, in the turn of its exit [otp-ets-014]',
    simulated(async ({ down }) => {
      const named = Ets.name<string, number>('named');
      const owner = made({ protection: 'public' }, () => Ets.new(named));
      const table = await receive<ReturnType<typeof Ets.new>>();
      expect(Ets.info(table)?.owner).toBe(owner);
      expect(Ets.all()).toHaveLength(2);
      exit(owner, 'kill');
      await down(owner);
      expect([Ets.info(table), Ets.info(named), Ets.all()]).toEqual([undefined, undefined, []]);
      Ets.new(named);
    }),
  );

  it(
    'leaves it to a live heir, which is told [otp-ets-014]',
    simulated(async ({ down }) => {
      const heir = { pid: self<EtsTransfer>(), data: { why: 'heir' } };
      const owner = made({ heir }, (table) => Ets.insert(table, 1, 2));
      const table = await receive<ReturnType<typeof Ets.new>>();
      expect(Ets.info(table)?.heir).toBe(self());
      exit(owner, 'kill');
      await down(owner);
      expect(await receive()).toEqual({ type: 'ETS-TRANSFER', table, from: owner, data: { why: 'heir' } });
      expect(Ets.info(table)?.owner).toBe(self());
      expect(Ets.entries(table)).toEqual([[1, 2]]);
      Ets.insert(table, 3, 4);
    }),
  );

  it(
    'leaves it to nobody if the heir is dead, or was taken back [otp-ets-014]',
    simulated(async ({ down }) => {
      const dead = spawn<EtsTransfer>(() => {});
      await down(dead);
      for (const work of [
        (table: ReturnType<typeof Ets.new>) => Ets.setopts(table, { heir: { pid: dead, data: 1 } }),
        (table: ReturnType<typeof Ets.new>) => Ets.setopts(table, { heir: 'none' }),
      ]) {
        const owner = made({ heir: { pid: self(), data: 1 } }, work);
        const table = await receive<ReturnType<typeof Ets.new>>();
        expect(Ets.info(table)?.heir).toBeUndefined();
        exit(owner, 'kill');
        await down(owner);
        expect(Ets.info(table)).toBeUndefined();
      }
      expect(() => Ets.setopts(Ets.new(), { heir: 5 as never })).toThrow('heir must be { pid, data }, got 5');
    }),
  );

  it(
    'of a named table that is inherited is told its name [otp-ets-014]',
    simulated(async ({ down }) => {
      const named = Ets.name<string, number>('named');
      const heir = { pid: self<EtsTransfer>(), data: 'd' };
      const owner = spawn(() => {
        Ets.new(named, { heir });
        Ets.insert(named, 'k', 1);
      });
      await down(owner);
      expect(await receive()).toEqual({ type: 'ETS-TRANSFER', table: named, from: owner, data: 'd' });
      expect(Ets.lookup(named, 'k')).toBe(1);
    }),
  );

  it(
    'gives it away to another live process [otp-ets-014]',
    simulated(async ({ down }) => {
      const table = Ets.new<string, number>();
      Ets.insert(table, 'k', 1);
      const parent = self<unknown>();
      const next = spawn(async ({ receive }: Context<EtsTransfer>) => {
        send(parent, await receive());
        Ets.insert(table, 'k', 2);
        send(parent, 'written');
        await sleep('infinity');
      });
      Ets.giveAway(table, next, 'gift');
      expect(Ets.info(table)?.owner).toBe(next);
      expect(await receive()).toEqual({ type: 'ETS-TRANSFER', table, from: self(), data: 'gift' });
      expect(await receive()).toBe('written');
      expect(() => Ets.insert(table, 'k', 3)).toThrow('only its owner');
      expect(() => Ets.giveAway(table, next, 'again')).toThrow('only its owner');
      exit(next, 'kill');
      await down(next);
      expect(Ets.info(table)).toBeUndefined();
      const own = Ets.new();
      expect(() => Ets.giveAway(own, next, 1)).toThrow(
        new TypeError(`pid must be another live process of this node, got ${next}`),
      );
      expect(() => Ets.giveAway(own, self<EtsTransfer>(), 1)).toThrow('pid must be another live process');
      expect(isAlive(self())).toBe(true);
    }),
  );

  it(
    'keeps it from processes of another node, which could not reach it [otp-ets-014]',
    simulated(async () => {
      const pid = createNode().main as Pid<EtsTransfer>; // it never hears of a table
      const table = Ets.new();
      expect(() => Ets.giveAway(table, pid, 1)).toThrow('pid must be another live process of this node');
      const heir = { pid, data: 1 };
      expect(() => Ets.setopts(table, { heir })).toThrow('heir must be a process of this node');
      expect(() => Ets.new({ heir })).toThrow('heir must be a process of this node');
      expect(Ets.info(table)?.owner).toBe(self());
    }),
  );

  it(
    'that gave it away does not take it along [otp-ets-014]',
    simulated(async ({ down }) => {
      const parent = self<EtsTransfer>();
      const giver = spawn(() => {
        const table = Ets.new({ protection: 'public' });
        Ets.giveAway(table, parent, 'gift');
      });
      const { table } = await receive<EtsTransfer>();
      await down(giver);
      expect(Ets.info(table)?.owner).toBe(self());
    }),
  );
});

describe('names', () => {
  it(
    'can be changed, and stand for a table only as long as it has them [otp-ets-014]',
    simulated(async () => {
      const one = Ets.name<string, number>('one');
      const two = Ets.name<string, number>('two');
      Ets.new(one);
      Ets.insert(one, 'k', 1);
      const table = Ets.whereis(one);
      expect(Ets.rename(one, two)).toBe(two);
      expect([Ets.whereis(one), Ets.whereis(two)]).toEqual([undefined, table]);
      expect(() => Ets.lookup(one, 'k')).toThrow('table "one" does not exist');
      expect(Ets.lookup(two, 'k')).toBe(1);
      expect(table && Ets.lookup(table, 'k')).toBe(1);
      expect(Ets.info(two)?.name).toBe('two');
      Ets.new(one);
      expect(() => Ets.rename(one, two)).toThrow('name "two" is already taken by a table');
      expect(() => Ets.rename(one, 'three' as never)).toThrow('name must be made by Ets.name, got "three"');
      Ets.delete(two);
      expect(table && Ets.info(table)).toBeUndefined();
      const unnamed = Ets.new<string, number>();
      expect(Ets.rename(unnamed, two)).toBe(unnamed);
      expect(Ets.info(unnamed)).toMatchObject({ name: 'two', isNamed: false });
      expect(Ets.whereis(two)).toBeUndefined();
      expect(Ets.all()).toHaveLength(2);
    }),
  );
});
