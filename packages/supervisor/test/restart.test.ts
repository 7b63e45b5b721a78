import { exit, isAlive, link, sleep, spawn, spawnLink, subscribe, trapExit, whereis } from '@coppice/core';
import { ignore, stopInit } from '@coppice/gen-server';
import { type ChildSpec, type Strategy, Supervisor, type SupervisorReport } from '@coppice/supervisor';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { children, killUnder, Workers } from './worker.ts';

const trap = { trap: true } as const;
const allowed = { crashes: 'allowed' } as const;
const oneForOne = { strategy: 'one_for_one' } as const;

const crashes: readonly (readonly [strategy: Strategy, victim: string, log: string])[] = [
  ['one_for_one', 'a', '-a crash, +a'],
  ['one_for_one', 'b', '-b crash, +b'],
  ['one_for_all', 'a', '-a crash, -c shutdown, -b shutdown, +a, +b, +c'],
  ['one_for_all', 'b', '-b crash, -c shutdown, -a shutdown, +a, +b, +c'],
  ['one_for_all', 'c', '-c crash, -b shutdown, -a shutdown, +a, +b, +c'],
  ['rest_for_one', 'a', '-a crash, -c shutdown, -b shutdown, +a, +b, +c'],
  ['rest_for_one', 'b', '-b crash, -c shutdown, +b, +c'],
  ['rest_for_one', 'c', '-c crash, +c'],
];

describe('a restart', () => {
  it.each(crashes)(
    '%s: when %s crashes [otp-sup-062] [otp-sup-064] [otp-sup-072] [otp-sup-026] [semantics 82]',
    (strategy, victim, log) =>
      simulated(async () => {
        const W = new Workers();
        const supervisor = await Supervisor.startLink(
          [W.spec('a', trap), W.spec('b', trap), W.spec('c', trap)],
          { strategy },
        );
        W.log();
        await W.crashUnder(supervisor, victim, 'crash');
        expect(W.log()).toBe(log);
        expect(await children(supervisor)).toEqual([
          ['c', 'pid'],
          ['b', 'pid'],
          ['a', 'pid'],
        ]);
        await Supervisor.stop(supervisor);
        expect(W.log()).toBe('-c shutdown, -b shutdown, -a shutdown');
      }, allowed)(),
  );

  it.each(['one_for_all', 'rest_for_one'] as const)(
    '%s: does not start a temporary bystander again [otp-sup-017] [semantics 17]',
    (strategy) =>
      simulated(async () => {
        const W = new Workers();
        const specs = [
          W.spec('a', trap),
          W.spec('t', { trap: true, restart: 'temporary' }),
          W.spec('c', { trap: true, restart: 'transient' }),
        ];
        const supervisor = await Supervisor.startLink(specs, { strategy });
        W.log();
        await W.crashUnder(supervisor, 'a', 'crash');
        expect(W.log()).toBe('-a crash, -c shutdown, -t shutdown, +a, +c');
        expect(await children(supervisor)).toEqual([
          ['c', 'pid'],
          ['a', 'pid'],
        ]);
      }, allowed)(),
  );

  it.each(['one_for_all', 'rest_for_one'] as const)(
    '%s: starts siblings that had ended, or were terminated, with the group [semantics 17]',
    (strategy) =>
      simulated(async () => {
        const W = new Workers();
        const specs = [
          W.spec('a', trap),
          W.spec('b', { trap: true, restart: 'transient' }),
          W.spec('c', trap),
        ];
        const supervisor = await Supervisor.startLink(specs, { strategy });
        await W.crashUnder(supervisor, 'b', 'normal');
        await Supervisor.terminateChild(supervisor, 'c');
        W.log();
        await W.crashUnder(supervisor, 'a', 'crash');
        expect(W.log()).toBe('-a crash, +a, +b, +c');
      }, allowed)(),
  );

  it.each([
    ['one_for_one', '-b crash, ?b, ?b, +b'],
    [
      'one_for_all',
      '-b crash, -c shutdown, -a shutdown, +a, ?b, -a shutdown, +a, ?b, -a shutdown, +a, +b, +c',
    ],
    ['rest_for_one', '-b crash, -c shutdown, ?b, ?b, +b, +c'],
  ] as const)(
    '%s: that fails is tried again, and does not end the supervisor at the first try [otp-sup-040] [semantics 83]',
    (strategy, log) =>
      simulated(async () => {
        const W = new Workers();
        const init = (n: number) => (n === 2 || n === 3 ? stopInit('not_yet') : undefined);
        const specs = [W.spec('a', trap), W.spec('b', { trap: true, init }), W.spec('c', trap)];
        const supervisor = await Supervisor.startLink(specs, { strategy, maxRestarts: 5 });
        W.log();
        await W.crash('b', 'crash');
        await sleep(1);
        expect(W.log()).toBe(log);
        expect(await children(supervisor)).toEqual([
          ['c', 'pid'],
          ['b', 'pid'],
          ['a', 'pid'],
        ]);
        expect(await Supervisor.countChildren(supervisor)).toEqual({
          specs: 3,
          active: 3,
          supervisors: 0,
          workers: 3,
        });
      }, allowed)(),
  );

  it.each([
    ['one_for_all', '-a crash, -c shutdown, -b shutdown, +a, +b, ?c, -b shutdown, -a shutdown, +a, +b, +c'],
    ['rest_for_one', '-a crash, -c shutdown, -b shutdown, +a, +b, ?c, +c'],
  ] as const)(
    '%s: in which another child fails is tried again from that child [otp-sup-066] [otp-sup-074]',
    (strategy, log) =>
      simulated(async () => {
        const W = new Workers();
        const init = (n: number) => (n === 2 ? stopInit('not_yet') : undefined);
        const supervisor = await Supervisor.startLink(
          [W.spec('a', trap), W.spec('b', trap), W.spec('c', { trap: true, init })],
          { strategy },
        );
        W.log();
        await W.crash('a', 'crash');
        await sleep(1);
        expect(W.log()).toBe(log);
        expect(await children(supervisor)).toEqual([
          ['c', 'pid'],
          ['b', 'pid'],
          ['a', 'pid'],
        ]);
      }, allowed)(),
  );

  it(
    'that ignores leaves the child stopped, without an error',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await Supervisor.startLink(
        [W.spec('b', { init: (n) => (n === 2 ? ignore() : undefined) })],
        oneForOne,
      );
      await W.crashUnder(supervisor, 'b', 'crash');
      expect(await children(supervisor)).toEqual([['b', undefined]]);
    }, allowed),
  );

  it(
    'takes turns of the scheduler, not time [otp-sup-007]',
    simulated(async ({ now }) => {
      const W = new Workers();
      const supervisor = await Supervisor.startLink([W.spec('a')], { ...oneForOne, maxRestarts: 100 });
      for (let n = 0; n < 100; n += 1) await W.crashUnder(supervisor, 'a', 'crash');
      expect(now()).toBe(0);
      expect(W.starts('a')).toBe(0); // has no `init` of its own
      expect(await Supervisor.countChildren(supervisor)).toMatchObject({ specs: 1, active: 1 });
    }, allowed),
  );

  it(
    'is not limited in all, only within the period [otp-sup-007]',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await Supervisor.startLink([W.spec('a')], {
        ...oneForOne,
        maxRestarts: 2,
        maxSeconds: 1,
      });
      for (let n = 0; n < 20; n += 1) {
        await W.crashUnder(supervisor, 'a', 'crash');
        await sleep(501);
      }
      expect(isAlive(supervisor)).toBe(true);
    }, allowed),
  );

  it(
    'is made for a child that died before it was linked',
    simulated(async () => {
      let starts = 0;
      const spec: ChildSpec = {
        id: 'early',
        start: async () => {
          starts += 1;
          const pid = spawn(() => (starts === 1 ? undefined : sleep('infinity')));
          await sleep(1);
          link(pid);
          return pid;
        },
      };
      const supervisor = await Supervisor.startLink([spec], oneForOne);
      await sleep(10);
      expect(starts).toBe(2);
      expect(await Supervisor.countChildren(supervisor)).toMatchObject({ specs: 1, active: 1 });
    }),
  );

  it(
    'is made for a child that dies as soon as it has started',
    simulated(async () => {
      let starts = 0;
      const spec: ChildSpec = {
        id: 'brief',
        start: async () => {
          starts += 1;
          return spawnLink(() => (starts < 3 ? exit('too_short') : sleep('infinity')));
        },
      };
      const supervisor = await Supervisor.startLink([spec], oneForOne);
      await sleep(1);
      expect(starts).toBe(3);
      expect(await Supervisor.countChildren(supervisor)).toMatchObject({ specs: 1, active: 1 });
    }, allowed),
  );

  it.each(['one_for_one', 'one_for_all', 'rest_for_one'] as const)(
    'leaves the counts right: %s',
    (strategy) =>
      simulated(async () => {
        const W = new Workers();
        const inner = Supervisor.childSpec([W.spec('x')], { ...oneForOne, id: 'inner', name: 'inner' });
        const specs = [W.spec('a'), inner, W.spec('t', { restart: 'temporary' })];
        const supervisor = await Supervisor.startLink(specs, { strategy, maxRestarts: 100 });
        const counts = { specs: 3, active: 3, supervisors: 1, workers: 2 };
        const group = { specs: 2, active: 2, supervisors: 1, workers: 1 };
        expect(await Supervisor.countChildren(supervisor)).toEqual(counts);
        for (const id of ['a', 'inner', 'a', 'inner', 'x', 'a']) await killUnder(supervisor, id);
        expect(await Supervisor.countChildren(supervisor)).toEqual(
          strategy === 'one_for_one' ? counts : group,
        );
        await killUnder('inner', 'x');
        expect(await Supervisor.countChildren('inner')).toEqual({
          specs: 1,
          active: 1,
          supervisors: 0,
          workers: 1,
        });
      }, allowed)(),
  );

  it(
    'of a named child finds the name free [semantics 87]',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await Supervisor.startLink([W.spec('a')], oneForOne);
      const before = whereis('a');
      await killUnder(supervisor, 'a');
      const after = whereis('a');
      expect(after).toBeDefined();
      expect(after).not.toBe(before);
    }),
  );

  it(
    'leaves no process behind of an init that throws',
    simulated(async ({ node }) => {
      trapExit(true);
      const W = new Workers();
      const init = (n: number) => {
        if (n > 1 && n < 4) throw new Error('not yet');
        return undefined;
      };
      const supervisor = await Supervisor.startLink([W.spec('a', { init })], oneForOne);
      const before = node.processes().length;
      await W.crash('a', 'crash');
      await sleep(1);
      expect(node.processes()).toHaveLength(before);
      expect(await Supervisor.countChildren(supervisor)).toMatchObject({ specs: 1, active: 1 });
    }, allowed),
  );
});

describe('too many restarts', () => {
  it.each([
    ['one_for_one', '-c shutdown, -a shutdown'],
    ['one_for_all', '-c shutdown, -a shutdown'],
    ['rest_for_one', '-c shutdown, -a shutdown'],
  ] as const)(
    '%s: end the supervisor with shutdown, siblings first, last started first [otp-sup-063] [otp-sup-065] [otp-sup-073] [semantics 16]',
    (strategy, log) =>
      simulated(async ({ down }) => {
        trapExit(true);
        const W = new Workers();
        const specs = [W.spec('a', trap), W.spec('b', trap), W.spec('c', trap)];
        const supervisor = await Supervisor.startLink(specs, { strategy, maxRestarts: 1 });
        const end = down(supervisor);
        await W.crashUnder(supervisor, 'b', 'crash');
        W.log();
        await W.crash('b', 'crash');
        expect(await end).toBe('shutdown');
        expect(W.log()).toBe(`-b crash, ${log}`);
        expect(['a', 'b', 'c'].map(whereis)).toEqual([undefined, undefined, undefined]);
      }, allowed)(),
  );

  it.each([
    ['one_for_one', '-b crash, ?b, ?b, -c shutdown, -a shutdown'],
    ['one_for_all', '-b crash, -c shutdown, -a shutdown, +a, ?b, -a shutdown, +a, ?b, -a shutdown'],
    ['rest_for_one', '-b crash, -c shutdown, ?b, ?b, -a shutdown'],
  ] as const)('%s: failed ones count [otp-sup-040] [otp-sup-063] [semantics 17]', (strategy, log) =>
    simulated(async ({ down }) => {
      trapExit(true);
      const W = new Workers();
      const init = (n: number) => (n > 1 ? stopInit('never') : undefined);
      const specs = [W.spec('a', trap), W.spec('b', { trap: true, init }), W.spec('c', trap)];
      const supervisor = await Supervisor.startLink(specs, { strategy, maxRestarts: 2 });
      const end = down(supervisor);
      W.log();
      await W.crash('b', 'crash');
      expect(await end).toBe('shutdown');
      expect(W.log()).toBe(log);
      expect(W.starts('b')).toBe(3);
    }, allowed)(),
  );

  it(
    'count a group once [semantics 17]',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await Supervisor.startLink([W.spec('a'), W.spec('b'), W.spec('c')], {
        strategy: 'one_for_all',
        maxRestarts: 3,
      });
      for (let n = 0; n < 3; n += 1) await W.crashUnder(supervisor, 'a', 'crash');
      expect(isAlive(supervisor)).toBe(true);
    }, allowed),
  );

  it(
    'escalate: a permanent inner supervisor is restarted, a transient one is not [otp-sup-009] [semantics 16]',
    simulated(async () => {
      const W = new Workers();
      const inner = (id: string, restart: 'permanent' | 'transient') =>
        Supervisor.childSpec([W.spec(`${id}1`)], { ...oneForOne, maxRestarts: 0, id, name: id, restart });
      const outer = await Supervisor.startLink([inner('p', 'permanent'), inner('t', 'transient')], oneForOne);
      const before = whereis('p');
      await W.crash('p1', 'crash');
      await W.crash('t1', 'crash');
      await sleep(1);
      expect(await children(outer)).toEqual([
        ['t', undefined],
        ['p', 'pid'],
      ]);
      expect(whereis('p')).not.toBe(before);
      expect(whereis('p1')).toBeDefined();
    }, allowed),
  );

  it(
    'of the top supervisor never become an unhandled rejection',
    simulated(async ({ down }) => {
      trapExit(true);
      const W = new Workers();
      const supervisor = await Supervisor.startLink([W.spec('a')], { ...oneForOne, maxRestarts: 0 });
      const end = down(supervisor);
      const call = Supervisor.startChild(supervisor, {
        id: 'x',
        start: () => sleep(50).then(() => 'ignore' as const),
      });
      const next = Supervisor.countChildren(supervisor);
      await W.crash('a', 'crash');
      expect(await end).toBe('shutdown');
      expect(await call).toBeUndefined();
      expect(await next).toMatchObject({ specs: 2 });
      await expect(Supervisor.countChildren(supervisor)).rejects.toMatchObject({ reason: 'noproc' });
    }, allowed),
  );
});

describe('a restart that keeps failing', () => {
  const never = { strategy: 'one_for_one', maxRestarts: 1_000_000, maxSeconds: 1 } as const;
  const failing = (W: Workers, id: string) =>
    W.spec(id, { init: (n) => (n > 1 ? stopInit('never') : undefined) });

  it(
    'lets the child be seen, terminated and deleted [otp-sup-019] [otp-sup-012] [semantics 83]',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await Supervisor.startLink([failing(W, 'f'), W.spec('x')], never);
      await W.crash('f', 'crash');
      await Supervisor.countChildren(supervisor);
      expect(await children(supervisor)).toEqual([
        ['x', 'pid'],
        ['f', 'restarting'],
      ]);
      expect(await Supervisor.countChildren(supervisor)).toEqual({
        specs: 2,
        active: 1,
        supervisors: 0,
        workers: 2,
      });
      await expect(Supervisor.restartChild(supervisor, 'f')).rejects.toMatchObject({ reason: 'restarting' });
      await expect(Supervisor.deleteChild(supervisor, 'f')).rejects.toMatchObject({ reason: 'restarting' });
      await expect(Supervisor.startChild(supervisor, W.spec('f'))).rejects.toMatchObject({
        reason: 'already_present',
      });
      await Supervisor.terminateChild(supervisor, 'f');
      const starts = W.starts('f');
      await sleep(1);
      expect(W.starts('f')).toBe(starts);
      expect(await children(supervisor)).toEqual([
        ['x', 'pid'],
        ['f', undefined],
      ]);
      await Supervisor.deleteChild(supervisor, 'f');
    }, allowed),
  );

  it(
    'lets the supervisor be stopped [otp-sup-019] [semantics 83]',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await Supervisor.startLink([W.spec('x', trap), failing(W, 'f')], never);
      await W.crash('f', 'crash');
      await Supervisor.stop(supervisor);
      expect(isAlive(supervisor)).toBe(false);
      expect(W.log()).toMatch(/^\+x, \+f, -f crash, (\?f, )+-x shutdown$/);
    }, allowed),
  );

  it(
    'lets both be done under rest_for_one, with siblings after it [otp-sup-020]',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await Supervisor.startLink([W.spec('x', trap), failing(W, 'f'), W.spec('y', trap)], {
        ...never,
        strategy: 'rest_for_one',
      });
      await W.crash('f', 'crash');
      await Supervisor.countChildren(supervisor);
      expect(await children(supervisor)).toEqual([
        ['y', undefined],
        ['f', 'restarting'],
        ['x', 'pid'],
      ]);
      await Supervisor.terminateChild(supervisor, 'f');
      expect(await children(supervisor)).toEqual([
        ['y', undefined],
        ['f', undefined],
        ['x', 'pid'],
      ]);
      await Supervisor.restartChild(supervisor, 'y');
      await Supervisor.stop(supervisor);
      expect(W.log()).toMatch(/-y shutdown, -x shutdown$/);
    }, allowed),
  );
});

describe('reports', () => {
  it(
    'tell what happened, to whom, how many restarts count, and what follows',
    simulated(async ({ down }) => {
      trapExit(true);
      const reports: SupervisorReport[] = [];
      const stop = subscribe('coppice.supervisor.report', (event) => reports.push(event));
      const progress: unknown[] = [];
      const stopProgress = subscribe('coppice.supervisor.progress', (event) =>
        progress.push([event.name, event.child.id]),
      );
      const W = new Workers();
      const init = (n: number) => (n === 2 ? stopInit('not_yet') : undefined);
      const supervisor = await Supervisor.startLink([W.spec('a', { init })], {
        ...oneForOne,
        name: 'top',
        maxRestarts: 2,
      });
      const pid = whereis('a');
      await W.crash('a', 'crash');
      await sleep(1);
      const end = down(supervisor);
      const again = whereis('a');
      await killUnder(supervisor, 'a').catch(() => {});
      await end;
      stop();
      stopProgress();
      const common = {
        supervisor,
        name: 'top',
        module: 'Supervisor',
        strategy: 'one_for_one',
        maxRestarts: 2,
        maxSeconds: 5,
      };
      expect(reports).toMatchObject([
        {
          ...common,
          report: 'child_terminated',
          reason: 'crash',
          child: { id: 'a', pid, restart: 'permanent' },
          restarts: 1,
          action: 'restart',
        },
        {
          ...common,
          report: 'start_error',
          reason: 'not_yet',
          child: { id: 'a' },
          restarts: 1,
          action: 'try_again',
        },
        {
          ...common,
          report: 'child_terminated',
          reason: 'killed',
          child: { id: 'a', pid: again },
          restarts: 3,
          action: 'shutdown',
        },
        {
          ...common,
          report: 'shutdown',
          reason: 'reached_max_restart_intensity',
          restarts: 3,
          action: 'shutdown',
        },
      ]);
      expect(progress).toEqual([
        ['top', 'a'],
        ['top', 'a'],
      ]);
    }, allowed),
  );
});

describe('a tree', () => {
  it(
    'under a global name restarts properly [otp-sup-018]',
    simulated(async () => {
      const W = new Workers();
      const name = { global: 'tree' } as const;
      const inner = Supervisor.childSpec([W.spec('w')], { ...oneForOne, name, maxRestarts: 0 });
      const outer = await Supervisor.startLink([inner], oneForOne);
      const [before, worker] = [whereis(name), whereis('w')];
      await W.crash('w', 'crash');
      await sleep(1);
      expect([whereis(name), whereis('w')]).toEqual([expect.anything(), expect.anything()]);
      expect(whereis(name)).not.toBe(before);
      expect(whereis('w')).not.toBe(worker);
      expect(await Supervisor.whichChildren(outer)).toMatchObject([{ id: name, child: whereis(name) }]);
    }, allowed),
  );
});
