import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Context, own, self, sleep, spawn, spawnLink, systemTime } from '@coppice/core';
import { LeakError, onNode, UndeclaredCrashError, withNode } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

describe('withNode', () => {
  it('gives the value of its body, which runs as a process in real time', async () => {
    const before = Date.now();
    const value = await withNode(async ({ node }, context) => {
      expect(context.self).toBe(self());
      expect(node.processes()).toContain(self());
      expect(systemTime()).toBeGreaterThanOrEqual(before);
      await sleep(2);
      return 42;
    });
    expect(value).toBe(42);
  });

  it('closes what the processes of the body own', async () => {
    let port = 0;
    const serve = async ({ own: tie }: Context): Promise<void> => {
      const server = tie(createServer((_request, response) => response.end('hello')));
      server.listen(0);
      await once(server, 'listening');
      ({ port } = server.address() as AddressInfo); // it listens on a port, not on a path
      await sleep('infinity');
    };
    const get = () => fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
    await withNode(async () => {
      spawnLink(serve);
      while (port === 0) await sleep(1);
      expect(await (await get()).text()).toBe('hello');
    });
    await expect(get()).rejects.toThrow('fetch failed');
  });

  it('fails for a crash that nobody declared', async () => {
    const run = withNode(
      () =>
        void spawn(() => {
          throw new Error('boom');
        }),
    );
    await expect(run).rejects.toThrow(UndeclaredCrashError);
    await withNode(({ expectCrash }) => {
      expectCrash('boom');
      spawn(() => {
        throw new Error('boom');
      });
    });
  });

  it('fails for a failed expect of any process', async () => {
    await expect(withNode(() => void spawn(() => expect(1).toBe(2)))).rejects.toThrow('expected 1 to be 2');
  });

  it('fails for code of an exited process that waits for ever', async () => {
    const never = new Promise<void>(() => {});
    const run = withNode(() => void spawn(async () => await never));
    await expect(run).rejects.toThrow(LeakError);
  });

  it('tells why a process ended', () =>
    withNode(async ({ down }) => {
      const pid = spawn(() => {});
      expect(await down(pid)).toBe('normal');
      expect(await down(pid)).toBe('normal');
    }));

  it('freezes messages, unless told otherwise', async () => {
    const { isolated } = await import('@coppice/core');
    await withNode(() => expect(Object.isFrozen(isolated({}))).toBe(true));
    await withNode(() => expect(Object.isFrozen(isolated({}))).toBe(false), { isolation: 'share' });
  });

  it('refuses a body that is no function', async () => {
    // @ts-expect-error no function
    await expect(withNode(null)).rejects.toThrow(new TypeError('body must be a function, got null'));
  });
});

describe('onNode', () => {
  it(
    'makes a test of a body',
    onNode(({ node }) => {
      own(() => {});
      expect(node.statistics().processes).toBe(2);
    }),
  );
});
