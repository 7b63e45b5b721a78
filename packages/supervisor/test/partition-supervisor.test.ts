import { availableParallelism } from 'node:os';
import {
  type ExitReason,
  exit,
  isAlive,
  makeRef,
  monitor,
  type Pid,
  receive,
  self,
  send,
  trapExit,
  type Via,
  whereis,
} from '@coppice/core';
import { GenServer, type PidOf, reply } from '@coppice/gen-server';
import {
  DynamicSupervisor,
  type DynamicSupervisorPid,
  PartitionSupervisor,
  Supervisor,
} from '@coppice/supervisor';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { killUnder } from './worker.ts';

const allowed = { crashes: 'allowed' } as const;
const Counter = GenServer.define('Counter', {
  init: (start: number) => start,
  call: { read: (n) => reply(n, n), add: (n, by: number) => reply(n + by, n + by) },
});
const child = (partition: number) => Counter.childSpec(partition * 100);

describe('PartitionSupervisor.startLink', () => {
  it(
    'starts a child per partition, each with its own argument [partsup-003] [partsup-005] [partsup-018] [partsup-019]',
    simulated(async () => {
      const supervisor = await PartitionSupervisor.startLink({ name: 'ps', child, partitions: 3 });
      expect(whereis('ps')).toBe(supervisor);
      expect(PartitionSupervisor.partitions('ps')).toBe(3);
      expect(await PartitionSupervisor.whichChildren('ps')).toEqual(
        [2, 1, 0].map((id) => ({ id, child: expect.anything(), type: 'worker', modules: ['Counter'] })),
      );
      expect(await PartitionSupervisor.countChildren('ps')).toEqual({
        specs: 3,
        active: 3,
        supervisors: 0,
        workers: 3,
      });
      const read = (key: unknown) => Counter.call(PartitionSupervisor.via('ps', key), 'read');
      expect([await read(0), await read(1), await read(2)]).toEqual([0, 100, 200]);
      expect(await Supervisor.getChildSpec('ps', 1)).toMatchObject({ id: 1, restart: 'permanent' });
    }),
  );

  it(
    'takes names of every kind [partsup-004] [partsup-012] [partsup-022]',
    simulated(async () => {
      const book = new Map<unknown, Pid<never>>();
      const via: Via = {
        registerName: (key, pid) => !book.has(key) && book.set(key, pid) === book,
        unregisterName: (key) => book.delete(key),
        whereisName: (key) => book.get(key),
      };
      const typed = PartitionSupervisor.name<PidOf<typeof Counter>>('typed');
      for (const name of [{ via, key: 'ps' }, { global: 'ps' }, typed]) {
        const supervisor = await PartitionSupervisor.startLink({ name, child, partitions: 2 });
        expect(PartitionSupervisor.partitions(name)).toBe(2);
        expect(await PartitionSupervisor.countChildren(name)).toMatchObject({ active: 2 });
        await PartitionSupervisor.stop(name);
        expect(isAlive(supervisor)).toBe(false);
      }
    }),
  );

  it(
    'has as many partitions as the machine runs threads',
    simulated(async () => {
      await PartitionSupervisor.startLink({ name: 'ps', child });
      expect(PartitionSupervisor.partitions('ps')).toBe(availableParallelism());
    }),
  );

  it(
    'restarts a child in its own partition, and gives up as supervisors do',
    simulated(async ({ down }) => {
      trapExit(true);
      const supervisor = await PartitionSupervisor.startLink({
        name: 'ps',
        child,
        partitions: 3,
        maxRestarts: 1,
      });
      const end = down(supervisor);
      const before = whereis(PartitionSupervisor.via('ps', 1));
      if (before !== undefined) await killUnder(supervisor, before);
      const after = whereis(PartitionSupervisor.via('ps', 1));
      expect(after).toBeDefined();
      expect(after).not.toBe(before);
      if (after !== undefined) exit(after, 'kill');
      expect(await end).toBe('shutdown');
    }, allowed),
  );

  const bad: readonly (readonly [what: string, options: unknown, message: string])[] = [
    ['no name [partsup-006]', { child }, 'name must be'],
    ['no child [partsup-007]', { name: 'ps' }, 'child must be a function, got undefined'],
    [
      '0 partitions [partsup-008]',
      { name: 'ps', child, partitions: 0 },
      'partitions must be a whole number from 1, got 0',
    ],
    [
      '1.5 partitions [partsup-008]',
      { name: 'ps', child, partitions: 1.5 },
      'partitions must be a whole number from 1, got 1.5',
    ],
    [
      'many partitions [partsup-008]',
      { name: 'ps', child, partitions: 'many' },
      'partitions must be a number, got "many"',
    ],
    [
      'a child that is no function [partsup-009]',
      { name: 'ps', child: 1 },
      'child must be a function, got 1',
    ],
    ['a bad autoShutdown [partsup-010]', { name: 'ps', child, autoShutdown: 'x' }, 'autoShutdown must be'],
    ['a bad strategy', { name: 'ps', child, strategy: 'x' }, 'strategy must be'],
    ['a child that gives no spec', { name: 'ps', child: () => 1 }, 'a child spec must be an object'],
  ];
  it.each(bad)('refuses %s', (_what, options, message) =>
    simulated(async () => {
      await expect(PartitionSupervisor.startLink(options as never)).rejects.toThrow(message);
      expect(whereis('ps')).toBeUndefined();
    })(),
  );
});

describe('PartitionSupervisor.childSpec', () => {
  it(
    'has the name as its id [partsup-001] [partsup-002]',
    simulated(async () => {
      const via: Via = { registerName: () => true, unregisterName: () => {}, whereisName: () => undefined };
      const name = { via, key: 7 };
      expect(PartitionSupervisor.childSpec({ name: 'ps', child })).toEqual({
        id: 'ps',
        start: expect.any(Function),
        type: 'supervisor',
        modules: ['PartitionSupervisor'],
      });
      expect(PartitionSupervisor.childSpec({ name, child })).toMatchObject({ id: name });
      expect(PartitionSupervisor.childSpec({ name, child, id: 'own', restart: 'transient' })).toMatchObject({
        id: 'own',
        restart: 'transient',
      });
      const spec = PartitionSupervisor.childSpec({ name: 'ps', child, partitions: 2 });
      await Supervisor.startLink([spec], { strategy: 'one_for_one' });
      expect(PartitionSupervisor.partitions('ps')).toBe(2);
      expect(() => PartitionSupervisor.childSpec({ child } as never)).toThrow('name must be');
    }),
  );
});

describe('PartitionSupervisor.via', () => {
  it(
    'takes whole numbers round robin, by their absolute value [partsup-003]',
    simulated(async () => {
      await PartitionSupervisor.startLink({ name: 'ps', child, partitions: 3 });
      const infos = await PartitionSupervisor.whichChildren('ps');
      const partition = (key: unknown) =>
        infos.find((info) => info.child === whereis(PartitionSupervisor.via('ps', key)))?.id;
      expect([0, 1, 2, 3, 4, 5, -1, -2, -4, 7n, -7n].map(partition)).toEqual([
        0, 1, 2, 0, 1, 2, 1, 2, 1, 1, 1,
      ]);
    }),
  );

  it(
    'finds the same partition for equal keys of every kind, and spreads them',
    simulated(async () => {
      await PartitionSupervisor.startLink({ name: 'ps', child, partitions: 4 });
      const at = (key: unknown) => whereis(PartitionSupervisor.via('ps', key));
      const object = new Date(0);
      const keys = [
        'a',
        '',
        true,
        null,
        undefined,
        1.5,
        Number.NaN,
        self(),
        makeRef(),
        ['x', 1],
        { user: 7 },
        object,
        at,
      ];
      for (const key of keys) {
        expect(at(key)).toBeDefined();
        expect(at(key)).toBe(at(key));
      }
      expect(at({ user: 7, at: 'x' })).toBe(at({ at: 'x', user: 7 }));
      const counts = new Map<unknown, number>();
      for (let n = 0; n < 4_000; n += 1) {
        const pid = at(`user-${n}`);
        counts.set(pid, (counts.get(pid) ?? 0) + 1);
      }
      expect(Math.min(...counts.values())).toBeGreaterThan(900);
    }),
  );

  it(
    'gives names that may be called, sent to, monitored; also in the raw form',
    simulated(async () => {
      const Counters = PartitionSupervisor.name<PidOf<typeof Counter>>('counters');
      await PartitionSupervisor.startLink({ name: Counters, child, partitions: 2 });
      expect(await Counter.call(PartitionSupervisor.via(Counters, 1), 'add', 5)).toBe(105);
      const raw = { via: PartitionSupervisor, key: ['counters', 1] };
      expect(await Counter.call(raw, 'read')).toBe(105);
      send(raw, { type: 'unexpected' });
      const ref = monitor(raw);
      const pid = whereis(raw);
      if (pid !== undefined) exit(pid, 'kill');
      expect(await receive<{ ref: unknown; reason: ExitReason }>()).toMatchObject({ ref, reason: 'killed' });
      expect(() => PartitionSupervisor.registerName(['counters', 1], self())).toThrow(
        'its supervisor starts it',
      );
      expect(() => whereis({ via: PartitionSupervisor, key: 'counters' })).toThrow(
        'must be [supervisor, key], got "counters"',
      );
    }, allowed),
  );

  it(
    'exits with noproc when the supervisor is missing [partsup-013] [partsup-014] [partsup-021]',
    simulated(async () => {
      const call = { module: 'PartitionSupervisor', function: 'partitions' };
      const via: Via = { registerName: () => true, unregisterName: () => {}, whereisName: () => undefined };
      for (const name of ['no_ps', { via, key: 1 }] as const) {
        expect(() => PartitionSupervisor.partitions(name)).toThrow(
          expect.objectContaining({ reason: 'noproc', call: { ...call, args: [name] } }),
        );
      }
      expect(() => whereis(PartitionSupervisor.via('no_ps', 0))).toThrow(
        expect.objectContaining({ reason: 'noproc' }),
      );
      await expect(Counter.call(PartitionSupervisor.via('no_ps', 0), 'read')).rejects.toMatchObject({
        reason: 'noproc',
      });
      await expect(PartitionSupervisor.countChildren('no_ps')).rejects.toMatchObject({ reason: 'noproc' });
    }),
  );

  it(
    'leads to a dynamic supervisor per partition [partsup-020]',
    simulated(async () => {
      const Jobs = PartitionSupervisor.name<DynamicSupervisorPid>('jobs');
      await PartitionSupervisor.startLink({
        name: Jobs,
        child: () => DynamicSupervisor.childSpec(),
        partitions: 2,
      });
      expect(await PartitionSupervisor.countChildren(Jobs)).toEqual({
        specs: 2,
        active: 2,
        supervisors: 2,
        workers: 0,
      });
      const pid = await DynamicSupervisor.startChild(PartitionSupervisor.via(Jobs, 5), Counter.childSpec(1));
      expect(pid !== undefined && (await Counter.call(pid, 'read'))).toBe(1);
      const active = async (key: number) =>
        (await DynamicSupervisor.countChildren(PartitionSupervisor.via(Jobs, key))).active;
      expect([await active(0), await active(1)]).toEqual([0, 1]);
    }),
  );
});

describe('PartitionSupervisor.stop', () => {
  it(
    'waits until every partition has ended [partsup-011]',
    simulated(async () => {
      await PartitionSupervisor.startLink({ name: 'ps', child, partitions: 3 });
      const pids = (await PartitionSupervisor.whichChildren('ps')).map((info) => info.child as Pid<never>); // all run
      await PartitionSupervisor.stop('ps');
      expect(pids.map(isAlive)).toEqual([false, false, false]);
      expect(whereis('ps')).toBeUndefined();
    }),
  );
});

describe('PartitionSupervisor.resize', () => {
  it(
    'changes how many of the partitions are in use [partsup-015]',
    simulated(async () => {
      await PartitionSupervisor.startLink({ name: 'ps', child, partitions: 4 });
      expect(await PartitionSupervisor.resize('ps', 2)).toBe(4);
      expect(PartitionSupervisor.partitions('ps')).toBe(2);
      expect(await PartitionSupervisor.countChildren('ps')).toMatchObject({ specs: 4, active: 2 });
      expect(await Counter.call(PartitionSupervisor.via('ps', 3), 'read')).toBe(100);
      expect(await PartitionSupervisor.resize('ps', 4)).toBe(2);
      expect(await Counter.call(PartitionSupervisor.via('ps', 3), 'read')).toBe(300);
      expect(await PartitionSupervisor.resize('ps', 4)).toBe(4);
    }),
  );

  it(
    'to 0 makes look-ups throw [partsup-016]',
    simulated(async () => {
      await PartitionSupervisor.startLink({ name: 'ps', child, partitions: 2 });
      await PartitionSupervisor.resize('ps', 0);
      expect(() => whereis(PartitionSupervisor.via('ps', 1))).toThrow('has been resized to 0 partitions');
      await PartitionSupervisor.resize('ps', 1);
      expect(whereis(PartitionSupervisor.via('ps', 1))).toBeDefined();
    }),
  );

  it(
    'changes nothing if a partition does not start, and can be tried again',
    simulated(async () => {
      let isBroken = false;
      const fragile = (partition: number) => {
        const spec = child(partition);
        const start: typeof spec.start = async () => {
          if (isBroken && partition === 2) throw new RangeError('broken');
          return spec.start();
        };
        return { ...spec, start };
      };
      await PartitionSupervisor.startLink({ name: 'ps', child: fragile, partitions: 3 });
      await PartitionSupervisor.resize('ps', 1);
      isBroken = true;
      await expect(PartitionSupervisor.resize('ps', 3)).rejects.toThrow('cannot start partition 2');
      expect(PartitionSupervisor.partitions('ps')).toBe(1);
      expect(await PartitionSupervisor.countChildren('ps')).toMatchObject({ specs: 3, active: 1 });
      isBroken = false;
      expect(await PartitionSupervisor.resize('ps', 3)).toBe(1);
      expect(await Counter.call(PartitionSupervisor.via('ps', 2), 'read')).toBe(200);
    }, allowed),
  );

  it.each([3, -1, 0.5])('refuses %d of 2 [partsup-017]', (partitions) =>
    simulated(async () => {
      await PartitionSupervisor.startLink({ name: 'ps', child, partitions: 2 });
      const resizing = PartitionSupervisor.resize('ps', partitions);
      await expect(resizing).rejects.toThrow(
        `partitions must be a whole number from 0 to 2, got ${partitions}`,
      );
      await expect(resizing).rejects.toBeInstanceOf(RangeError);
    })(),
  );
});
