import { exit, receive, sleep, spawn, spawnLink } from '@coppice/core';
import { DeadlockError, LeakError, simulate, UndeclaredCrashError } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

const hour = 3_600_000;

describe('simulate', () => {
  it('sleeps 24 hours at once', () =>
    simulate(async ({ now }) => {
      await sleep(24 * hour);
      expect(now()).toBe(24 * hour);
    }));

  it('gives the value of its body', async () => {
    expect(await simulate(() => 42)).toBe(42);
  });

  it('tells why a process ended', () =>
    simulate(async ({ down }) => {
      const pid = spawn(() => sleep('infinity'));
      exit(pid, 'kill');
      expect(await down(pid)).toBe('killed');
      expect(await down(pid)).toBe('killed');
    }));

  it('rejects with what the body threw', async () => {
    const boom = new Error('boom');
    await expect(
      simulate(() => {
        throw boom;
      }),
    ).rejects.toBe(boom);
  });

  it('fails for an undeclared crash', async () => {
    const run = simulate(async ({ settle }) => {
      spawn(() => {
        throw new Error('bad');
      });
      await settle();
    });
    await expect(run).rejects.toThrow(UndeclaredCrashError);
  });

  it('fails for a failed expect of another process', async () => {
    const run = simulate(
      () => {
        spawn(() => expect(1).toBe(2));
      },
      { crashes: 'allowed' },
    );
    await expect(run).rejects.toThrow('expected 1 to be 2');
  });

  it('tells of a deadlock', async () => {
    await expect(simulate(() => receive())).rejects.toThrow(DeadlockError);
  });

  it('tells of lingering code', async () => {
    const run = simulate(() => {
      spawn(() => new Promise<void>(() => {}));
    });
    await expect(run).rejects.toThrow(LeakError);
  });

  it('advances', () =>
    simulate(async ({ advance, now }) => {
      const seen: number[] = [];
      spawnLink(async () => {
        for (;;) {
          await sleep(10);
          seen.push(now());
        }
      });
      await advance(9);
      expect(seen).toEqual([]);
      await advance(1);
      expect(seen).toEqual([10]);
      await advance(25);
      expect([now(), ...seen]).toEqual([35, 10, 20, 30]);
    }));
});
