import { setTimeout as after } from 'node:timers/promises';
import {
  getKeys,
  type Pid,
  receive,
  register,
  self,
  send,
  sendAfter,
  sleep,
  spawn,
  subscribe,
} from '@coppice/core';
import {
  AbandonedError,
  DeadlockError,
  LeakError,
  LivelockError,
  simulate,
  simulated,
} from '@coppice/testing';
import { describe, expect, it } from 'vitest';

describe('the leak check', () => {
  const never = new Promise<void>(() => {}); // held here: what nobody holds is collected, and is no leak
  const stuck = async (): Promise<void> => {
    await never;
  };

  it('fails for code of an exited process that waits for ever, and tells where it was spawned', async () => {
    const run = simulate(() => void spawn(stuck));
    await expect(run).rejects.toThrow(LeakError);
    await expect(run).rejects.toThrow(/stuck, spawned at .*test-run\.test\.ts/);
  });

  it('allows it where the test says so', async () => {
    const { node } = await simulate(
      (simulation) => {
        spawn(stuck);
        return simulation;
      },
      { lingering: 'allowed' },
    );
    expect(node.lingering()).toMatchObject([{ initialCall: 'stuck' }]);
  });

  it('waits for code that ends in the real world', async () => {
    let ended = false;
    await simulate(() => {
      spawn(async () => {
        await after(20);
        ended = true;
      });
    });
    expect(ended).toBe(true);
  });

  it('fails for a timer that no process owns', async () => {
    const run = simulate(() => {
      register(self(), 'me');
      sendAfter('me', 'late', 60_000);
    });
    await expect(run).rejects.toThrow('timers of no process: 1');
  });

  it('fails for a subscriber that stays', async () => {
    let stop = (): void => {};
    const run = simulate(() => {
      stop = subscribe('coppice.dead_letter', () => {});
    });
    await expect(run).rejects.toThrow('subscribers of telemetry channels: 1');
    stop();
  });

  it('has nothing to say of names, timers and processes that the test did not clean up', () =>
    simulate(() => {
      register(self(), 'me');
      sendAfter(self<string>(), 'later', 60_000);
      spawn(() => sleep('infinity'), { name: 'sleeper' });
      expect(getKeys()).toEqual([]);
    }));
});

describe('a deadlock', () => {
  it('ends the test, and tells which processes wait', async () => {
    const run = simulate(async () => {
      const waiting = async (): Promise<void> => {
        await receive((message) => message === 'never');
      };
      const pid = spawn<unknown>(waiting, { name: 'waiter' });
      send(pid, { type: 'unwanted' });
      send(pid, 'text');
      await receive();
    });
    await expect(run).rejects.toThrow(DeadlockError);
    await expect(run).rejects.toThrow('at 0 virtual ms nothing can wake the test');
    await expect(run).rejects.toThrow(/#PID<0\.2\.0> test: waiting, mailbox empty/);
    await expect(run).rejects.toThrow(/waiter waiting: waiting, 2 in the mailbox: unwanted, string/);
  });

  it('is told of a promise that nobody settles', async () => {
    const run = simulate(() => new Promise(() => {}), { lingering: 'allowed' });
    await expect(run).rejects.toThrow('runs, or awaits what is not of the runtime');
  });

  it('is told when time stands because advance was called', async () => {
    const run = simulate(async ({ advance }) => {
      await advance(5);
      await sleep(10);
    });
    await expect(run).rejects.toThrow(
      'at 5 virtual ms nothing can wake the test: a timer is due at 15 ms, but since advance was called',
    );
  });

  it('is none while the real world is awaited', () =>
    simulate(async ({ now }) => {
      await after(300);
      expect(now()).toBe(0);
    }));
});

describe('a livelock', () => {
  it('ends the test', async () => {
    const run = simulate(
      async () => {
        const echo = async (): Promise<never> => {
          for (;;) send(await receive<Pid<unknown>>(), self<unknown>());
        };
        send(spawn<unknown>(echo, { name: 'ping' }), spawn<unknown>(echo, { name: 'pong' }));
        await sleep(1);
      },
      { maxTurns: 1_000 },
    );
    await expect(run).rejects.toThrow(LivelockError);
    await expect(run).rejects.toThrow(/at 0 virtual ms[^]*ping echo[^]*pong echo/);
  });
});

describe('a signal that aborts', () => {
  it('ends the test, and tells what its processes do', async () => {
    const limit = new AbortController();
    const run = simulate(
      async () => {
        limit.abort();
        await new Promise(() => {});
      },
      { signal: limit.signal, lingering: 'allowed' },
    );
    await expect(run).rejects.toThrow(AbandonedError);
    await expect(run).rejects.toThrow('the test did not end in time');
  });

  it('is taken from the test runner by simulated', async () => {
    const limit = new AbortController();
    const test = simulated(() => {
      limit.abort();
      return sleep('infinity');
    });
    await expect(test({ signal: limit.signal })).rejects.toThrow(AbandonedError);
  });

  it('ends a test at once when it has aborted before', async () => {
    const run = simulate(() => sleep('infinity'), { signal: AbortSignal.abort() });
    await expect(run).rejects.toThrow(AbandonedError);
  });
});
