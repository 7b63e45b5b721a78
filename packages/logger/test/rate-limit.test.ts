import { Application } from '@coppice/application';
import { type Clock, createNode, emit, run, sleep, spawn, spawnLink } from '@coppice/core';
import { Supervisor } from '@coppice/supervisor';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { attachLog, heldBack, mostInAnySecond } from './log.ts';

const KINDS = [fail, stumble, trip, slip, fall];

describe('reports by the thousands', () => {
  it(
    'are at most 100 lines in any second, and all others are counted',
    simulated(
      async ({ now }) => {
        const times: number[] = [];
        const { lines, detach } = attachLog({}, () => times.push(now()));
        for (let ms = 0; ms < 1_500; ms += 1) {
          for (let each = 0; each < 10; each += 1) spawn(KINDS[each % 5] ?? fail);
          await sleep(1);
        }
        await sleep(1_000);
        detach();
        const crashes = lines().filter(({ msg }) => msg.includes('crashed'));
        expect(mostInAnySecond(times)).toBeLessThanOrEqual(100);
        expect(crashes.length).toBeGreaterThanOrEqual(2 * 89);
        expect(crashes.length + heldBack(lines())).toBe(15_000);
      },
      { crashes: 'allowed' },
    ),
  );

  it(
    'of one kind leave room for others',
    simulated(
      async () => {
        const { lines, detach } = attachLog();
        for (let ms = 0; ms < 500; ms += 1) {
          for (let each = 0; each < 20; each += 1) spawn(fail);
          if (ms === 400) spawn(trip);
          await sleep(1);
        }
        await sleep(1_000);
        detach();
        expect(lines().filter(({ msg }) => msg.includes('trip!'))).toHaveLength(1);
        const summary = lines().at(-1);
        expect(summary).toMatchObject({
          level: 40,
          msg: 'held back 9975 reports, most of them: crash of fail',
          heldBack: { count: 9_975, kinds: { 'crash of fail': 9_975 } },
        });
      },
      { crashes: 'allowed' },
    ),
  );

  it(
    'are told of by the timer, though no report follows',
    simulated(
      async ({ advance }) => {
        const { lines, detach } = attachLog();
        for (let each = 0; each < 30; each += 1) spawn(fail);
        await advance(999);
        expect(lines()).toHaveLength(25);
        await advance(1);
        expect(lines().at(-1)).toMatchObject({ heldBack: { count: 5 } });
        await advance(10_000);
        expect(lines()).toHaveLength(26);
        detach();
      },
      { crashes: 'allowed' },
    ),
  );

  it(
    'are told of when the logger is detached',
    simulated(
      async ({ advance }) => {
        const { lines, detach } = attachLog();
        for (let each = 0; each < 30; each += 1) spawn(fail);
        await advance(0);
        detach();
        expect(lines().at(-1)).toMatchObject({ heldBack: { count: 5 } });
      },
      { crashes: 'allowed' },
    ),
  );
});

describe('reports after which something is gone', () => {
  it(
    'are written however busy the others are',
    simulated(
      async ({ now }) => {
        const times: number[] = [];
        const { lines, detach } = attachLog({}, () => times.push(now()));
        for (let each = 0; each < 500; each += 1) spawn(KINDS[each % 5] ?? fail);
        await sleep(0);
        const failing = { id: 'failing', start: () => Promise.reject(new Error('no database')) };
        const crashing = { id: 'crashing', start: async () => spawnLink(fail) };
        const Shop = Application.define('shop', {
          start: () => Supervisor.startLink([crashing], { strategy: 'one_for_one', maxRestarts: 0 }),
        });
        const Till = Application.define('till', {
          start: () => Supervisor.startLink([failing], { strategy: 'one_for_one' }),
        });
        await Application.start(Shop);
        await expect(Application.start(Till)).rejects.toThrow('no database');
        emit('coppice.application.signal', { signal: 'SIGTERM', action: 'stop', shutdownTimeout: 1_000 });
        const told = lines().map(({ msg }) => msg.replaceAll(/ #PID<[^>]*>/g, ''));
        expect(told).toEqual(
          expect.arrayContaining([
            'Supervisor: child crashing ended too often: reached_max_restart_intensity; the supervisor ends',
            'Supervisor: child failing did not start: ["EXIT",Error: no database]; the supervisor does not start',
            'application shop ended: shutdown',
            'application till did not start: Error: no database',
            'SIGTERM received; all applications are stopped, within 1000 ms',
          ]),
        );
        await sleep(2_000);
        detach();
        expect(mostInAnySecond(times)).toBeLessThanOrEqual(100);
      },
      { crashes: 'allowed' },
    ),
  );

  it(
    'are few a second too',
    simulated(async ({ advance }) => {
      const { lines, detach } = attachLog();
      const event = { application: 'shop', reason: 'why', restart: 'permanent', action: 'none' } as const;
      for (let each = 0; each < 200; each += 1)
        emit('coppice.application.report', { ...event, report: 'exited' });
      expect(lines()).toHaveLength(35);
      await advance(1_000);
      detach();
      expect(heldBack(lines())).toBe(165);
    }),
  );

  it('are written though the others have had the time that writing may take', async () => {
    let time = 0;
    const clock: Clock = { now: () => time, wallTime: () => time, schedule: () => () => {} };
    const node = createNode({ clock });
    const { lines, detach } = attachLog({}, () => {
      time += 50;
    });
    await node.run(async () => {
      for (const crash of KINDS) await run(crash).catch(() => {});
      emit('coppice.application.signal', { signal: 'SIGTERM', action: 'stop', shutdownTimeout: 1_000 });
    });
    detach();
    await node.stop();
    expect(lines().map(({ msg }) => msg.replace(/^.*(crashed|SIG)/, '$1'))).toEqual([
      'crashed: Error: fail!',
      'crashed: Error: stumble!',
      'crashed: Error: trip!',
      'SIGTERM received; all applications are stopped, within 1000 ms',
      'held back 2 reports, most of them: crash of slip',
    ]);
  });
});

describe('a pino that blocks', () => {
  it('gets a tenth of the thread', async () => {
    let time = 0;
    const clock: Clock = { now: () => time, wallTime: () => time, schedule: () => () => {} };
    const node = createNode({ clock });
    const { lines, detach } = attachLog({}, () => {
      time += 200; // how long it holds the thread
    });
    let spentElsewhere = 0;
    await node.run(async () => {
      for (let turn = 0; turn < 1_000; turn += 1) {
        time += 100;
        spentElsewhere += 100;
        await run(fail).catch(() => {});
      }
    });
    detach();
    await node.stop();
    expect(time - spentElsewhere).toBeLessThan(spentElsewhere * 0.12);
    expect(lines().length + heldBack(lines())).toBeGreaterThanOrEqual(1_000);
  });
});

function fail(): never {
  throw new Error('fail!');
}

function stumble(): never {
  throw new Error('stumble!');
}

function trip(): never {
  throw new Error('trip!');
}

function slip(): never {
  throw new Error('slip!');
}

function fall(): never {
  throw new Error('fall!');
}
