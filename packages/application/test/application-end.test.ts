import { Application } from '@coppice/application';
import { type ExitReason, exit, sleep, whereis } from '@coppice/core';
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
  [
    'killed',
    () => {
      const pid = whereis('top.sup');
      if (pid !== undefined) exit(pid, 'kill');
    },
  ],
];
const cases = restarts.flatMap((restart) => ends.map(([reason, end]) => [restart, reason, end] as const));

describe('the end of a tree', () => {
  it.each(cases)('of a %s application, with %s', (restart, reason, end) =>
    simulated(
      async ({ down }) => {
        const log = new Log();
        const base = app(log, 'base');
        const top = app(log, 'top', { applications: [base] });
        await Application.start(base, 'permanent');
        await Application.start(top, restart);
        log.take();
        reports.length = 0;
        const controller = whereis('application_controller');
        await end();
        await sleep(1);
        const goesOn = survivesEnd(restart, reason);
        const ended = { application: 'top', report: 'exited', reason, restart };
        expect(reports[0]).toEqual({ ...ended, action: goesOn ? 'none' : 'terminate' });
        // A worker that traps exits notices that its supervisor was killed.
        const own = '-top, prep top, stop top';
        if (reason === 'killed')
          expect(log.take().split(', ').toSorted()).toEqual(
            [...own.split(', '), ...(goesOn ? [] : ['prep base', '-base', 'stop base'])].toSorted(),
          );
        else expect(log.take()).toBe(goesOn ? own : `${own}, prep base, -base, stop base`);
        expect(Application.startedApplications()).toEqual(goesOn ? ['base'] : []);
        if (!goesOn && controller !== undefined)
          expect(await down(controller)).toEqual(['application_terminated', 'top', reason]);
      },
      { crashes: 'allowed' },
    )(),
  );
});

describe('a failed start', () => {
  it.each(restarts)('of a %s application', (restart) =>
    simulated(
      async ({ down }) => {
        const log = new Log();
        const base = app(log, 'base');
        const bad = app(log, 'bad', { applications: [base], start: () => exit('nope') });
        await Application.start(base);
        log.take();
        const controller = whereis('application_controller');
        const error: unknown = await Application.start(bad, restart).catch((thrown: unknown) => thrown);
        const reason = ['bad_return', ['EXIT', 'nope']];
        expect(error).toMatchObject({ application: 'bad', reason });
        await sleep(1);
        if (restart === 'temporary') return expect(Application.startedApplications()).toEqual(['base']);
        expect(log.take()).toBe('prep base, -base, stop base');
        if (controller !== undefined)
          expect(await down(controller)).toEqual(['application_start_failure', 'bad', reason]);
      },
      { crashes: 'allowed' },
    )(),
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
