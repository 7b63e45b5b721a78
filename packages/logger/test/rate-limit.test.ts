import { type Clock, createNode, run, sleep, spawn } from '@coppice/core';
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
        expect(crashes.length).toBeGreaterThanOrEqual(2 * 99);
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
