import { Application } from '@coppice/application';
import { type ExitReason, exit, type Pid, sleep, whereis } from '@coppice/core';
import { Supervisor } from '@coppice/supervisor';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { refuseStart, survivesEnd, survivesFailedStart } from '../src/application-end.ts';
import { app, Log, reports } from './apps.ts';

const restarts = ['permanent', 'transient', 'temporary'] as const;

describe('survivesEnd', () => {
  // The BEAM's answers: `:application.start(:b, type)`, then its top supervisor ends.
  it.each([
    ['permanent', 'normal', false],
    ['permanent', 'shutdown', false],
    ['permanent', 'killed', false],
    ['transient', 'normal', true],
    ['transient', 'shutdown', false],
    ['transient', 'killed', false],
    ['temporary', 'normal', true],
    ['temporary', 'shutdown', true],
    ['temporary', 'killed', true],
  ] as const)('%s, %s: %s', (restart, reason, answer) => {
    expect(survivesEnd(restart, reason)).toBe(answer);
  });
});

describe('survivesFailedStart', () => {
  const normal = ['EXIT', 'normal'];
  it.each([
    ['permanent', 'nope', false],
    ['permanent', normal, false],
    ['transient', 'nope', false],
    ['transient', normal, true],
    ['temporary', 'nope', true],
    ['temporary', normal, true],
  ] as const)('%s, %s: %s', (restart, reason, answer) => {
    expect(survivesFailedStart(restart, reason)).toBe(answer);
  });
});

describe('refuseStart', () => {
  const condition = (running: readonly string[], ended: readonly string[]) => ({
    name: 'top',
    applications: ['a', 'b'],
    isRunning: (name: string) => running.includes(name),
    isStarted: (name: string) => [...running, ...ended].includes(name),
  });
  it.each([
    [['a', 'b'], [], undefined],
    [['a', 'b', 'top'], [], ['already_started', 'top']],
    [['a', 'b'], ['top'], undefined],
    [['a'], [], ['not_started', 'b']],
    [[], ['a'], ['not_started', 'b']],
    [['a'], ['b'], ['not_running', 'b']],
    [[], ['a', 'b'], ['not_running', 'a']],
  ] as const)('with %j running and %j ended: %j', (running, ended, answer) => {
    expect(refuseStart(condition(running, ended))).toEqual(answer);
  });
});

/** How the top supervisor of an application ends, and with what. */
const ends: readonly [ExitReason, () => Promise<void> | void][] = [
  ['normal', () => Supervisor.stop('top.sup', 'normal')],
  ['shutdown', () => Supervisor.stop('top.sup', 'shutdown')],
  ['killed', () => exit(pidOf('top.sup'), 'kill')],
];
const cases = restarts.flatMap((restart) => ends.map(([reason, end]) => ({ restart, reason, end })));
const survivors = cases.filter(({ restart, reason }) => survivesEnd(restart, reason));
const fatal = cases.filter(({ restart, reason }) => !survivesEnd(restart, reason));

function pidOf(name: string): Pid<never> {
  const pid = whereis(name);
  if (pid === undefined) throw new Error(`no process ${name}`);
  return pid;
}

/** Starts `base`, and `top` that depends on it; ends the tree of `top`. What happened is in the log. */
async function endTop(log: Log, { restart, end }: (typeof cases)[number]): Promise<Pid<never>> {
  const base = app(log, 'base');
  await Application.start(base, 'permanent');
  await Application.start(app(log, 'top', { applications: [base] }), restart);
  log.take();
  reports.length = 0;
  const controller = pidOf('application_controller');
  await end();
  await sleep(1);
  return controller;
}

describe('the end of a tree', () => {
  it.each(survivors)('of a $restart application, with $reason, leaves the others alone', (one) =>
    simulated(async ({ expectCrash }) => {
      if (one.reason === 'killed') expectCrash('killed'); // the worker, which traps exits, as in OTP
      const log = new Log();
      await endTop(log, one);
      const { restart, reason } = one;
      expect(reports).toEqual([{ application: 'top', report: 'exited', reason, restart, action: 'none' }]);
      expect(log.take()).toBe('-top, prep top, stop top'); // the worker first, also when both hear of one death
      expect(Application.startedApplications()).toEqual(['base']);
      expect(Application.health().ready).toBe(true);
    })(),
  );

  it.each(fatal)('of a $restart application, with $reason, takes the node down', (one) =>
    simulated(async ({ down, expectCrash }) => {
      if (one.reason === 'killed') expectCrash('killed');
      const log = new Log();
      const controller = await endTop(log, one);
      const { restart, reason } = one;
      expect(await down(controller)).toEqual(['application_terminated', 'top', reason]);
      expect(reports).toEqual([
        { application: 'top', report: 'exited', reason, restart, action: 'terminate' },
        { application: 'base', report: 'exited', reason: 'stopped', restart: 'permanent', action: 'none' },
      ]);
      expect(log.take()).toBe('-top, prep top, stop top, prep base, -base, stop base');
      expect(Application.startedApplications()).toEqual([]);
    })(),
  );
});

describe('a failed start', () => {
  const reason = ['bad_return', ['EXIT', 'nope']];
  async function startBad(log: Log, restart: (typeof restarts)[number]): Promise<Pid<never>> {
    const base = app(log, 'base');
    const bad = app(log, 'bad', { applications: [base], start: () => exit('nope') });
    await Application.start(base);
    log.take();
    const controller = pidOf('application_controller');
    await expect(Application.start(bad, restart)).rejects.toMatchObject({ application: 'bad', reason });
    await sleep(1);
    return controller;
  }

  it(
    'of a temporary application leaves the others alone',
    simulated(async () => {
      const log = new Log();
      await startBad(log, 'temporary');
      expect(log.take()).toBe('');
      expect(Application.startedApplications()).toEqual(['base']);
    }),
  );

  it.each(['permanent', 'transient'] as const)('of a %s application takes the node down', (restart) =>
    simulated(async ({ down }) => {
      const log = new Log();
      const controller = await startBad(log, restart);
      expect(await down(controller)).toEqual(['application_start_failure', 'bad', reason]);
      expect(log.take()).toBe('prep base, -base, stop base');
    })(),
  );

  it(
    'of a transient application that exits normal leaves the others alone',
    simulated(async () => {
      const base = app(new Log(), 'base');
      await Application.start(base);
      await expect(
        Application.start(app(new Log(), 'gone', { start: () => exit('normal') }), 'transient'),
      ).rejects.toThrow('application gone did not start');
      expect(Application.startedApplications()).toEqual(['base']);
    }),
  );
});

describe('the end of the node', () => {
  it('stops all applications in order, the one that is being started too', async () => {
    const log = new Log();
    await simulated(
      async () => {
        const base = app(log, 'base');
        const top = app(log, 'top', { applications: [base] });
        await Application.ensureAllStarted(top);
        const slow = app(log, 'slow', {
          start: async () => {
            await Supervisor.startLink([], { strategy: 'one_for_one', name: 'half' });
            return sleep('infinity') as never;
          },
        });
        void Application.start(slow);
        await sleep(1);
        expect(whereis('half')).toBeDefined();
        log.take();
      },
      { crashes: 'allowed' },
    )();
    expect(log.take()).toBe('prep top, -top, stop top, prep base, -base, stop base');
  });
});
