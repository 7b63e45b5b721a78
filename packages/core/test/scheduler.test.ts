import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Clock,
  type Context,
  type CoppiceNode,
  createNode,
  exit,
  link,
  type Pid,
  realClock,
  receive,
  self,
  send,
  sleep,
  spawn,
} from '@coppice/core';
import { describe, expect, it } from 'vitest';

const round = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A clock on which a quarter of a millisecond passes whenever the scheduler looks, as it does at least every 16 turns or signals: five looks a slice. */
function lookedAt(): Clock {
  let time = 0;
  return {
    ...realClock,
    now: () => {
      time += 0.25;
      return time;
    },
  };
}

/** Two processes that send to each other for ever, and a hundred that send to themselves; `handled` counts messages. */
async function busy(node: CoppiceNode, handled: () => void): Promise<void> {
  const bounce = async ({ self, receive }: Context<Pid<never>>): Promise<void> => {
    for (;;) {
      const peer = await receive();
      handled();
      send(peer as Pid<Pid<never>>, self);
    }
  };
  await node.run(() => {
    const [one, two]: [Pid<Pid<never>>, Pid<Pid<never>>] = [spawn(bounce), spawn(bounce)];
    send(one, two);
    for (let n = 0; n < 100; n += 1) {
      const own: Pid<Pid<never>> = spawn(bounce);
      send(own, own);
    }
  });
}

/** Starts processes each of which is linked to the one before it; resolves with the first when all are. */
function chainOf(length: number): () => Promise<Pid<never>> {
  return async () => {
    const first = spawn(() => sleep('infinity'));
    let last: Pid<never> = first;
    for (let n = 1; n < length; n += 1) {
      const next = last;
      last = spawn(() => {
        link(next);
        return sleep('infinity');
      });
    }
    const me = self<'linked'>();
    spawn(() => send(me, 'linked')); // the run queue is first-in first-out
    await receive();
    return first;
  };
}

describe('a slice of the scheduler', () => {
  it('is bounded: the event loop goes round however busy the processes are', async () => {
    const node = createNode({ clock: lookedAt() });
    let handled = 0;
    await busy(node, () => {
      handled += 1;
    });
    const slices: number[] = [];
    for (let n = 0; n < 100; n += 1) {
      const before = handled;
      await round();
      slices.push(handled - before);
    }
    expect(Math.max(...slices)).toBeLessThanOrEqual(5 * 16 + 256); // 1 ms and the batch that was begun
    expect(handled).toBeGreaterThan(100);
    await node.stop({ timeout: 0 });
  });

  it('is bounded while a chain of links dies', async () => {
    const node = createNode({ clock: lookedAt() });
    const first = await node.run(chainOf(20_000));
    const perRound: number[] = [];
    node.spawn(() => exit(first, 'broken'));
    for (let left = node.statistics().processes; left > 1; ) {
      await round();
      const { processes } = node.statistics();
      perRound.push(left - processes);
      left = processes;
    }
    expect(Math.max(...perRound)).toBeLessThanOrEqual(6 * 16);
  });

  it('delays no timer and no socket for ever [semantics 51]', async () => {
    const node = createNode();
    const server = createServer((_request, response) => response.end('answered'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo; // it listens on a port
    await busy(node, () => {});
    await new Promise((resolve) => setTimeout(resolve, 5));
    const answer = await new Promise((resolve, reject) => {
      get({ port, host: '127.0.0.1' }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode));
      }).on('error', reject);
    });
    expect(answer).toBe(200);
    server.closeAllConnections();
    server.close();
    await node.stop({ timeout: 0 });
  });
});
