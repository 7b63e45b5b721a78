import { Application, ApplicationError } from '@coppice/application';
import {
  AlreadyStartedError,
  exit,
  isAlive,
  monitor,
  type Pid,
  processInfo,
  processTree,
  receive,
  StartError,
  self,
  send,
  sleep,
  spawn,
  spawnLink,
  subscribe,
  trapExit,
  whereis,
} from '@coppice/core';
import { Supervisor } from '@coppice/supervisor';
import { explore, simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { app, Log, reports, worker } from './apps.ts';

const tree = () => Supervisor.startLink([], { strategy: 'one_for_one' });
const refused = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

const fail = (error: Error): never => {
  throw error;
};

describe('Application.start', () => {
  it(
    'starts the tree and, when it is stopped, calls prepStop, stops the tree, calls stop [app-004] [semantics 91]',
    simulated(async () => {
      const log = new Log();
      const a = app(log, 'a');
      await Application.start(a);
      expect(Application.startedApplications()).toEqual(['a']);
      expect(log.take()).toBe('+a');
      await Application.stop(a);
      expect(Application.startedApplications()).toEqual([]);
      expect(log.take()).toBe('prep a, -a, stop a');
      expect(whereis('a.sup')).toBeUndefined();
    }),
  );

  it(
    'refuses what is started, and what depends on what is not or has ended',
    simulated(async () => {
      const log = new Log();
      const a = app(log, 'a');
      const b = app(log, 'b', { applications: [a] });
      const missing = await refused(Application.start(b));
      expect(missing).toBeInstanceOf(ApplicationError);
      expect(missing).toMatchObject({ code: 'application', application: 'b', reason: ['not_started', 'a'] });
      expect(missing).toHaveProperty(
        'message',
        'cannot start application b: a, which it depends on, is not started',
      );
      await Application.start(a);
      expect(await refused(Application.start(a))).toMatchObject({ reason: ['already_started', 'a'] });
      await Application.ensureStarted(a);
      await Supervisor.stop('a.sup', 'shutdown');
      await sleep(1); // until the controller has heard of it
      expect(await refused(Application.start(b))).toMatchObject({ reason: ['not_running', 'a'] });
      expect(await Application.ensureAllStarted(b)).toEqual(['a', 'b']);
    }),
  );

  it(
    'can start again what has ended by itself, and stop of it is fine once',
    simulated(async () => {
      const log = new Log();
      const a = app(log, 'a');
      await Application.start(a);
      await Supervisor.stop('a.sup', 'normal');
      await sleep(1); // until the controller has heard of it
      await Application.start(a);
      await Supervisor.stop('a.sup', 'normal');
      await sleep(1);
      await Application.stop(a);
      const again = await refused(Application.stop(a));
      expect(again).toMatchObject({ reason: ['not_started', 'a'], application: 'a' });
      expect(again).toHaveProperty('message', 'cannot stop application a: it is not started');
    }),
  );

  it('is one start for all that ask while it goes on', () =>
    explore(
      async () => {
        const log = new Log();
        let starts = 0;
        const slow = app(log, 'slow', {
          start: async () => {
            starts += 1;
            await sleep(100);
            return tree();
          },
        });
        const asked = [Application.start(slow), Application.start(slow, 'permanent')];
        const stopped = await refused(Application.stop(slow));
        expect(stopped).toMatchObject({ reason: ['not_started', 'slow'] });
        await Promise.all(asked);
        expect(starts).toBe(1);
        await Application.stop(slow);
      },
      { seeds: 20 },
    ));

  it(
    'goes on with others while one is slow',
    simulated(async ({ now }) => {
      const log = new Log();
      const slow = app(log, 'slow', { start: async () => (await sleep(1_000), tree()) });
      const fast = app(log, 'fast');
      const starting = Application.start(slow);
      await Application.start(fast);
      expect(now()).toBe(0);
      expect(Application.health()).toEqual({
        live: true,
        ready: false,
        why: ['application slow is being started'],
      });
      await starting;
      expect(now()).toBe(1_000);
      expect(Application.startedApplications()).toEqual(['slow', 'fast']);
    }),
  );

  it.each([
    [
      'a bad restart type',
      () => Application.start(app(new Log(), 'a'), 'always' as never),
      /^restart must be/,
    ],
    [
      'what is no application',
      () => Application.start({ name: 'a', env: {} }),
      /must be made by Application.define/,
    ],
    [
      'nothing',
      () => Application.stop(undefined as never),
      /^app must be made by Application.define, got undefined/,
    ],
    ['a bad list', () => Application.ensureAllStarted([1] as never), /^app must be made/],
  ])('rejects %s with a TypeError', (_what, call, message) =>
    simulated(async () => {
      const error = await refused(call());
      expect(error).toBeInstanceOf(TypeError);
      expect(error).toHaveProperty('message', expect.stringMatching(message));
    })(),
  );
});

describe('a start that fails', () => {
  const boom = new Error('boom');
  const startError = new StartError('child', 'nope');
  const cases: readonly [string, () => Promise<Pid<never>>, unknown][] = [
    ['is refused by a start function', () => Promise.reject(startError), 'nope'],
    ['throws', () => Promise.reject(boom), ['bad_return', ['EXIT', boom]]],
    ['throws what is no error', () => Promise.reject('ball'), ['bad_return', ['EXIT', { nocatch: 'ball' }]]],
    ['exits', async () => exit('x'), ['bad_return', ['EXIT', 'x']]],
    ['exits normal', async () => exit('normal'), ['EXIT', 'normal']],
    ['gives no pid', async () => 'what' as never, ['bad_return', 'what']],
    ['gives nothing', async () => undefined as never, ['bad_return', undefined]],
    ['ignores', async () => 'ignore' as never, ['bad_return', 'ignore']],
  ];

  it.each(cases)('because it %s has the reason of OTP', (_how, start, reason) =>
    simulated(async () => {
      const a = app(new Log(), 'a', { start });
      reports.length = 0;
      const error = await refused(Application.start(a));
      expect(error).toBeInstanceOf(ApplicationError);
      expect(error).toMatchObject({ application: 'a', reason });
      expect(reports).toEqual([
        { application: 'a', report: 'start_error', reason, restart: 'temporary', action: 'none' },
      ]);
      expect(Application.startedApplications()).toEqual([]);
      expect(await refused(Application.stop(a))).toMatchObject({ reason: ['not_started', 'a'] });
    })(),
  );

  it(
    'because its process is killed is told as that, and not as code that was left behind',
    simulated(async () => {
      const late: unknown[] = [];
      const stop = subscribe('coppice.process.late_error', (event) => late.push(event));
      const start = async (): Promise<Pid<never>> => {
        exit(self(), 'kill');
        return tree();
      };
      expect(await refused(Application.start(app(new Log(), 'a', { start })))).toMatchObject({
        reason: 'killed',
      });
      stop();
      expect(late).toEqual([]);
    }),
  );

  it(
    'names the error that caused it',
    simulated(async () => {
      const error = await refused(
        Application.start(app(new Log(), 'a', { start: () => Promise.reject(boom) })),
      );
      expect(error).toMatchObject({ message: 'application a did not start: Error: boom', cause: boom });
    }),
  );

  it(
    'because a name is taken tells who has it',
    simulated(async () => {
      spawn(() => sleep('infinity'), { name: 'a.sup' });
      const error = await refused(Application.start(app(new Log(), 'a')));
      expect(error).toMatchObject({ reason: expect.any(AlreadyStartedError) });
    }),
  );

  it(
    'stops in order what it has started, and kills what does not belong to the tree [semantics 93]',
    simulated(async ({ down, now }) => {
      const log = new Log();
      let stray: Pid<never> | undefined;
      const a = app(log, 'a', {
        start: async () => {
          await Supervisor.startLink([worker(log, 'one'), worker(log, 'two')], { strategy: 'one_for_one' });
          stray = spawn(() => sleep('infinity'), { trapExit: true });
          throw boom;
        },
      });
      await refused(Application.start(a));
      expect(log.take()).toBe('+one, +two, -two, -one');
      expect(stray && (await down(stray))).toBe('killed');
      expect(now()).toBe(0);
    }),
  );

  it(
    'waits 30 s for what was linked to it and does not end, then kills it',
    simulated(async ({ now }) => {
      let stuck: Pid<never> | undefined;
      const a = app(new Log(), 'a', {
        start: async () => {
          stuck = spawnLink(() => sleep('infinity'), { trapExit: true });
          throw boom;
        },
      });
      await refused(Application.start(a));
      expect(now()).toBe(30_000);
      expect(stuck && isAlive(stuck)).toBe(false);
    }),
  );

  it(
    'leaves no process behind',
    simulated(async ({ node }) => {
      await refused(Application.start(app(new Log(), 'a', { start: () => Promise.reject(boom) })));
      expect(node.processes().length).toBe(3); // main, the test, the controller
    }),
  );
});

describe('start phases', () => {
  const phases = (log: Log, last: () => void) => ({
    warm: () => log.add('warm'),
    open: async () => {
      await sleep(5);
      last();
    },
    late: () => log.add('late'),
  });

  it(
    'run in order when the tree has started, with the state of start, and before the start is done',
    simulated(async () => {
      const log = new Log();
      const a = Application.define('a', {
        env: { size: 3 },
        start: async () => ({ pid: await tree(), state: 'st' }),
        startPhases: {
          one: ({ type, env, state }) => log.add(`one ${type} ${env.size} ${state}`),
          two: () => log.add('two'),
        },
        prepStop: (state) => `${state}!`,
        stop: (state) => log.add(`stop ${state}`),
      });
      await Application.start(a);
      log.add('started');
      await Application.stop(a);
      expect(log.take()).toBe('one normal 3 st, two, started, stop st!');
    }),
  );

  it(
    'that throw stop the tree, and the start fails',
    simulated(async () => {
      const log = new Log();
      const bad = new Error('bad');
      const a = app(log, 'a', {
        startPhases: phases(log, () => {
          throw bad;
        }),
      });
      expect(await refused(Application.start(a))).toMatchObject({
        reason: [
          'bad_return_value',
          [
            ['start_phase', 'open'],
            ['EXIT', bad],
          ],
        ],
        cause: bad,
      });
      expect(log.take()).toBe('+a, warm, -a');
      const b = app(log, 'b', {
        startPhases: phases(log, () => {
          throw new StartError('pool', 'full');
        }),
      });
      expect(await refused(Application.start(b))).toMatchObject({
        reason: ['full', ['start_phase', 'open']],
      });
    }),
  );
});

describe('Application.ensureAllStarted', () => {
  it(
    'starts dependencies first and resolves with what it has started [app-004]',
    simulated(async () => {
      const log = new Log();
      const base = app(log, 'base');
      const left = app(log, 'left', { applications: [base] });
      const right = app(log, 'right', { applications: [base] });
      const top = app(log, 'top', { applications: [left, right] });
      expect(await Application.ensureAllStarted(top)).toEqual(['base', 'left', 'right', 'top']);
      expect(await Application.ensureAllStarted([top, base])).toEqual([]);
      expect(log.take()).toBe('+base, +left, +right, +top');
      expect(Application.startedApplications()).toEqual(['top', 'right', 'left', 'base']);
      await Application.stop(base); // its dependants are left alone
      expect(Application.startedApplications()).toEqual(['top', 'right', 'left']);
    }),
  );

  it(
    'stops what it has started when one fails, and says which [semantics 93]',
    simulated(async () => {
      const log = new Log();
      const running = app(log, 'running');
      const base = app(log, 'base', { applications: [running] });
      const mid = app(log, 'mid', { applications: [base] });
      const bad = app(log, 'bad', {
        applications: [mid],
        start: () => Promise.reject(new StartError('x', 'no')),
      });
      const top = app(log, 'top', { applications: [bad] });
      await Application.start(running);
      log.take();
      expect(await refused(Application.ensureAllStarted(top))).toMatchObject({
        application: 'bad',
        reason: 'no',
      });
      expect(log.take()).toBe('+base, +mid, prep mid, -mid, stop mid, prep base, -base, stop base');
      expect(Application.startedApplications()).toEqual(['running']);
    }),
  );
});

describe('stopping', () => {
  it(
    'kills whatever else the application has started: it is their group leader [semantics 94]',
    simulated(async ({ down }) => {
      let stray: Pid<never> | undefined;
      const a = app(new Log(), 'a', {
        start: () => {
          stray = spawn(
            async () => {
              spawn(() => sleep('infinity'), { name: 'grandchild', trapExit: true });
              await sleep('infinity');
            },
            { trapExit: true },
          );
          return tree();
        },
      });
      await Application.start(a);
      const grandchild = whereis('grandchild');
      await Application.stop(a);
      expect(stray && (await down(stray))).toBe('killed');
      expect(grandchild && (await down(grandchild))).toBe('killed');
    }),
  );

  it.each<[string, () => unknown, unknown, string[]]>([
    ['throws', () => fail(new Error('p')), 'old', ['prep_stop_error']],
    ['exits', () => exit('e'), 'old', ['prep_stop_error']],
    ['gives nothing', () => undefined, 'old', []],
    ['gives a state', () => 'new', 'new', []],
    ['gives null, which is a state', () => null, null, []],
  ])('goes on when prepStop %s, and when stop throws', (_how, prepStop, state, failures) =>
    simulated(async () => {
      const log = new Log();
      const a = Application.define('a', {
        start: async () => ({
          pid: await Supervisor.startLink([worker(log, 'w')], { strategy: 'one_for_one' }),
          state: 'old',
        }),
        prepStop: () => prepStop() as string,
        stop: (last) => {
          log.add(`stop ${last}`);
          throw new Error('s');
        },
      });
      await Application.start(a);
      reports.length = 0;
      await Application.stop(a);
      expect(log.take()).toBe(`+w, -w, stop ${state}`);
      expect(reports.map(({ report }) => report)).toEqual([...failures, 'stop_error', 'exited']);
    })(),
  );

  it(
    'from inside of the application ends the process that asks with the rest',
    simulated(async ({ down }) => {
      const a: Application = app(new Log(), 'a', {
        start: () =>
          Supervisor.startLink(
            [
              {
                id: 'asks',
                start: async () =>
                  spawnLink(
                    async () => {
                      await receive();
                      await Application.stop(a);
                    },
                    { name: 'asks' },
                  ),
              },
            ],
            { strategy: 'one_for_one' },
          ),
      });
      await Application.start(a);
      const asks = whereis('asks') as Pid<string>;
      send(asks, 'now');
      expect(await down(asks)).toBe('shutdown');
      await sleep(1);
      expect(Application.startedApplications()).toEqual([]);
    }),
  );

  it(
    'refuses a prepStop that asks for a start or a stop, which would wait for ever',
    simulated(async ({ now }) => {
      const other = app(new Log(), 'other');
      const answers: unknown[] = [];
      const a = Application.define('a', {
        start: tree,
        prepStop: async () => {
          answers.push(await refused(Application.start(other)), await refused(Application.stop(other)));
        },
      });
      await Application.start(a);
      await Application.stop(a);
      expect(answers).toMatchObject([{ reason: 'stopping' }, { reason: 'stopping' }]);
      expect(now()).toBe(0);
    }),
  );

  it(
    'waits for others that are asked meanwhile, as long as a prepStop takes',
    simulated(async ({ now }) => {
      const log = new Log();
      const slow = Application.define('slow', { start: tree, prepStop: () => sleep(500) });
      const other = app(log, 'other');
      await Application.start(slow);
      const stopping = Application.stop(slow);
      await Application.start(other);
      expect(now()).toBe(500);
      await stopping;
    }),
  );
});

describe('the processes of an application', () => {
  it(
    'are a controller, a master that leads the group, a starter, and the tree',
    simulated(async () => {
      await Application.start(app(new Log(), 'a'));
      const top = whereis('a.sup');
      if (top === undefined) throw new Error('not started');
      const starter = processInfo(top)?.parent;
      const master = starter && processInfo(starter)?.parent;
      expect(processInfo(top)?.groupLeader).toBe(master);
      expect(master && processInfo(master)).toMatchObject({
        initialCall: 'application_master',
        label: 'a',
        parent: whereis('application_controller'),
      });
      expect(processTree()).toContain('a #PID');
    }),
  );

  it(
    'end when the controller is killed, in order, and applications can be started again',
    simulated(
      async ({ down }) => {
        const log = new Log();
        const a = app(log, 'a');
        await Application.start(a);
        const top = whereis('a.sup');
        const controller = whereis('application_controller');
        if (top === undefined || controller === undefined) throw new Error('not started');
        exit(controller, 'kill');
        expect(await down(top)).toBe('killed');
        await sleep(1);
        expect(log.take()).toBe('+a, prep a, -a, stop a');
        expect(Application.startedApplications()).toEqual([]);
        await Application.start(a);
        expect(Application.startedApplications()).toEqual(['a']);
      },
      { crashes: 'allowed' },
    ),
  );

  it(
    'may be any process at the top, linked or not, dead or alive, as in OTP',
    simulated(async () => {
      const unlinked = app(new Log(), 'unlinked', { start: () => spawn(() => sleep('infinity')) });
      await Application.start(unlinked);
      expect(Application.startedApplications()).toEqual(['unlinked']);
      await Application.stop(unlinked);
      const log = new Log();
      const dead = app(log, 'dead', {
        start: async () => {
          const pid = spawn(() => {});
          await sleep(1);
          return pid;
        },
      });
      await Application.start(dead);
      await sleep(1);
      expect(Application.startedApplications()).toEqual([]);
      expect(log.take()).toBe('prep dead, stop dead');
    }),
  );

  it(
    'may lose what the start had linked before it is done',
    simulated(async () => {
      const a = app(new Log(), 'a', {
        start: async () => {
          spawnLink(() => exit('boom'));
          await sleep(20);
          return tree();
        },
      });
      await Application.start(a);
      expect(Application.startedApplications()).toEqual(['a']);
    }),
  );

  it(
    'belong to the node, not to who started the application',
    simulated(async ({ down }) => {
      const a = app(new Log(), 'a');
      const starter = spawn(() => Application.start(a));
      expect(await down(starter)).toBe('normal');
      expect(Application.startedApplications()).toEqual(['a']);
      const ref = monitor('a.sup');
      trapExit(true);
      void ref;
      expect(processInfo(self())?.links).toEqual([]);
    }),
  );

  it.each(['share', 'freeze', 'clone'] as const)(
    'work on a node whose messages are kept apart by %s',
    (isolation) =>
      simulated(
        async () => {
          const log = new Log();
          const settings = { list: [1] };
          const a = Application.define('a', {
            env: settings,
            start: async () => ({
              pid: await Supervisor.startLink([worker(log, 'w')], { strategy: 'one_for_one' }),
              state: settings,
            }),
            stop: (state) => log.add(`${state === settings}`),
          });
          await Application.start(a);
          await Application.stop(a);
          expect(log.take()).toBe('+w, -w, true');
          expect(Object.isFrozen(settings.list)).toBe(false);
          const bad = app(log, 'bad', { start: () => Promise.reject(new Error('boom')) });
          expect(await refused(Application.start(bad))).toMatchObject({
            reason: ['bad_return', ['EXIT', new Error('boom')]],
          });
        },
        { isolation },
      )(),
  );
});
