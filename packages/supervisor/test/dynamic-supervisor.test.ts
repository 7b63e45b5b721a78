import {
  AlreadyStartedError,
  exit,
  isAlive,
  isPid,
  monotonicTime,
  type Pid,
  StartError,
  sleep,
  spawn,
  spawnLink,
  subscribe,
  trapExit,
  whereis,
} from '@coppice/core';
import { GenServer, ignore, stopInit } from '@coppice/gen-server';
import {
  type ChildSpec,
  DynamicSupervisor,
  type DynamicSupervisorFlags,
  type DynamicSupervisorPid,
  SpecError,
  Supervisor,
  type SupervisorReport,
} from '@coppice/supervisor';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { ended, killUnder, type WorkerPid, Workers } from './worker.ts';

const allowed = { crashes: 'allowed' } as const;
const restarts = ['permanent', 'transient', 'temporary'] as const;
const oneForOne = { strategy: 'one_for_one' } as const;

/** Starts a worker that must start. */
async function startWorker(supervisor: DynamicSupervisorPid, spec: ChildSpec<WorkerPid>): Promise<WorkerPid> {
  const pid = await DynamicSupervisor.startChild(supervisor, spec);
  if (pid === undefined) throw new Error('the start was ignored');
  return pid;
}

/** What each child is: `'pid'` or `'restarting'`. */
async function shapes(supervisor: DynamicSupervisorPid): Promise<readonly unknown[]> {
  const infos = await DynamicSupervisor.whichChildren(supervisor);
  return infos.map(({ child }) => (isPid(child) ? 'pid' : child));
}

function collectReports(): { readonly reports: readonly SupervisorReport[]; readonly stop: () => void } {
  const reports: SupervisorReport[] = [];
  return { reports, stop: subscribe('coppice.supervisor.report', (event) => reports.push(event)) };
}

describe('DynamicSupervisor.startLink', () => {
  it(
    'starts without children, with default flags [dynsup-004]',
    simulated(async () => {
      const supervisor = await DynamicSupervisor.startLink();
      expect(await DynamicSupervisor.countChildren(supervisor)).toEqual({
        specs: 0,
        active: 0,
        supervisors: 0,
        workers: 0,
      });
      const W = new Workers();
      const { reports, stop } = collectReports();
      const pid = await startWorker(supervisor, W.nameless('a'));
      await W.crashUnder(supervisor, pid, 'crash');
      stop();
      expect(reports).toMatchObject([
        { module: 'DynamicSupervisor', strategy: 'one_for_one', maxRestarts: 3, maxSeconds: 5 },
      ]);
    }, allowed),
  );

  it(
    'under a taken name rejects with who has it [dynsup-006]',
    simulated(async () => {
      const Jobs = DynamicSupervisor.name('jobs');
      const first = await DynamicSupervisor.startLink({ name: Jobs });
      expect(whereis(Jobs)).toBe(first);
      const second = DynamicSupervisor.startLink({ name: Jobs });
      await expect(second).rejects.toBeInstanceOf(AlreadyStartedError);
      await expect(second).rejects.toMatchObject({ pid: first });
    }),
  );

  it.each([
    [{ maxRestarts: -1 }, 'maxRestarts must be a whole number from 0, got -1', ['invalid_intensity', -1]],
    [{ maxSeconds: 0 }, 'maxSeconds must be a whole number from 1, got 0', ['invalid_period', 0]],
    [
      { maxChildren: -1 },
      `maxChildren must be a whole number from 0, or 'infinity', got -1`,
      ['invalid_max_children', -1],
    ],
    [{ extraArguments: 1 }, 'extraArguments must be an array, got 1', ['invalid_extra_arguments', 1]],
    [{ strategy: 'one_for_all' }, 'strategy', ['invalid_strategy', 'one_for_all']],
    [{ autoShutdown: 'x' }, 'autoShutdown', ['invalid_auto_shutdown', 'x']],
  ] as const)('refuses %j', (flags, message, reason) =>
    simulated(async () => {
      const failure: unknown = await DynamicSupervisor.startLink(flags as never).catch(
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(SpecError);
      expect(failure).toMatchObject({
        message: expect.stringContaining(message),
        reason: ['supervisor_data', reason],
      });
    })(),
  );

  it(
    'may be supervised itself, several under their names [dynsup-001] [dynsup-002]',
    simulated(async () => {
      const specs = [
        DynamicSupervisor.childSpec({ name: 'one' }),
        DynamicSupervisor.childSpec({ name: 'two' }),
        DynamicSupervisor.childSpec(),
      ];
      expect(specs.map(({ id, type, modules }) => [id, type, modules])).toEqual([
        ['one', 'supervisor', ['DynamicSupervisor']],
        ['two', 'supervisor', ['DynamicSupervisor']],
        ['DynamicSupervisor', 'supervisor', ['DynamicSupervisor']],
      ]);
      const supervisor = await Supervisor.startLink(specs, oneForOne);
      expect(await Supervisor.countChildren(supervisor)).toEqual({
        specs: 3,
        active: 3,
        supervisors: 3,
        workers: 0,
      });
      expect(DynamicSupervisor.childSpec({ id: 'x', restart: 'transient', shutdown: 5 })).toMatchObject({
        id: 'x',
        restart: 'transient',
        shutdown: 5,
      });
      expect(() => DynamicSupervisor.childSpec({ maxChildren: -1 })).toThrow(SpecError);
    }),
  );
});

describe('DynamicSupervisor.define', () => {
  it(
    'makes a module with startLink and childSpec [dynsup-003]',
    simulated(async () => {
      const Jobs = DynamicSupervisor.define('Jobs', (maxChildren: number) => ({ maxChildren }));
      expect(Jobs.childSpec(1)).toEqual({
        id: 'Jobs',
        start: expect.any(Function),
        type: 'supervisor',
        modules: ['Jobs'],
      });
      const supervisor = await Jobs.startLink(0, { name: 'jobs' });
      await expect(DynamicSupervisor.startChild('jobs', new Workers().nameless('a'))).rejects.toMatchObject({
        reason: 'max_children',
      });
      await DynamicSupervisor.stop(supervisor);
    }),
  );

  it(
    'whose init ignores, or gives something else [dynsup-005]',
    simulated(async () => {
      trapExit(true);
      expect(await DynamicSupervisor.define('Off', () => 'ignore').startLink()).toBe('ignore');
      const bad = async (value: unknown) => {
        const failure: unknown = await DynamicSupervisor.define('Bad', () => value as DynamicSupervisorFlags)
          .startLink()
          .catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(StartError);
        return (failure as StartError).reason;
      };
      expect(await bad('x')).toEqual(['bad_return', ['Bad', 'init', 'x']]);
      expect(await bad({ maxRestarts: -1 })).toEqual(['supervisor_data', ['invalid_intensity', -1]]);
    }, allowed),
  );
});

const ignored = async (): Promise<'ignore'> => 'ignore';

describe('DynamicSupervisor.startChild', () => {
  it(
    'takes a start that gives its result, or throws, at once',
    simulated(async ({ down }) => {
      const supervisor = await DynamicSupervisor.startLink();
      const child = { id: 'child', restart: 'temporary' } as const;
      const pid = await DynamicSupervisor.startChild(supervisor, {
        ...child,
        start: () => spawnLink(() => sleep(10)),
      });
      expect(await shapes(supervisor)).toEqual(['pid']);
      expect(await down(pid ?? supervisor)).toBe('normal');
      expect(await shapes(supervisor)).toEqual([]);
      const ignored = DynamicSupervisor.startChild(supervisor, { ...child, start: () => 'ignore' as const });
      expect(await ignored).toBeUndefined();
      const failed = DynamicSupervisor.startChild(supervisor, { ...child, start: () => exit('bad') });
      await expect(failed).rejects.toMatchObject({ reason: 'bad' });
      expect(await shapes(supervisor)).toEqual([]);
    }),
  );

  it(
    'gives the pid; ids need not differ [dynsup-012] [dynsup-013]',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await DynamicSupervisor.startLink();
      const [a, b] = [
        await startWorker(supervisor, W.nameless('a')),
        await startWorker(supervisor, W.nameless('a')),
      ];
      expect(a).not.toBe(b);
      expect(await GenServer.call(a, 'ping')).toBe('pong');
      expect(await DynamicSupervisor.whichChildren(supervisor)).toEqual([
        { id: undefined, child: a, type: 'worker', modules: ['Worker'] },
        { id: undefined, child: b, type: 'worker', modules: ['Worker'] },
      ]);
    }),
  );

  it(
    'lists them in the order of their starts, a restarted one last',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await DynamicSupervisor.startLink();
      const [a, b, c] = [
        await startWorker(supervisor, W.nameless('a')),
        await startWorker(supervisor, W.nameless('b')),
        await startWorker(supervisor, W.nameless('c')),
      ];
      const pids = async () => (await DynamicSupervisor.whichChildren(supervisor)).map(({ child }) => child);
      expect(await pids()).toEqual([a, b, c]);
      await killUnder(supervisor, a);
      expect(await pids()).toEqual([b, c, expect.toSatisfy((pid) => isPid(pid) && pid !== a)]);
    }),
  );

  it.each([
    ['no object', 42, ['invalid_child_spec', 42]],
    ['no id', { start: ignored }, ['invalid_child_spec', { start: ignored }]],
    ['no start', { id: 1 }, ['invalid_child_spec', { id: 1 }]],
    ['no function', { id: 1, start: 'x' }, ['invalid_child_spec', { id: 1, start: 'x' }]],
    ['restart', { id: 1, start: ignored, restart: 'x' }, ['invalid_restart_type', 'x']],
    ['shutdown', { id: 1, start: ignored, shutdown: -1 }, ['invalid_shutdown', -1]],
    ['type', { id: 1, start: ignored, type: 'x' }, ['invalid_child_type', 'x']],
    ['modules', { id: 1, start: ignored, modules: 'x' }, ['invalid_modules', 'x']],
  ])('refuses a bad spec: %s [dynsup-015] [dynsup-030] [otp-sup-044]', (_what, spec, reason) =>
    simulated(async () => {
      const supervisor = await DynamicSupervisor.startLink();
      const failure: unknown = await DynamicSupervisor.startChild(supervisor, spec as ChildSpec).catch(
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(SpecError);
      expect(failure).toMatchObject({ reason });
    })(),
  );

  const raised = new Error('in start');
  const ball: unknown = 'ball';
  it.each<readonly [what: string, start: () => Promise<unknown>, reason: unknown]>([
    ['gives something else', async () => 'other', 'other'],
    ['fails as starts do', () => Promise.reject(new StartError('x', 'from_start')), 'from_start'],
    ['throws', () => Promise.reject(raised), raised],
    ['exits', async () => exit('in_start'), 'in_start'],
    ['throws no error', () => Promise.reject(ball), { nocatch: 'ball' }],
  ])(
    'rejects with why a start failed: %s; nothing is kept [dynsup-016] [dynsup-017] [otp-sup-041]',
    (_what, start, reason) =>
      simulated(async () => {
        const supervisor = await DynamicSupervisor.startLink();
        const spec = { id: 1, start } as ChildSpec; // what is no start function is the test
        await expect(DynamicSupervisor.startChild(supervisor, spec)).rejects.toMatchObject({
          code: 'child',
          reason,
        });
        expect(await DynamicSupervisor.countChildren(supervisor)).toMatchObject({ specs: 0 });
      })(),
  );

  it.each(restarts)(
    'keeps nothing of a %s child that ignores its start [dynsup-016] [otp-sup-035] [otp-sup-036] [semantics 18]',
    (restart) =>
      simulated(async () => {
        const supervisor = await DynamicSupervisor.startLink({ maxChildren: 1 });
        const spec = new Workers().nameless('a', { restart, init: () => ignore() });
        expect(await DynamicSupervisor.startChild(supervisor, spec)).toBeUndefined();
        expect(await DynamicSupervisor.startChild(supervisor, spec)).toBeUndefined();
        expect(await DynamicSupervisor.whichChildren(supervisor)).toEqual([]);
      })(),
  );

  it(
    'hands on what a start gives beside the pid; such children restart [otp-sup-069] [dynsup-016]',
    simulated(async () => {
      const supervisor = await DynamicSupervisor.startLink();
      const start = async () => ({ pid: spawnLink(() => sleep('infinity')), info: 7 });
      const started = await DynamicSupervisor.startChild(supervisor, { id: 1, start });
      expect(started?.info).toBe(7);
      if (started !== undefined) await killUnder(supervisor, started.pid);
      expect(await shapes(supervisor)).toEqual(['pid']);
    }),
  );

  it(
    'puts extra arguments before the own ones, at restarts too [dynsup-014] [dynsup-025]',
    simulated(async () => {
      const seen: unknown[] = [];
      const supervisor = await DynamicSupervisor.startLink({ extraArguments: ['tenant', 7] });
      const own = 'own';
      const start = async (tenant: string, shard: number) => {
        seen.push([tenant, shard, own]);
        return spawnLink(() => sleep('infinity'));
      };
      const pid = await DynamicSupervisor.startChild(supervisor, { id: 1, start });
      if (pid !== undefined) await killUnder(supervisor, pid);
      expect(seen).toEqual([
        ['tenant', 7, 'own'],
        ['tenant', 7, 'own'],
      ]);
    }),
  );

  it(
    'completes the spec with defaults, which can be read back [otp-sup-043]',
    simulated(async () => {
      const supervisor = await DynamicSupervisor.startLink();
      const start = async () => spawnLink(() => sleep('infinity'));
      const pid = (await DynamicSupervisor.startChild(supervisor, { id: 'a', start })) ?? supervisor;
      expect(await DynamicSupervisor.getChildSpec(supervisor, pid)).toEqual({
        id: 'a',
        start,
        restart: 'permanent',
        shutdown: 5_000,
        type: 'worker',
        significant: false,
        modules: [],
      });
      await expect(DynamicSupervisor.getChildSpec(supervisor, supervisor)).rejects.toMatchObject({
        reason: 'not_found',
      });
    }),
  );

  it(
    'refuses more than maxChildren [dynsup-018]',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await DynamicSupervisor.startLink({ maxChildren: 1 });
      const pid = await startWorker(supervisor, W.nameless('a'));
      await expect(DynamicSupervisor.startChild(supervisor, W.nameless('b'))).rejects.toMatchObject({
        code: 'child',
        reason: 'max_children',
      });
      await DynamicSupervisor.terminateChild(supervisor, pid);
      expect(isPid(await DynamicSupervisor.startChild(supervisor, W.nameless('b')))).toBe(true);
      const none = await DynamicSupervisor.startLink({ maxChildren: 0 });
      await expect(DynamicSupervisor.startChild(none, W.nameless('c'))).rejects.toMatchObject({
        reason: 'max_children',
      });
    }),
  );
});

describe('a dynamic child', () => {
  const reasons = ['normal', 'shutdown', { shutdown: 1 }, 'crash', 'killed'] as const;
  for (const reason of reasons) {
    const isClean = reason !== 'crash' && reason !== 'killed';
    it.each([
      ['permanent', true],
      ['transient', !isClean],
      ['temporary', false],
    ] as const)(
      `that is %s and ends with ${JSON.stringify(reason)} is restarted: %s [dynsup-019] [dynsup-020] [dynsup-021] [otp-sup-067]`,
      (restart, isRestarted) =>
        simulated(async () => {
          const W = new Workers();
          const supervisor = await DynamicSupervisor.startLink();
          const bystander = await startWorker(supervisor, W.nameless('b'));
          const pid = await startWorker(supervisor, W.nameless('a', { restart }));
          if (reason === 'killed') await killUnder(supervisor, pid);
          else await W.crashUnder(supervisor, pid, reason);
          expect(await shapes(supervisor)).toEqual(isRestarted ? ['pid', 'pid'] : ['pid']);
          const infos = await DynamicSupervisor.whichChildren(supervisor);
          expect(infos.map(({ child }) => child)).toContain(bystander);
          expect(infos.map(({ child }) => child)).not.toContain(pid);
          const active = isRestarted ? 2 : 1;
          expect(await DynamicSupervisor.countChildren(supervisor)).toEqual({
            specs: active,
            active,
            supervisors: 0,
            workers: active,
          });
        }, allowed)(),
    );
  }

  it(
    'is forgotten when its restart ignores [dynsup-022]',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await DynamicSupervisor.startLink();
      const pid = await startWorker(
        supervisor,
        W.nameless('a', { init: (n) => (n === 2 ? ignore() : undefined) }),
      );
      await W.crashUnder(supervisor, pid, 'crash');
      expect(await DynamicSupervisor.countChildren(supervisor)).toMatchObject({ specs: 0, active: 0 });
    }, allowed),
  );

  it(
    'whose restart fails is tried again [dynsup-022] [dynsup-026]',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await DynamicSupervisor.startLink({ maxRestarts: 4 });
      const pid = await startWorker(
        supervisor,
        W.nameless('a', { init: (n) => (n === 2 || n === 3 ? stopInit('x') : undefined) }),
      );
      await W.crash(pid, 'crash');
      await sleep(1);
      expect(W.log()).toBe('+a, -a crash, ?a, ?a, +a');
      expect(await DynamicSupervisor.countChildren(supervisor)).toMatchObject({ specs: 1, active: 1 });
    }, allowed),
  );

  it(
    'whose restart keeps failing counts against maxChildren, is seen, and can be terminated by its last pid [dynsup-023] [dynsup-024] [dynsup-041] [otp-sup-021] [otp-sup-012]',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await DynamicSupervisor.startLink({
        maxChildren: 1,
        maxRestarts: 1_000_000,
        maxSeconds: 1,
      });
      for (const failing of [() => stopInit('x'), () => exit('x')]) {
        let starts = 0;
        const pid = await startWorker(
          supervisor,
          W.nameless('a', { init: () => (++starts > 1 ? failing() : undefined) }),
        );
        await W.crashUnder(supervisor, pid, 'crash');
        expect(await shapes(supervisor)).toEqual(['restarting']);
        expect(await DynamicSupervisor.countChildren(supervisor)).toEqual({
          specs: 1,
          active: 0,
          supervisors: 0,
          workers: 1,
        });
        await expect(DynamicSupervisor.startChild(supervisor, W.nameless('b'))).rejects.toMatchObject({
          reason: 'max_children',
        });
        await DynamicSupervisor.terminateChild(supervisor, pid);
        expect(await shapes(supervisor)).toEqual([]);
        const before = starts;
        await sleep(1);
        expect(starts).toBe(before);
      }
    }, allowed),
  );

  it(
    'that crashes too often ends the supervisor and its siblings [dynsup-027] [otp-sup-070]',
    simulated(async ({ down }) => {
      trapExit(true);
      const W = new Workers();
      const supervisor = await DynamicSupervisor.startLink({ maxRestarts: 1 });
      const end = down(supervisor);
      const bystander = await startWorker(supervisor, W.nameless('b', { trap: true }));
      const pid = await startWorker(supervisor, W.nameless('a'));
      await W.crashUnder(supervisor, pid, 'crash');
      const [, again] = await DynamicSupervisor.whichChildren(supervisor);
      await W.crash(again?.child as Pid<never>, 'crash'); // it runs
      expect(await end).toBe('shutdown');
      expect(isAlive(bystander)).toBe(false);
      expect(W.log()).toMatch(/-b shutdown$/);
    }, allowed),
  );

  it(
    'whose restart fails too often ends the supervisor [dynsup-028]',
    simulated(async ({ down }) => {
      trapExit(true);
      const W = new Workers();
      const supervisor = await DynamicSupervisor.startLink({ maxRestarts: 2 });
      const end = down(supervisor);
      const pid = await startWorker(
        supervisor,
        W.nameless('a', { init: (n) => (n > 1 ? stopInit('x') : undefined) }),
      );
      await W.crash(pid, 'crash');
      expect(await end).toBe('shutdown');
      expect(W.starts('a')).toBe(3);
    }, allowed),
  );

  it(
    'is found after others have died and been restarted: the books stay right [otp-sup-071]',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await DynamicSupervisor.startLink({ maxRestarts: 100 });
      const pids = [];
      for (const id of ['a', 'b', 'c']) {
        const init = (n: number) => (n === 2 ? stopInit('x') : undefined);
        pids.push(await startWorker(supervisor, W.nameless(id, { init })));
      }
      for (const pid of pids) exit(pid, 'kill');
      await sleep(1);
      expect(await DynamicSupervisor.countChildren(supervisor)).toEqual({
        specs: 3,
        active: 3,
        supervisors: 0,
        workers: 3,
      });
      for (const { child } of await DynamicSupervisor.whichChildren(supervisor)) {
        await DynamicSupervisor.terminateChild(supervisor, child as Pid<never>); // all run
      }
      expect(await shapes(supervisor)).toEqual([]);
    }, allowed),
  );

  it(
    'may be a supervisor: counts go by type [otp-sup-011]',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await DynamicSupervisor.startLink();
      await DynamicSupervisor.startChild(supervisor, Supervisor.childSpec([W.spec('x')], oneForOne));
      await startWorker(supervisor, W.nameless('a'));
      expect(await DynamicSupervisor.countChildren(supervisor)).toEqual({
        specs: 2,
        active: 2,
        supervisors: 1,
        workers: 1,
      });
    }),
  );
});

describe('DynamicSupervisor.terminateChild', () => {
  it(
    'goes by pid alone: by id, restart and delete are refused [otp-sup-002]',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await DynamicSupervisor.startLink();
      const pid = await startWorker(supervisor, W.nameless('a'));
      await expect(DynamicSupervisor.terminateChild(supervisor, 'a' as never)).rejects.toThrow(
        'pid must be a pid, got "a"',
      );
      const asStatic = supervisor as never;
      for (const operation of [
        Supervisor.terminateChild,
        Supervisor.restartChild,
        Supervisor.deleteChild,
        Supervisor.getChildSpec,
      ]) {
        await expect(operation(asStatic, 'a')).rejects.toMatchObject({
          code: 'child',
          reason: 'simple_one_for_one',
        });
      }
      await DynamicSupervisor.terminateChild(supervisor, pid);
      await expect(DynamicSupervisor.terminateChild(supervisor, pid)).rejects.toMatchObject({
        reason: 'not_found',
      });
      expect(isAlive(pid)).toBe(false);
    }),
  );

  it.each([
    ['brutal_kill', 'killed', '', 0],
    [30, 'killed', '-a shutdown', 30],
    [5_000, 'shutdown', '-a shutdown', 100],
  ] as const)('stops within the shutdown time: %s [dynsup-039] [dynsup-040]', (shutdown, reason, log, ms) =>
    simulated(
      async ({ now }) => {
        const W = new Workers();
        const supervisor = await DynamicSupervisor.startLink();
        const pid = await startWorker(supervisor, W.nameless('a', { trap: true, hang: 100, shutdown }));
        W.log();
        const before = now();
        const terminating = DynamicSupervisor.terminateChild(supervisor, pid);
        expect(await ended(pid)).toBe(reason);
        await terminating;
        expect([W.log(), now() - before]).toEqual([log, ms]);
      },
      { ...allowed, lingering: 'allowed' },
    )(),
  );
});

describe('the shutdown of a dynamic supervisor', () => {
  interface Given {
    readonly shutdown: number | 'infinity' | 'brutal_kill';
    readonly hang?: number;
    readonly restart?: 'permanent' | 'transient' | 'temporary';
    readonly endsWith?: unknown;
  }
  /** Stops five such children: how long it took, and the reasons that were reported. */
  async function stopFive({
    endsWith,
    hang,
    shutdown,
    restart,
  }: Given): Promise<readonly [number, readonly unknown[]]> {
    const W = new Workers();
    const supervisor = await DynamicSupervisor.startLink();
    const options = {
      trap: true,
      shutdown,
      ...(hang !== undefined && { hang }),
      ...(restart && { restart }),
      ...(endsWith !== undefined && { terminate: () => exit(endsWith) }),
    };
    for (let n = 0; n < 5; n += 1) await startWorker(supervisor, W.nameless(`w${n}`, options));
    const { reports, stop } = collectReports();
    const before = monotonicTime();
    await DynamicSupervisor.stop(supervisor);
    stop();
    expect(reports.every(({ report }) => report === 'shutdown_error')).toBe(true);
    return [monotonicTime() - before, reports.map(({ reason }) => reason)];
  }
  const five = <T>(value: T): readonly T[] => [value, value, value, value, value];

  it.each<readonly [string, Given, readonly [number, readonly unknown[]]]>([
    [
      'brutal_kill children at once [dynsup-031] [otp-sup-049]',
      { shutdown: 'brutal_kill', hang: 100 },
      [0, []],
    ],
    [
      'infinity children, all together, as long as it takes [dynsup-032]',
      { shutdown: 'infinity', hang: 1e7 },
      [1e7, []],
    ],
    [
      'infinity children that end otherwise, which is reported [dynsup-033] [otp-sup-051]',
      { shutdown: 'infinity', hang: 9, endsWith: 'odd' },
      [9, five('odd')],
    ],
    ['timed children that make it [dynsup-034] [otp-sup-047]', { shutdown: 100, hang: 99 }, [99, []]],
    [
      'timed children that end otherwise, which is reported [dynsup-035]',
      { shutdown: 100, endsWith: 'odd' },
      [0, five('odd')],
    ],
    [
      'timed children that do not make it, which are killed [dynsup-036] [otp-sup-047]',
      { shutdown: 100, hang: 1_000 },
      [100, five('killed')],
    ],
    [
      'permanent children that end normally, which is reported [dynsup-037]',
      { shutdown: 100, endsWith: 'normal' },
      [0, five('normal')],
    ],
    [
      'permanent children that end with { shutdown }, which is not reported, unlike that of a static one',
      { shutdown: 100, endsWith: { shutdown: 1 } },
      [0, []],
    ],
    [
      'transient children that end normally, which is not',
      { shutdown: 100, endsWith: 'normal', restart: 'transient' },
      [0, []],
    ],
  ])('ends %s', (_what, given, expected) =>
    simulated(
      async () => {
        expect(await stopFive(given)).toEqual(expected);
      },
      { ...allowed, lingering: 'allowed' },
    )(),
  );

  it(
    'ends all kinds together, in the time of the slowest; one whose restart keeps failing does not stall it [dynsup-038] [otp-sup-068] [semantics 19]',
    simulated(
      async ({ now }) => {
        const W = new Workers();
        const supervisor = await DynamicSupervisor.startLink({ maxRestarts: 1_000_000, maxSeconds: 1 });
        await startWorker(supervisor, W.nameless('k', { trap: true, hang: 500, shutdown: 'brutal_kill' }));
        await startWorker(supervisor, W.nameless('t', { trap: true, hang: 500, shutdown: 50 }));
        await startWorker(supervisor, W.nameless('i', { trap: true, hang: 200, shutdown: 'infinity' }));
        await startWorker(supervisor, W.nameless('n'));
        const failing = await startWorker(
          supervisor,
          W.nameless('f', { init: (n) => (n > 1 ? stopInit('x') : undefined) }),
        );
        await W.crash(failing, 'crash');
        const before = now();
        await DynamicSupervisor.stop(supervisor);
        expect(now() - before).toBe(200);
      },
      { ...allowed, lingering: 'allowed' },
    ),
  );

  it(
    'tells the real reason of children that were dead already [otp-sup-050]',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await DynamicSupervisor.startLink();
      const one = await startWorker(supervisor, W.nameless('a'));
      const two = await startWorker(supervisor, W.nameless('b'));
      await GenServer.suspend(supervisor); // their exits stay in its mailbox
      await W.crash(one, 'crash');
      await W.crash(two, 'normal');
      const { reports, stop } = collectReports();
      await DynamicSupervisor.stop(supervisor);
      stop();
      expect(reports.map(({ reason }) => reason)).toEqual(['crash', 'normal']);
    }, allowed),
  );

  it(
    'counts a child whose end it cannot see, as Elixir does, until it is terminated',
    simulated(async ({ down }) => {
      const supervisor = await DynamicSupervisor.startLink();
      const start = async () => {
        const pid = spawn(() => {});
        await down(pid);
        return pid;
      };
      const pid = await DynamicSupervisor.startChild(supervisor, { id: 'dead', start });
      expect(await DynamicSupervisor.countChildren(supervisor)).toMatchObject({ specs: 1, active: 1 });
      await DynamicSupervisor.terminateChild(supervisor, pid ?? supervisor);
      expect(await DynamicSupervisor.countChildren(supervisor)).toMatchObject({ specs: 0, active: 0 });
    }),
  );
});
