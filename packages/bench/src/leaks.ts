/** A million of each, and then every table of the node is back to its size and the heap is flat. */
import {
  cancelTimer,
  createNode,
  demonitor,
  exit,
  Gen,
  link,
  monitor,
  ProcLib,
  receive,
  register,
  self,
  sendAfter,
  sleep,
  spawn,
  spawnMonitor,
  unlink,
  unregister,
} from '@coppice/core';
import { heapAfterCollection } from './measure.ts';

const COUNT = 1_000_000;
const node = createNode();

class Echo {
  readonly module = 'Echo';
  init(): void {}
  handle(message: unknown): void {
    Gen.reply(message as Gen.From, 1); // only requests are sent to it
  }
}

const site = { module: 'Echo', function: 'call', args: [] };

/** Each does its thing `count` times, in a process of its own. */
const programs: Readonly<Record<string, (count: number) => Promise<void>>> = {
  'spawn and exit': async (count) => {
    for (let left = count; left > 0; left -= 1) {
      spawnMonitor(() => {});
      await receive();
    }
  },
  'link and unlink': async (count) => {
    const other = spawn(async () => sleep('infinity'));
    for (let left = count; left > 0; left -= 1) {
      link(other);
      unlink(other);
    }
    exit(other, 'kill');
  },
  'monitor and demonitor': async (count) => {
    const other = spawn(async () => sleep('infinity'));
    for (let left = count; left > 0; left -= 1) demonitor(monitor(other), { flush: true });
    exit(other, 'kill');
  },
  'register and unregister': async (count) => {
    for (let left = count; left > 0; left -= 1) {
      register(self(), `name ${left}`);
      unregister(`name ${left}`);
    }
  },
  'register and exit': async (count) => {
    for (let left = count; left > 0; left -= 1) {
      spawnMonitor(() => {}, { name: `name ${left}` });
      await receive();
    }
  },
  'sendAfter and cancel': async (count) => {
    for (let left = count; left > 0; left -= 1)
      cancelTimer(sendAfter(self<number>(), 1, 1_000 + (left % 5_000)));
  },
  call: async (count) => {
    const server = await ProcLib.start(new Echo());
    if (server === 'ignore') throw new Error('not started');
    for (let left = count; left > 0; left -= 1)
      await Gen.call(
        server,
        (from) => from,
        5_000,
        () => site,
      );
    exit(server, 'kill');
  },
  'dead bodies that loop': async (count) => {
    for (let left = count / 100; left > 0; left -= 1) {
      const body = spawn(async ({ receive }) => {
        for (;;) await receive().catch(() => {});
      });
      if (left % 100 === 0) await sleep(0);
      exit(body, 'kill');
    }
  },
  'dead bodies in a foreign promise': async (count) => {
    for (let left = count / 100; left > 0; left -= 1) {
      const body = spawn(async () => new Promise<void>(() => {}));
      if (left % 100 === 0) await sleep(0);
      exit(body, 'kill');
    }
  },
};

let failed = false;
for (const [name, program] of Object.entries(programs)) {
  await node.run(() => program(COUNT / 10)); // code is compiled, tables have grown
  await node.run(() => sleep(20));
  const before = heapAfterCollection();
  await node.run(() => program(COUNT));
  await node.run(() => sleep(100));
  const growth = heapAfterCollection() - before;
  const { processes, names, timers } = node.statistics();
  const flat = growth < 2_000_000;
  const clean = processes === 1 && names === 0 && timers === 0;
  failed ||= !flat || !clean;
  console.log(
    `${name.padEnd(34)} heap ${(growth / 1_000).toFixed(0).padStart(6)} kB more, ${processes} process, ${names} names, ${timers} timers: ${flat && clean ? 'flat' : 'LEAK'}`,
  );
}
if (failed) process.exitCode = 1;
