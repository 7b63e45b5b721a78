import {
  type Context,
  createNode,
  ExitError,
  exit,
  isDown,
  monotonicTime,
  nodeName,
  type Pid,
  receive,
  self,
  send,
  sendAfter,
  sendInterval,
  sleep,
  spawn,
  spawnLink,
  spawnMonitor,
  systemTime,
} from '@coppice/core';
import { simulate, simulated } from '@coppice/testing';
import { describe, expect, it, vi } from 'vitest';

const HOUR = 3_600_000;
const forever = () => sleep('infinity');

describe('simulate', () => {
  it('gives the value of its body', async () => {
    expect(await simulate(() => 42)).toBe(42);
    expect(await simulate(async () => 'later')).toBe('later');
  });

  it('runs the body as a process of a node of its own', async () => {
    const first = await simulate(({ node }, context) => {
      expect(context.self).toBe(self());
      expect(nodeName()).toBe(node.name);
      return node;
    });
    await simulate(({ node }) => expect(node).not.toBe(first));
  });

  it('gives the body the messages that its context names', () =>
    simulate(async ({ node }, { self: me, receive: take }: Context<{ n: number }>) => {
      node.spawn(() => send(me, { n: 7 }));
      expect((await take()).n).toBe(7);
    }));

  it('rejects with what the body threw', async () => {
    const boom = new Error('boom');
    await expect(simulate(() => Promise.reject(boom))).rejects.toBe(boom);
  });

  it('rejects with the error of a process that the body is linked to', async () => {
    const boom = new Error('boom');
    const run = simulate(async () => {
      spawnLink(() => {
        throw boom;
      });
      await receive();
    });
    await expect(run).rejects.toBe(boom);
  });

  it('rejects with an ExitError when the body exits', async () => {
    const error: unknown = await simulate(() => exit('enough')).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ExitError);
    expect(error).toMatchObject({ reason: 'enough' });
  });

  it('runs several at once, each in its own time', async () => {
    const ends = await Promise.all(
      [3, 1, 2].map((hours) =>
        simulate(async ({ now }) => {
          await sleep(hours * HOUR);
          return now() / HOUR;
        }),
      ),
    );
    expect(ends).toEqual([3, 1, 2]);
  });

  it('runs inside of another', () =>
    simulate(async ({ now }) => {
      await sleep(5);
      const inner = await simulate(async (simulation) => {
        await sleep(1_000);
        return simulation.now();
      });
      expect(inner).toBe(1_000);
      expect(now()).toBe(5);
    }));

  it('refuses a body that is no function and a seed that is no whole number', async () => {
    // @ts-expect-error no function
    await expect(simulate('body')).rejects.toThrow(new TypeError('body must be a function, got "body"'));
    await expect(simulate(() => {}, { seed: 0.5 })).rejects.toThrow(
      new RangeError('seed must be a whole number, got 0.5'),
    );
  });

  it('refuses an isolation that there is not', async () => {
    // @ts-expect-error no such isolation
    await expect(simulate(() => {}, { isolation: 'none' })).rejects.toThrow(/isolation must be/);
  });
});

describe('isolation', () => {
  const mutate = async (): Promise<unknown> => {
    const message = { n: 1 };
    send(self<object>(), message);
    message.n = 2;
    return await receive();
  };

  it('freezes messages, so that changing one is an error', async () => {
    await expect(simulate(mutate)).rejects.toThrow(TypeError);
  });

  it('may share or copy them', async () => {
    expect(await simulate(mutate, { isolation: 'share' })).toEqual({ n: 2 });
    expect(await simulate(mutate, { isolation: 'clone' })).toEqual({ n: 1 });
  });
});

describe('time', () => {
  it(
    'passes by itself, at once: 24 hours of sleep',
    simulated(async ({ now }) => {
      await sleep(24 * HOUR);
      expect(now()).toBe(24 * HOUR);
    }),
  );

  it(
    'starts at 0, in the year 2000',
    simulated(async ({ now }) => {
      expect(now()).toBe(0);
      expect(monotonicTime()).toBe(0);
      expect(new Date(systemTime()).toISOString()).toBe('2000-01-01T00:00:00.000Z');
      await sleep(1_500);
      expect(monotonicTime()).toBe(1_500);
      expect(new Date(systemTime()).toISOString()).toBe('2000-01-01T00:00:01.500Z');
    }),
  );

  it(
    'fires timers in their order, those of one moment too',
    simulated(async () => {
      const me = self<string>();
      sendAfter(me, 'c', 30);
      sendAfter(me, 'a', 10);
      sendAfter(me, 'b', 20);
      sendAfter(me, 'b2', 20);
      const seen = [await receive(), await receive(), await receive(), await receive()];
      expect(seen).toEqual(['a', 'b', 'b2', 'c']);
    }),
  );

  it(
    'fires timers that are longer than what a host can wait',
    simulated(async ({ now }) => {
      await sleep(400 * 24 * HOUR);
      expect(now()).toBe(400 * 24 * HOUR);
    }),
  );

  it(
    'passes while the body awaits a promise that another process settles',
    simulated(async ({ now }) => {
      const value = await new Promise<string>((resolve) => {
        spawn(async () => {
          for (let round = 0; round < 10; round += 1) await sleep(HOUR);
          resolve('done');
        });
      });
      expect([value, now()]).toEqual(['done', 10 * HOUR]);
    }),
  );

  it('is not disturbed by the fake timers of a test runner', async () => {
    vi.useFakeTimers();
    try {
      expect(
        await simulate(async ({ now }) => {
          await sleep(HOUR);
          return now();
        }),
      ).toBe(HOUR);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('advance', () => {
  it(
    'lets exactly that much time pass, with all that follows of each timer',
    simulated(async ({ advance, now }) => {
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
      expect(seen).toEqual([10, 20, 30]);
      expect(now()).toBe(35);
    }),
  );

  it(
    'runs what is runnable before time passes, and with 0 does only that',
    simulated(async ({ advance, now }) => {
      const seen: string[] = [];
      spawn(() => {
        seen.push('ran');
        spawn(() => {
          seen.push(`then at ${now()}`);
        });
      });
      await advance(0);
      expect(seen).toEqual(['ran', 'then at 0']);
    }),
  );

  it(
    'stops time otherwise, from its first call on',
    simulated(async ({ advance, now }) => {
      let woke = false;
      spawn(async () => {
        await sleep(1);
        woke = true;
      });
      await advance(0);
      const { ref } = spawnMonitor(() => {});
      await receive(isDown);
      expect(ref).toBeDefined();
      expect([woke, now()]).toEqual([false, 0]);
      await advance(1);
      expect([woke, now()]).toEqual([true, 1]);
    }),
  );

  it(
    'may be called by several processes at once',
    simulated(async ({ advance, now }) => {
      const seen: number[] = [];
      const walk = async (ms: number): Promise<void> => {
        await advance(ms);
        seen.push(now());
      };
      spawn(() => walk(20));
      spawn(() => walk(10));
      await walk(30);
      expect(seen).toEqual([10, 20, 30]);
    }),
  );

  it(
    'ends with the process that called it',
    simulated(async ({ advance, down }) => {
      const walker = spawn(() => advance(1_000));
      await advance(1);
      exit(walker, 'kill');
      expect(await down(walker)).toBe('killed');
    }),
  );

  it(
    'refuses what is no duration',
    simulated(async ({ advance, settle }) => {
      await expect(advance(-1)).rejects.toThrow('ms must be 0 or more milliseconds, got -1');
      await expect(advance(Number.NaN)).rejects.toThrow(RangeError);
      await expect(settle(-1)).rejects.toThrow(RangeError);
    }),
  );
});

describe('settle', () => {
  it(
    'lets time pass until no timer is pending',
    simulated(async ({ settle, now }) => {
      let rounds = 0;
      spawn(async () => {
        for (; rounds < 3; rounds += 1) await sleep(HOUR);
      });
      await settle();
      expect([rounds, now()]).toEqual([3, 3 * HOUR]);
      await settle();
      expect(now()).toBe(3 * HOUR);
    }),
  );

  it(
    'lets no more time pass than it was given',
    simulated(async ({ settle, now }) => {
      sendInterval(self<string>(), 'tick', 100);
      await settle(250);
      expect(now()).toBe(250);
      expect([await receive(), await receive()]).toEqual(['tick', 'tick']);
    }),
  );

  it(
    'rejects when timers have no end',
    simulated(async ({ settle }) => {
      const stop = spawn(async () => {
        for (;;) await sleep(1);
      });
      await expect(settle()).rejects.toThrow(RangeError);
      exit(stop, 'kill');
    }),
    30_000,
  );
});

describe('down', () => {
  it(
    'tells why a process ended, however long ago',
    simulated(async ({ down }) => {
      const pid = spawn(forever);
      exit(pid, 'kill');
      expect(await down(pid)).toBe('killed');
      await sleep(HOUR);
      expect(await down(pid)).toBe('killed');
      expect(await down(spawn(() => {}))).toBe('normal');
    }),
  );

  it(
    'leaves nothing in the mailbox',
    simulated(async ({ down }) => {
      await down(spawn(() => {}));
      expect(await receive(undefined, { timeout: 0 })).toBeUndefined();
    }),
  );

  it('tells of a process of another node', async () => {
    const other = createNode();
    const pid = other.spawn(forever);
    await simulate(async ({ down }) => {
      const reason = down(pid);
      await sleep(1);
      exit(pid, 'kill');
      expect(await reason).toBe('killed');
      expect(await down(pid)).toBe('noproc');
    });
  });
});

describe('the end of a test', () => {
  it('runs what is runnable', async () => {
    let ran = false;
    await simulate(() => {
      spawn(() => {
        ran = true;
      });
    });
    expect(ran).toBe(true);
  });

  it('stops with shutdown what the body has left, linked or not', async () => {
    const reasons: unknown[] = [];
    const { node } = await simulate((simulation) => {
      const stay = (context: Context): Promise<void> => {
        context.own(() => {
          reasons.push(context.signal.reason);
        });
        return forever();
      };
      spawnLink(stay);
      spawn(stay);
      return simulation;
    });
    expect(node.processes()).toEqual([node.main]);
    expect(reasons).toMatchObject([{ reason: 'shutdown' }, { reason: 'shutdown' }]);
  });

  it('kills what traps shutdown and stays', async () => {
    let kept = false;
    const { node } = await simulate((simulation) => {
      spawn(
        async () => {
          expect(await receive()).toMatchObject({ type: 'EXIT', reason: 'shutdown' });
          kept = true;
          await forever();
        },
        { trapExit: true },
      );
      return simulation;
    });
    expect(kept).toBe(true);
    expect(node.processes()).toEqual([node.main]);
  });

  it('does not fail for a process that crashes when it is stopped', async () => {
    const stopped = simulate(() => {
      spawn(
        async () => {
          await receive();
          throw new Error('could not tidy up');
        },
        { trapExit: true },
      );
      return 'done';
    });
    expect(await stopped).toBe('done');
  });

  it('does not wait for processes that are never at rest', async () => {
    let rounds = 0;
    await simulate(() => {
      const echo = async (): Promise<never> => {
        for (;;) {
          rounds += 1;
          send(await receive<Pid<unknown>>(), self<unknown>());
        }
      };
      const traps = spawn<unknown>(echo, { trapExit: true });
      send(spawn<unknown>(echo), traps);
    });
    expect(rounds).toBeGreaterThan(1_000);
  });
});
