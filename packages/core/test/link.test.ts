import {
  type Context,
  createNode,
  type Exit,
  ExitError,
  type ExitReason,
  exit,
  isExit,
  link,
  type Pid,
  processInfo,
  receive,
  self,
  send,
  sleep,
  spawn,
  spawnLink,
  trapExit,
  unlink,
} from '@coppice/core';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

const forever = async (): Promise<void> => sleep('infinity');

/** A process that ends with `reason` when it is sent anything. */
const fuse = (reason: ExitReason): Pid<string> =>
  spawn(async ({ receive }: Context<string>) => {
    await receive();
    exit(reason);
  });

describe('link', () => {
  it(
    'stands in the lists of both, and unlink takes it out of both [otp-link-001]',
    simulated(() => {
      const other = spawn(forever);
      link(other);
      expect(processInfo(self())?.links).toEqual([other]);
      expect(processInfo(other)?.links).toEqual([self()]);
      unlink(other);
      expect(processInfo(self())?.links).toEqual([]);
      expect(processInfo(other)?.links).toEqual([]);
    }),
  );

  it(
    'is one link however often it is made, from either side',
    simulated(async () => {
      const me = self<string>();
      const other = spawn(async () => {
        link(me);
        send(me, 'linked');
        await forever();
      });
      link(other);
      link(other);
      await receive();
      expect(processInfo(self())?.links).toEqual([other]);
      unlink(other);
      expect(processInfo(other)?.links).toEqual([]);
    }),
  );

  it(
    'throws noproc for a dead process, and gives an EXIT to who traps [semantics 5]',
    simulated(async ({ down }) => {
      const dead = spawn(() => {});
      await down(dead);
      expect(() => link(dead)).toThrow(ExitError);
      expect(() => link(dead)).toThrow(/noproc/);
      trapExit(true);
      link(dead);
      expect(await receive()).toEqual({ type: 'EXIT', from: dead, reason: 'noproc' });
    }),
  );

  it(
    'arrives after an exit signal that was sent before it: noproc, not killed',
    simulated(async () => {
      trapExit(true);
      const other = spawn(forever);
      exit(other, 'kill');
      link(other);
      expect(await receive()).toEqual({ type: 'EXIT', from: other, reason: 'noproc' });
    }),
  );

  it(
    'refuses what is no pid, naming the parameter',
    simulated(() => {
      // @ts-expect-error a name is no pid
      expect(() => link('server')).toThrow(new TypeError('pid must be a pid, got "server"'));
      // @ts-expect-error nor is a number
      expect(() => unlink(7)).toThrow(new TypeError('pid must be a pid, got 7'));
    }),
  );

  it(
    'ends a process with the reason of the linked one; a chain ends as one [semantics 27]',
    simulated(async ({ down }) => {
      const chain: Pid<never>[] = [];
      const grow = (left: number): void => {
        chain.push(self());
        if (left > 0)
          spawnLink(async () => {
            grow(left - 1);
            await forever();
          });
      };
      const head = spawn(async () => {
        grow(3);
        await forever();
      });
      await sleep(1);
      expect(chain).toHaveLength(4);
      exit(chain[2] ?? head, 'broken');
      for (const pid of chain) expect(await down(pid)).toBe('broken');
    }),
  );

  it(
    'passes a big reason whole [otp-process-002]',
    simulated(async () => {
      trapExit(true);
      const reason = { shutdown: Array.from({ length: 10_000 }, (_, n) => ({ n })) };
      const child = spawnLink(() => exit(reason));
      expect(await receive(isExit)).toEqual({ type: 'EXIT', from: child, reason });
    }),
  );

  it(
    'passes an error of a bad argument with its stack [otp-process-003] [otp-process-004]',
    simulated(async ({ expectCrash }) => {
      expectCrash(TypeError);
      trapExit(true);
      // @ts-expect-error a bad argument of a function of the runtime
      spawnLink(() => link('nobody'));
      const { reason } = await receive(isExit);
      expect(reason).toBeInstanceOf(TypeError);
      expect(reason instanceof Error && reason.stack).toContain('link.test.ts');
    }),
  );

  it(
    'lets a process whose linked one ends normally go on [semantics 26]',
    simulated(async ({ down }) => {
      const me = self<string>();
      const survivor = spawn(async () => {
        const child = spawnLink(() => {});
        await down(child);
        send(me, 'still here');
      });
      expect(await receive()).toBe('still here');
      expect(await down(survivor)).toBe('normal');
    }),
  );
});

describe('unlink', () => {
  it(
    'keeps every EXIT of the link away from then on [semantics 30] [otp-signal-010]',
    simulated(async ({ down }) => {
      trapExit(true);
      for (let round = 0; round < 20; round += 1) {
        const child = fuse('boom');
        link(child);
        send(child, 'now');
        if (round % 2 === 0) await sleep(0);
        unlink(child);
        const came = await receive(isExit, { timeout: 0 });
        await down(child);
        expect(await receive(isExit, { timeout: 0 })).toBeUndefined();
        expect(came === undefined || came.from === child).toBe(true);
      }
    }),
  );

  it(
    'leaves an EXIT that is in the mailbox [semantics 6]',
    simulated(async ({ down }) => {
      trapExit(true);
      const child = spawnLink(() => exit('gone'));
      await down(child);
      unlink(child);
      expect(await receive(isExit)).toEqual({ type: 'EXIT', from: child, reason: 'gone' });
    }),
  );
});

describe('unlink of a link that has not arrived', () => {
  it('does nothing: the link comes after it', async () => {
    const node = createNode(); // turns follow each other here with no signal in between
    const links = await node.run(async () => {
      const [one, two] = [spawn(forever), spawn(forever)];
      const first = spawn(async ({ receive }: Context<Pid<never>>) => {
        const other = await receive();
        exit(other, 'normal'); // waits in the queue, and all that comes behind it
        link(other);
        await forever();
      });
      const second = spawn(async ({ receive }: Context<Pid<never>>) => {
        link(one); // has a list of links
        link(two);
        unlink(await receive());
        await forever();
      });
      await sleep(1);
      send(first, second);
      send(second, first);
      await sleep(1);
      return processInfo(second)?.links.includes(first);
    });
    expect(links).toBe(true);
  });
});

describe('many links and unlinks', () => {
  it(
    'of one process stay consistent [otp-link-008]',
    simulated(async () => {
      const hub = spawn(forever);
      const linkers = Array.from({ length: 200 }, (_, n) =>
        spawn(async () => {
          link(hub);
          if (n % 2 === 0) unlink(hub);
          await forever();
        }),
      );
      await sleep(1);
      const odd = linkers.filter((_, n) => n % 2 === 1);
      expect(new Set(processInfo(hub)?.links)).toEqual(new Set(odd));
      for (const [n, pid] of linkers.entries())
        expect(processInfo(pid)?.links).toEqual(n % 2 === 1 ? [hub] : []);
    }),
  );

  it(
    'from both sides at once end the same on both [otp-link-013]',
    simulated(
      async () => {
        const steps = async (peer: Pid<never>, last: 'link' | 'unlink'): Promise<void> => {
          for (let n = 0; n < 10; n += 1) {
            link(peer);
            await sleep(0);
            unlink(peer);
            await sleep(0);
          }
          if (last === 'link') link(peer);
          await forever();
        };
        const first: Pid<Pid<never>> = spawn(async ({ receive }: Context<Pid<never>>) =>
          steps(await receive(), 'unlink'),
        );
        const second = spawn(async () => steps(first, 'link'));
        send(first, second);
        await sleep(1_000);
        const [ofFirst, ofSecond] = [processInfo(first)?.links, processInfo(second)?.links];
        expect(ofFirst?.includes(second)).toBe(ofSecond?.includes(first));
      },
      { seed: 11 },
    ),
  );

  it(
    'in a random storm stay consistent [otp-link-015]',
    simulated(
      async () => {
        const crowd: Pid<never>[] = [];
        for (let n = 0; n < 20; n += 1) {
          crowd.push(
            spawn(async () => {
              for (let step = 0; step < 40; step += 1) {
                const peer = crowd[(n * 7 + step * 13) % crowd.length];
                if (peer === undefined) continue;
                if ((n + step) % 3 === 0) unlink(peer);
                else link(peer);
                await sleep(0);
              }
              await forever();
            }),
          );
        }
        await sleep(1_000);
        for (const pid of crowd) {
          const links = processInfo(pid)?.links ?? [];
          expect(new Set(links).size).toBe(links.length);
          for (const peer of links) expect(processInfo(peer)?.links).toContain(pid);
        }
      },
      { seed: 5 },
    ),
  );
});

describe('trapExit', () => {
  it(
    'returns the old value, and refuses what is no boolean [otp-process-013]',
    simulated(() => {
      expect(trapExit(true)).toBe(false);
      expect(trapExit(false)).toBe(true);
      // @ts-expect-error a flag is a boolean
      expect(() => trapExit('yes')).toThrow(TypeError);
    }),
  );

  it(
    'makes exit signals messages, in order with the others [semantics 25]',
    simulated(async () => {
      trapExit(true);
      const me = self<string>();
      const child = spawnLink(() => {
        send(me, 'before');
        exit('after');
      });
      expect(await receive()).toBe('before');
      expect(await receive()).toEqual({ type: 'EXIT', from: child, reason: 'after' } satisfies Exit);
    }),
  );
});

describe('processes of two nodes', () => {
  it('of one number are linked each by itself, while signals wait', async () => {
    const other = createNode();
    const far = Array.from({ length: 6 }, () => other.spawn(forever));
    const { numbers, links } = await createNode().run(async () => {
      const near = Array.from({ length: 6 }, () => spawn(forever));
      await sleep(0);
      const pairs = near.flatMap((pid) =>
        far.filter(({ id }) => id === pid.id).map((twin) => [twin, pid] as const),
      );
      exit(spawn(forever), 'shutdown');
      for (const [twin] of pairs) link(twin);
      await sleep(1);
      for (const [, pid] of pairs) link(pid);
      return { numbers: pairs.length, links: processInfo(self())?.links.length };
    });
    expect(numbers).toBeGreaterThan(0);
    expect(links).toBe(2 * numbers);
    await other.stop();
  });
});
