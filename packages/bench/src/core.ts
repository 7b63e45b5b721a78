/**
 * Messages and processes beside the BEAM on one scheduler: written as bodies, which await each message, and as behaviours, whose
 * callbacks run straight from the scheduler. An `await` alone takes some 50 ns.
 */
import { type Context, createNode, exit, type Pid, send, spawn } from '@coppice/core';
import { Counter, Echo, Hop, type Ping, Pinger } from './behaviours.ts';
import { compare, nanoseconds, onTheBeam } from './measure.ts';

const node = createNode();

const pingPong = (rounds: number): Promise<void> =>
  node.run(async ({ self, receive }: Context<number>) => {
    const echo = spawn(async ({ receive }: Context<Ping>) => {
      for (let left = rounds; left > 0; left -= 1) {
        const { from, n } = await receive();
        send(from, n);
      }
    });
    for (let left = rounds; left > 0; left -= 1) {
      send(echo, { from: self, n: 1 });
      await receive();
    }
  });

const counting = (messages: number): Promise<void> =>
  node.run(async ({ self, receive }: Context<'done'>) => {
    const counter = spawn(async ({ receive }: Context<number>) => {
      for (let left = messages; left > 0; left -= 1) await receive();
      send(self, 'done');
    });
    for (let left = messages; left > 0; left -= 1) send(counter, 1);
    await receive();
  });

const ring = (hops: number, size: number): Promise<void> =>
  node.run(async ({ self, receive }: Context<number>) => {
    let next: Pid<number> = self;
    for (let n = 0; n < size; n += 1) {
      const to = next;
      next = spawn(async ({ receive }: Context<number>) => {
        for (;;) {
          const left = await receive();
          send(to, left - 1);
          if (left <= size) return;
        }
      });
    }
    send(next, hops);
    for (let left = await receive(); left > size; left = await receive()) send(next, left - 1);
  });

const spawning = (processes: number): Promise<void> =>
  node.run(async ({ self, receive }: Context<number>) => {
    for (let left = processes; left > 0; left -= 1) {
      spawn(() => send(self, 1));
      await receive();
    }
  });

const pingPongOfBehaviours = (rounds: number): Promise<void> =>
  node.run(async ({ self, receive }: Context<'done'>) => {
    const echo = await new Echo().start();
    const pinger = await new Pinger(echo, self, rounds).start();
    send(echo, { from: pinger, n: 1 });
    await receive();
    for (const pid of [echo, pinger]) exit(pid, 'kill');
  });

const countingOfBehaviours = (messages: number): Promise<void> =>
  node.run(async ({ self, receive }: Context<'done'>) => {
    const counter = await new Counter(self, messages).start();
    for (let n = messages; n > 0; n -= 1) send(counter, 1);
    await receive();
    exit(counter, 'kill');
  });

const ringOfBehaviours = (hops: number, size: number): Promise<void> =>
  node.run(async ({ self, receive }: Context<'done'>) => {
    const ring = Array.from({ length: size }, () => new Hop(self));
    const pids = await Promise.all(ring.map((hop) => hop.start()));
    for (const [n, hop] of ring.entries()) hop.next = pids[(n + 1) % size];
    send(pids[0] as Pid<number>, hops); // the size is not 0
    await receive();
    for (const pid of pids) exit(pid, 'kill');
  });

const beam = onTheBeam('core.exs');
const report = async (
  name: string,
  bar: number,
  operations: number,
  program: () => Promise<void>,
): Promise<void> => compare(name, await nanoseconds(operations, program), beam.get(name), bar);

console.log('bodies');
await report('ping-pong', 2, 200_000, () => pingPong(200_000));
await report('counting', 1, 1_000_000, () => counting(1_000_000));
await report('ring', 2, 1_000_000, () => ring(1_000_000, 1_000));
await report('spawn', 2, 200_000, () => spawning(200_000));
console.log('behaviours');
await report('ping-pong', 2, 200_000, () => pingPongOfBehaviours(200_000));
await report('counting', 1, 1_000_000, () => countingOfBehaviours(1_000_000));
await report('ring', 2, 1_000_000, () => ringOfBehaviours(1_000_000, 1_000));
