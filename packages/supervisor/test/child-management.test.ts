import { exit, isPid, type Pid, receive, self, send, sleep, spawn, spawnLink, whereis } from '@coppice/core';
import { ignore, stopInit } from '@coppice/gen-server';
import { ChildError, type ChildSpec, Supervisor } from '@coppice/supervisor';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { children, killUnder, Workers } from './worker.ts';

const oneForOne = { strategy: 'one_for_one' } as const;
const trap = { trap: true } as const;
const allowed = { crashes: 'allowed' } as const;

const refused = (reason: unknown) => ({ code: 'child', reason });

describe('the children of a supervisor', () => {
  it(
    'are started, terminated, restarted, deleted and counted [sup-016] [otp-sup-001]',
    simulated(async () => {
      const W = new Workers();
      const sub = Supervisor.childSpec([], { ...oneForOne, id: 'sub' });
      const supervisor = await Supervisor.startLink(
        [W.spec('a', trap), W.spec('t', { restart: 'temporary' }), sub],
        oneForOne,
      );
      const count = () => Supervisor.countChildren(supervisor);
      expect(await count()).toEqual({ specs: 3, active: 3, supervisors: 1, workers: 2 });
      await expect(Supervisor.restartChild(supervisor, 'a')).rejects.toMatchObject(refused('running'));
      await expect(Supervisor.deleteChild(supervisor, 'a')).rejects.toMatchObject(refused('running'));
      W.log();
      expect(await Supervisor.terminateChild(supervisor, 'a')).toBeUndefined();
      expect(W.log()).toBe('-a shutdown');
      expect(await children(supervisor)).toEqual([
        ['sub', 'pid'],
        ['t', 'pid'],
        ['a', undefined],
      ]);
      expect(await count()).toEqual({ specs: 3, active: 2, supervisors: 1, workers: 2 });
      await Supervisor.terminateChild(supervisor, 'a');
      await expect(Supervisor.startChild(supervisor, W.spec('a'))).rejects.toMatchObject(
        refused('already_present'),
      );
      const again = await Supervisor.restartChild(supervisor, 'a');
      expect(isPid(again)).toBe(true);
      expect(whereis('a')).toBe(again);
      await Supervisor.terminateChild(supervisor, 'a');
      await Supervisor.deleteChild(supervisor, 'a');
      expect(await children(supervisor)).toEqual([
        ['sub', 'pid'],
        ['t', 'pid'],
      ]);
      await Supervisor.terminateChild(supervisor, 't');
      expect(await children(supervisor)).toEqual([['sub', 'pid']]);
      expect(await count()).toEqual({ specs: 1, active: 1, supervisors: 1, workers: 0 });
    }),
  );

  it(
    'that are unknown are not found [otp-sup-001] [sup-016]',
    simulated(async () => {
      const supervisor = await Supervisor.startLink([], oneForOne);
      for (const operation of [
        Supervisor.terminateChild,
        Supervisor.restartChild,
        Supervisor.deleteChild,
        Supervisor.getChildSpec,
      ]) {
        const failure: unknown = await operation(supervisor, 'zz').catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(ChildError);
        expect(failure).toMatchObject(refused('not_found'));
        expect(failure).toMatchObject({
          message: expect.stringMatching(/^cannot .* child "zz": not_found$/),
        });
      }
      await expect(Supervisor.terminateChild(supervisor, self())).rejects.toMatchObject(refused('not_found'));
    }),
  );
});

describe('Supervisor.startChild', () => {
  it(
    'gives the pid, and puts the child behind the others [sup-012] [sup-013] [sup-015]',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await Supervisor.startLink([W.spec('a', trap)], oneForOne);
      const b = await Supervisor.startChild(supervisor, W.spec('b', trap));
      const c = await Supervisor.startChild(supervisor, W.spec('c', trap));
      expect([b, c]).toEqual([whereis('b'), whereis('c')]);
      expect(await children(supervisor)).toEqual([
        ['c', 'pid'],
        ['b', 'pid'],
        ['a', 'pid'],
      ]);
      W.log();
      await Supervisor.stop(supervisor);
      expect(W.log()).toBe('-c shutdown, -b shutdown, -a shutdown');
    }),
  );

  it(
    'names who has the id already [sup-015]',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await Supervisor.startLink([W.spec('a')], oneForOne);
      const pid = whereis('a');
      const failure: unknown = await Supervisor.startChild(supervisor, W.spec('a')).catch(
        (error: unknown) => error,
      );
      expect(failure).toMatchObject({ reason: ['already_started', pid], pid });
    }),
  );

  it(
    'keeps the spec of a child that ignores its start, unless it is temporary [otp-sup-034]',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await Supervisor.startLink([], oneForOne);
      const ignoring = { init: () => ignore() };
      expect(await Supervisor.startChild(supervisor, W.spec('c', ignoring))).toBeUndefined();
      expect(
        await Supervisor.startChild(supervisor, W.spec('t', { ...ignoring, restart: 'temporary' })),
      ).toBeUndefined();
      expect(await children(supervisor)).toEqual([['c', undefined]]);
    }),
  );

  it(
    'rejects with why the child did not start, keeps nothing of it, and lets the supervisor live [sup-015]',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await Supervisor.startLink([], oneForOne);
      const error = new Error('in start');
      const failing = { id: 'e', start: () => Promise.reject(error) };
      await expect(
        Supervisor.startChild(supervisor, W.spec('c', { init: () => stopInit('nope') })),
      ).rejects.toMatchObject(refused('nope'));
      await expect(Supervisor.startChild(supervisor, failing)).rejects.toMatchObject({
        reason: ['EXIT', error],
        cause: error,
      });
      const taken = Supervisor.startChild(supervisor, { ...W.spec('x'), id: 'y' });
      const pid = await taken;
      await expect(Supervisor.startChild(supervisor, { ...W.spec('x'), id: 'z' })).rejects.toMatchObject({
        pid,
      });
      expect(await children(supervisor)).toEqual([['y', 'pid']]);
    }, allowed),
  );

  it(
    'hands on what a start function gives beside the pid [otp-sup-003]',
    simulated(async () => {
      const supervisor = await Supervisor.startLink([], oneForOne);
      const spec = {
        id: 'i',
        start: async () => ({ pid: spawnLink(() => sleep('infinity')), info: 'extra' }),
      };
      const started = await Supervisor.startChild(supervisor, spec);
      expect(started).toEqual({ pid: expect.anything(), info: 'extra' });
      expect(await children(supervisor)).toEqual([['i', 'pid']]);
      await Supervisor.terminateChild(supervisor, 'i');
      expect(await Supervisor.restartChild<{ pid: Pid<never>; info: string }>(supervisor, 'i')).toMatchObject(
        { info: 'extra' },
      );
      await killUnder(supervisor, (await Supervisor.whichChildren(supervisor))[0]?.child as Pid<never>);
      expect(await children(supervisor)).toEqual([['i', 'pid']]);
    }),
  );

  it(
    'refuses a significant child that nothing allows',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await Supervisor.startLink([], oneForOne);
      const child = W.spec('a', { significant: true, restart: 'transient' });
      await expect(Supervisor.startChild(supervisor, child)).rejects.toMatchObject(
        refused([
          'bad_combination',
          [
            ['auto_shutdown', 'never'],
            ['significant', true],
          ],
        ]),
      );
    }),
  );

  it(
    'waits while the supervisor is busy with another child; exits that come meanwhile stay queued [semantics 84]',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await Supervisor.startLink([W.spec('a')], oneForOne);
      const slow: ChildSpec = {
        id: 'slow',
        start: async () => {
          await sleep(1_000);
          return 'ignore';
        },
      };
      W.log();
      const starting = Supervisor.startChild(supervisor, slow);
      await sleep(10);
      await W.crash('a', 'crash');
      await sleep(100);
      expect(W.log()).toBe('-a crash'); // not restarted: the start of `slow` is awaited
      const counts = Supervisor.countChildren(supervisor);
      expect(whereis('a')).toBeUndefined();
      await starting;
      expect(await counts).toMatchObject({ specs: 2, active: 1 });
      expect(W.log()).toBe('+a');
    }, allowed),
  );
});

describe('Supervisor.restartChild', () => {
  it(
    'leaves a child that does not start as it was [otp-sup-001]',
    simulated(async () => {
      const W = new Workers();
      const init = (n: number) => (n === 2 ? stopInit('nope') : n === 3 ? ignore() : undefined);
      const supervisor = await Supervisor.startLink([W.spec('f', { init })], oneForOne);
      await Supervisor.terminateChild(supervisor, 'f');
      await expect(Supervisor.restartChild(supervisor, 'f')).rejects.toMatchObject(refused('nope'));
      expect(await children(supervisor)).toEqual([['f', undefined]]);
      expect(await Supervisor.restartChild(supervisor, 'f')).toBeUndefined();
      expect(await children(supervisor)).toEqual([['f', undefined]]);
      expect(await Supervisor.restartChild(supervisor, 'f')).toBe(whereis('f'));
    }, allowed),
  );

  it(
    'starts a child that ignored its start before',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await Supervisor.startLink(
        [W.spec('c', { init: (n) => (n === 1 ? ignore() : undefined) })],
        oneForOne,
      );
      expect(isPid(await Supervisor.restartChild(supervisor, 'c'))).toBe(true);
    }),
  );
});

describe('a temporary child', () => {
  it(
    'is gone with its spec when it ends [otp-sup-015] [otp-sup-054]',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await Supervisor.startLink([W.spec('t', { restart: 'temporary' })], oneForOne);
      await W.crashUnder(supervisor, 't', 'normal');
      await expect(Supervisor.getChildSpec(supervisor, 't')).rejects.toMatchObject(refused('not_found'));
      await Supervisor.startChild(supervisor, W.spec('t', { restart: 'temporary' }));
      expect(await children(supervisor)).toEqual([['t', 'pid']]);
    }),
  );
});

describe('a child that is not linked', () => {
  it(
    'is not noticed when it ends, does not count as active, and can be terminated [otp-sup-008]',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await Supervisor.startLink([], oneForOne);
      const me = self<Pid<never>>();
      const spec = {
        id: 'loose',
        start: async () => {
          const pid = spawn(() => sleep('infinity'));
          send(me, pid);
          return pid;
        },
      };
      await Supervisor.startChild(supervisor, spec);
      const pid = await receive<Pid<never>>();
      exit(pid, 'kill');
      await sleep(1);
      expect(await children(supervisor)).toEqual([['loose', 'pid']]);
      expect(await Supervisor.countChildren(supervisor)).toMatchObject({ specs: 1, active: 0 });
      await Supervisor.terminateChild(supervisor, 'loose');
      await Supervisor.restartChild(supervisor, 'loose');
      await Supervisor.terminateChild(supervisor, 'loose');
      expect(await children(supervisor)).toEqual([['loose', undefined]]);
      expect(W.log()).toBe('');
    }),
  );
});
