import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import {
  type ExitReason,
  exit,
  isAlive,
  isDown,
  monitor,
  monotonicTime,
  own,
  receive,
  self,
  send,
  sleep,
  spawnLink,
  subscribe,
  trapExit,
  unlink,
  whereis,
} from '@coppice/core';
import { GenServer, noreply } from '@coppice/gen-server';
import { type ChildSpec, type ShutdownTime, Supervisor, type SupervisorReport } from '@coppice/supervisor';
import { onNode, simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { children, ended, type WorkerOptions, Workers } from './worker.ts';

const oneForOne = { strategy: 'one_for_one' } as const;
const allowed = { crashes: 'allowed' } as const;

type Options = WorkerOptions & {
  readonly shutdown?: ShutdownTime;
  readonly restart?: 'permanent' | 'transient' | 'temporary';
};

/** How a child ends when it is terminated: its reason, the log, the ms that it took, the reason in a report of it. */
async function terminate(
  options: Options,
): Promise<readonly [ExitReason, string, number, ExitReason | undefined]> {
  const W = new Workers();
  const reports: SupervisorReport[] = [];
  const silence = subscribe('coppice.supervisor.report', (event) => reports.push(event));
  const supervisor = await Supervisor.startLink([W.spec('a', options)], oneForOne);
  W.log();
  const pid = whereis('a');
  if (pid === undefined) throw new Error('no worker');
  const ref = monitor(pid);
  const before = monotonicTime();
  await Supervisor.terminateChild(supervisor, 'a');
  const tookMs = monotonicTime() - before;
  const down = await receive(isDown);
  expect(down.ref).toBe(ref);
  await Supervisor.stop(supervisor);
  silence();
  return [
    down.reason,
    W.log(),
    tookMs,
    reports[0]?.report === 'shutdown_error' ? reports[0].reason : undefined,
  ];
}

const raised = new Error('in terminate');
const cases: readonly (readonly [what: string, options: Options, expected: readonly unknown[]])[] = [
  ['that does not trap exits just ends', {}, ['shutdown', '', 0, undefined]],
  [
    'that traps exits is terminated first [otp-sup-046]',
    { trap: true },
    ['shutdown', '-a shutdown', 0, undefined],
  ],
  [
    'of brutal_kill is killed without a chance [otp-sup-048]',
    { trap: true, shutdown: 'brutal_kill' },
    ['killed', '', 0, undefined],
  ],
  [
    'of brutal_kill that does not trap is killed [otp-sup-048]',
    { shutdown: 'brutal_kill' },
    ['killed', '', 0, undefined],
  ],
  [
    'that hangs is killed when its time is over [otp-sup-046] [semantics 85]',
    { trap: true, shutdown: 30, hang: 1_000 },
    ['killed', '-a shutdown', 30, 'killed'],
  ],
  [
    'that is slow is waited for',
    { trap: true, shutdown: 300, hang: 20 },
    ['shutdown', '-a shutdown', 20, undefined],
  ],
  [
    'of infinity is waited for [otp-sup-045]',
    { trap: true, shutdown: 'infinity', hang: 1e9 },
    ['shutdown', '-a shutdown', 1e9, undefined],
  ],
  [
    'of 0 is killed before it has run',
    { trap: true, shutdown: 0, terminate: () => exit('other') },
    ['killed', '', 0, 'killed'],
  ],
  ['of 0 that does not trap just ends', { shutdown: 0 }, ['shutdown', '', 0, undefined]],
  [
    'that ends with another reason is reported',
    { trap: true, terminate: () => exit('other') },
    ['other', '-a shutdown', 0, 'other'],
  ],
  [
    'that throws is reported',
    {
      trap: true,
      terminate: () => {
        throw raised;
      },
    },
    [raised, '-a shutdown', 0, raised],
  ],
  [
    'permanent, that ends normally, is reported',
    { trap: true, terminate: () => exit('normal') },
    ['normal', '-a shutdown', 0, 'normal'],
  ],
  [
    'transient, that ends normally, is not reported',
    { trap: true, restart: 'transient', terminate: () => exit('normal') },
    ['normal', '-a shutdown', 0, undefined],
  ],
  [
    'permanent, that ends with { shutdown }, is reported',
    { trap: true, terminate: () => exit({ shutdown: 1 }) },
    [{ shutdown: 1 }, '-a shutdown', 0, { shutdown: 1 }],
  ],
  [
    'temporary, that ends with { shutdown }, is not reported',
    { trap: true, restart: 'temporary', terminate: () => exit({ shutdown: 1 }) },
    [{ shutdown: 1 }, '-a shutdown', 0, undefined],
  ],
];

describe('shutdown of a child', () => {
  it.each(cases)('%s', (_what, options, expected) =>
    simulated(
      async () => {
        expect(await terminate(options)).toEqual(expected);
      },
      { ...allowed, lingering: 'allowed' },
    )(),
  );

  it(
    'gives a supervisor all the time that it needs [otp-sup-045]',
    simulated(async ({ now }) => {
      const W = new Workers();
      const inner = Supervisor.childSpec([W.spec('x', { trap: true, hang: 60_000, shutdown: 'infinity' })], {
        ...oneForOne,
        id: 'inner',
      });
      const supervisor = await Supervisor.startLink([inner], oneForOne);
      const before = now();
      await Supervisor.stop(supervisor);
      expect(now() - before).toBe(60_000);
    }),
  );

  it(
    'kills a plain process that ignores exit messages [semantics 85]',
    simulated(async () => {
      const supervisor = await Supervisor.startLink(
        [
          {
            id: 'p',
            shutdown: 30,
            start: async () => spawnLink(() => sleep('infinity'), { trapExit: true, name: 'plain' }),
          },
        ],
        oneForOne,
      );
      const pid = whereis('plain');
      if (pid === undefined) throw new Error('no process');
      const end = Supervisor.terminateChild(supervisor, 'p');
      expect(await ended(pid)).toBe('killed');
      await end;
    }),
  );

  it(
    'cannot be held up by a child that has unlinked itself [otp-sup-008] [semantics 85]',
    simulated(async () => {
      const supervisor = await Supervisor.startLink([], oneForOne);
      const naughty: ChildSpec = {
        id: 'naughty',
        shutdown: 100,
        start: async () => {
          const parent = self();
          return spawnLink(async () => {
            unlink(parent);
            await sleep('infinity');
          });
        },
      };
      await Supervisor.startChild(supervisor, naughty);
      await sleep(1);
      await Supervisor.terminateChild(supervisor, 'naughty');
      expect(await children(supervisor)).toEqual([['naughty', undefined]]);
      await Supervisor.stop(supervisor);
    }),
  );
});

describe('shutdown of a supervisor', () => {
  it(
    'takes one child after another, each within its own time [semantics 19]',
    simulated(
      async ({ now }) => {
        const W = new Workers();
        const hanging = (id: string) => W.spec(id, { trap: true, shutdown: 40, hang: 1_000 });
        const supervisor = await Supervisor.startLink(
          [hanging('h1'), hanging('h2'), hanging('h3')],
          oneForOne,
        );
        const before = now();
        await Supervisor.stop(supervisor);
        expect(now() - before).toBe(120);
        expect(W.log()).toBe('+h1, +h2, +h3, -h3 shutdown, -h2 shutdown, -h1 shutdown');
      },
      { lingering: 'allowed' },
    ),
  );

  it(
    'is not disturbed by children that end by themselves meanwhile, and does not restart them [otp-sup-050]',
    simulated(async () => {
      const W = new Workers();
      const specs = [
        W.spec('first', { trap: true }),
        W.spec('second', { trap: true, terminate: async () => void (await W.crash('first', 'crash')) }),
      ];
      const reports: SupervisorReport[] = [];
      const silence = subscribe('coppice.supervisor.report', (event) => reports.push(event));
      const supervisor = await Supervisor.startLink(specs, oneForOne);
      await Supervisor.stop(supervisor);
      silence();
      expect(W.log()).toBe('+first, +second, -second shutdown, -first crash');
      expect(reports).toMatchObject([
        { report: 'shutdown_error', reason: 'crash', child: { id: 'first' }, action: 'none' },
      ]);
    }, allowed),
  );

  it(
    'waits for the end of a child that is about to be killed by another: its name is free for the next one',
    onNode(async () => {
      const W = new Workers();
      const reports: unknown[] = [];
      const stop = subscribe('coppice.supervisor.report', ({ report, child, reason }) =>
        reports.push([report, child.id, reason]),
      );
      const supervisor = await Supervisor.startLink([W.spec('a'), W.spec('b')], { strategy: 'one_for_all' });
      const Killer = GenServer.define('Killer', {
        init: () => 0,
        cast: {
          go: (n) => {
            exit(whereis('a') ?? supervisor, 'kill');
            return noreply(n);
          },
        },
      });
      const killer = await Killer.start(undefined);
      const b = whereis('b') ?? supervisor;
      await sleep(1);
      // Both have their turns in one batch: the killer has sent its signal, which has not been applied, when the supervisor stops `a`.
      Killer.cast(killer, 'go');
      exit(b, 'kill');
      await ended(b);
      await Supervisor.countChildren(supervisor);
      stop();
      expect(reports).toEqual([
        ['child_terminated', 'b', 'killed'],
        ['shutdown_error', 'a', 'killed'],
      ]);
      expect(await Supervisor.countChildren(supervisor)).toMatchObject({ active: 2 });
    }, allowed),
  );

  it(
    'has it wait while a child is being stopped: a call is answered afterwards',
    simulated(async () => {
      const W = new Workers();
      const specs = [W.spec('slow', { trap: true, shutdown: 'infinity', hang: 80 }), W.spec('x')];
      const supervisor = await Supervisor.startLink(specs, oneForOne);
      const terminating = Supervisor.terminateChild(supervisor, 'slow');
      await sleep(15);
      expect(await Supervisor.countChildren(supervisor)).toMatchObject({ active: 1, specs: 2 });
      await terminating;
    }),
  );

  it(
    'that is killed itself while it stops a child takes that child with it',
    simulated(
      async () => {
        trapExit(true);
        const W = new Workers();
        const supervisor = await Supervisor.startLink(
          [W.spec('a', { trap: true, hang: 1_000, shutdown: 'infinity' }), W.spec('b')],
          oneForOne,
        );
        const [a, b] = [whereis('a'), whereis('b')];
        void Supervisor.stop(supervisor);
        await sleep(10);
        exit(supervisor, 'kill');
        await sleep(2_000);
        expect([a, b].map((pid) => pid !== undefined && isAlive(pid))).toEqual([false, false]);
      },
      { ...allowed, lingering: 'allowed' },
    ),
  );

  it(
    'closes what the children own before their successors start [semantics 87]',
    simulated(async () => {
      const events: string[] = [];
      const spec: ChildSpec = {
        id: 'port',
        start: async () => {
          events.push('start');
          return spawnLink(
            async () => {
              own(() => events.push('close'));
              await sleep('infinity');
            },
            { name: 'port' },
          );
        },
      };
      const supervisor = await Supervisor.startLink([spec], oneForOne);
      await sleep(1);
      const pid = whereis('port');
      if (pid === undefined) throw new Error('no process');
      exit(pid, 'kill');
      await sleep(1);
      expect(events).toEqual(['start', 'close', 'start']);
      expect(whereis('port')).not.toBe(pid);
      await Supervisor.stop(supervisor);
    }),
  );

  it(
    'frees a port in the turn of the exit: the restarted child listens on the same one [semantics 87]',
    onNode(async () => {
      const ports: number[] = [];
      const listening = self<number>();
      const spec: ChildSpec = {
        id: 'http',
        start: async () =>
          spawnLink(
            async () => {
              const server = own(createServer());
              server.listen(ports[0] ?? 0);
              await once(server, 'listening');
              send(listening, (server.address() as AddressInfo).port); // a server that listens on a port has one
              await sleep('infinity');
            },
            { name: 'http' },
          ),
      };
      const supervisor = await Supervisor.startLink([spec], { ...oneForOne, maxRestarts: 20 });
      for (let n = 0; n < 10; n += 1) {
        ports.push(await receive<number>());
        const pid = whereis('http');
        if (pid !== undefined) exit(pid, 'kill');
      }
      ports.push(await receive<number>());
      expect(new Set(ports).size).toBe(1);
      expect(await Supervisor.countChildren(supervisor)).toMatchObject({ active: 1 });
      await Supervisor.stop(supervisor);
    }),
  );
});

describe('an idle supervisor', () => {
  it(
    'has no timer, and neither has one that restarts: nothing polls',
    simulated(async ({ node }) => {
      const W = new Workers();
      const supervisor = await Supervisor.startLink([W.spec('a')], oneForOne);
      expect(node.statistics().timers).toBe(0);
      await W.crashUnder(supervisor, 'a', 'crash');
      expect(node.statistics().timers).toBe(0);
    }, allowed),
  );
});
