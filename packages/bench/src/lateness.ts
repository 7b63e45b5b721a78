/** How late a 5 ms timer comes, and how fast an HTTP server answers, beside processes that never stop: idle and busy interleaved. */
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Context, type CoppiceNode, createNode, type Pid, send, spawn } from '@coppice/core';
import { median, percentile } from './measure.ts';

const SAMPLES = 200;
const PERIOD_MS = 5;

const server = createServer((_request, response) => response.end('ok'));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo; // a server that listens on a port has one

/** Two endless ping-pong pairs, and a thousand processes that send to themselves for ever. */
async function busyNode(): Promise<CoppiceNode> {
  const node = createNode();
  await node.run(() => {
    for (let pair = 0; pair < 2; pair += 1) {
      const one: Pid<Pid<never>> = spawn(bounce);
      const two: Pid<Pid<never>> = spawn(bounce);
      send(one, two);
    }
    for (let n = 0; n < 1_000; n += 1) {
      spawn(async ({ self, receive }: Context<number>) => {
        for (let count = 0; ; count += 1) {
          send(self, count);
          await receive();
        }
      });
    }
  });
  return node;
}

async function bounce({ self, receive }: Context<Pid<never>>): Promise<void> {
  for (;;) send((await receive()) as Pid<Pid<never>>, self);
}

function lateness(): Promise<number> {
  const due = performance.now() + PERIOD_MS;
  return new Promise((resolve) => setTimeout(() => resolve(performance.now() - due), PERIOD_MS));
}

function request(): Promise<number> {
  const before = performance.now();
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1' }, (response) => {
      response.resume();
      response.on('end', () => resolve(performance.now() - before));
    }).on('error', reject);
  });
}

interface Sample {
  readonly timer: number;
  readonly http: number;
}

async function sample(): Promise<Sample> {
  const timers: number[] = [];
  const requests: number[] = [];
  for (let n = 0; n < SAMPLES; n += 1) {
    timers.push(await lateness());
    if (n % 10 === 0) requests.push(await request());
  }
  return { timer: percentile(timers, 0.99), http: percentile(requests, 0.99) };
}

const idle: Sample[] = [];
const busy: Sample[] = [];
let longest = 0;
for (let round = 0; round < 5; round += 1) {
  idle.push(await sample());
  const node = await busyNode();
  busy.push(await sample());
  longest = Math.max(longest, node.statistics().longestSliceMs);
  await node.stop({ timeout: 0 });
}
server.close();
server.closeAllConnections();
const p99 = (samples: readonly Sample[], what: keyof Sample): string =>
  median(samples.map((one) => one[what])).toFixed(2);
console.log(
  `5 ms timer, lateness p99:  idle ${p99(idle, 'timer')} ms, busy ${p99(busy, 'timer')} ms (bar: idle + 2 ms)`,
);
console.log(`HTTP request, p99:         idle ${p99(idle, 'http')} ms, busy ${p99(busy, 'http')} ms`);
console.log(`longest slice of the scheduler: ${longest.toFixed(2)} ms`);
