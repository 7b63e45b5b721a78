import assert from 'node:assert/strict';
import { type Context, type Pid, receive, self, send, sleep, spawn } from '@coppice/core';
import { ExplorationError, explore, simulate } from '@coppice/testing';
import { describe, expect, it, vi } from 'vitest';

type Request = { readonly get: Pid<number> } | { readonly put: number; readonly from: Pid<number> };

/** Two clients that read a number and write it back, one more: each seed that lets one read between the other's two requests loses an update. */
async function lostUpdate(): Promise<void> {
  let stored = 0;
  const store = spawn<Request>(async ({ receive: take }) => {
    for (;;) {
      const request = await take();
      if ('put' in request) stored = request.put;
      send('put' in request ? request.from : request.get, stored);
    }
  });
  const main = self<string>();
  const add = async ({ self: me, receive: take }: Context<number>): Promise<void> => {
    send(store, { get: me });
    send(store, { put: (await take()) + 1, from: me });
    await take();
    send(main, 'done');
  };
  spawn(add);
  await hop(3); // first-in first-out, the first client is done by then
  spawn(add);
  await receive();
  await receive();
  expect(stored).toBe(2);
}

/** Lets others run: a message to oneself is a turn. */
async function hop(turns: number): Promise<void> {
  for (let left = turns; left > 0; left -= 1) {
    send(self<'hop'>(), 'hop');
    await receive((message) => message === 'hop');
  }
}

describe('explore', () => {
  it('finds the seed that shows a bug which first-in first-out hides', async () => {
    vi.spyOn(console, 'error').mockReturnValue();
    await simulate(lostUpdate);
    const error: unknown = await explore(lostUpdate, { seeds: 200 }).catch((thrown: unknown) => thrown);
    assert(error instanceof ExplorationError);
    expect(error.seed).toBeGreaterThan(0);
    expect(error.message).toContain(`simulate(body, { seed: ${error.seed} })`);
    expect(error.message).toContain('expected 1 to be 2');
    expect(error.cause).toMatchObject({ name: 'AssertionError', actual: 1 });
    expect(console.error).not.toHaveBeenCalled();
    await expect(simulate(lostUpdate, { seed: error.seed })).rejects.toThrow('expected 1 to be 2');
    expect(console.error).toHaveBeenCalledWith(`the simulation that failed ran with seed ${error.seed}`);
    vi.restoreAllMocks();
  });

  it('runs each seed once, each on a node of its own', async () => {
    const seen: number[] = [];
    const nodes = new Set<unknown>();
    await explore(
      ({ seed, node }) => {
        seen.push(seed);
        nodes.add(node);
      },
      { seeds: 4, from: 10 },
    );
    expect(seen).toEqual([10, 11, 12, 13]);
    expect(nodes.size).toBe(4);
  });

  it('begins with first-in first-out, and runs 100 seeds', async () => {
    const seen: number[] = [];
    await explore(({ seed }) => void seen.push(seed));
    expect(seen).toEqual(Array.from({ length: 100 }, (_, seed) => seed));
  });

  it('passes its options on', () =>
    explore(
      () => {
        spawn(() => {
          throw new Error('allowed');
        });
        expect(true).toBe(true);
      },
      { seeds: 2, crashes: 'allowed' },
    ));

  it('refuses what it cannot do', async () => {
    await expect(explore(() => {}, { seeds: 0 })).rejects.toThrow(
      new RangeError('seeds must be a whole number from 1, got 0'),
    );
    await expect(explore(() => {}, { from: 1.5 })).rejects.toThrow(
      new RangeError('from must be a whole number, got 1.5'),
    );
    // @ts-expect-error no function
    await expect(explore(7)).rejects.toThrow(new TypeError('body must be a function, got 7'));
  });
});

describe('a seed', () => {
  /** Five processes that pass three tokens on, each to the next; who had which, in order. */
  const trace = (seed: number): Promise<string> =>
    simulate(
      async ({ settle }) => {
        let seen = '';
        const ring: Pid<string>[] = [];
        for (let n = 0; n < 5; n += 1) {
          const pid = spawn<string>(async ({ receive: take }) => {
            for (let left = 6; left > 0; left -= 1) {
              const token = await take();
              seen += `${n}${token} `;
              if (n % 2 === 1) await sleep(n);
              const next = ring[(n + 1) % 5];
              if (next !== undefined) send(next, token);
            }
          });
          ring.push(pid);
        }
        for (const token of ['a', 'b', 'c']) for (const pid of ring.slice(0, 2)) send(pid, token);
        await settle();
        return seen.trim();
      },
      { seed },
    );

  it('gives the same run each time, on each version of Node', async () => {
    expect(await trace(0)).toBe(
      '0a 1a 0b 0c 2a 1b 3a 2b 1c 2c 1a 4a 3b 2a 1b 0a 2b 1c 2c 4b 3c 0b 4c 3a 0c 4a 3b 4b 3c 4c',
    );
    expect(await trace(1)).toBe(
      '0a 0b 0c 1a 2a 1b 3a 2b 1c 2c 1a 4a 2a 1b 0a 3b 1c 2b 2c 4b 0b 3c 3a 4c 0c 4a 3b 3c 4b 4c',
    );
    expect(await trace(-7)).toBe(
      '1a 0a 0b 0c 2a 1b 3a 1c 2b 2c 1a 2a 4a 0a 1b 3b 2b 1c 2c 3c 4b 0b 3a 4c 0c 3b 4a 4b 3c 4c',
    );
  });

  it('gives another run than other seeds', async () => {
    const traces = await Promise.all(Array.from({ length: 20 }, (_, seed) => trace(seed)));
    expect(new Set(traces).size).toBeGreaterThan(15);
  });
});
