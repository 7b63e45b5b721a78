import { execFile } from 'node:child_process';
import { randomBytes, scrypt, scryptSync } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as after, setImmediate as nextRound } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { gunzipSync, gzip, gzipSync } from 'node:zlib';
import { own, receive, self, send, sleep, spawn } from '@coppice/core';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

const HOUR = 3_600_000;

/** Something that takes its time outside of the runtime. */
const works: readonly [string, () => Promise<unknown>][] = [
  ['a timer of the host', () => after(20)],
  ['a file', () => readFile(process.execPath)],
  ['a child process', () => promisify(execFile)(process.execPath, ['--version'])],
  ['an answer over HTTP', fetchFromOwnServer],
  ['a hash of a password', () => promisify(scrypt)('secret', 'salt', 32)],
  ['subtle crypto', () => crypto.subtle.digest('SHA-256', new Uint8Array(20_000_000))],
  ['compression', () => promisify(gzip)(Buffer.alloc(20_000_000))],
  ['a thread', answerOfThread],
  ['many rounds of the event loop', yieldOften],
];

async function yieldOften(): Promise<void> {
  for (let left = 100; left > 0; left -= 1) await nextRound();
}

describe('virtual time', () => {
  for (const [what, work] of works) {
    it(
      `stands while a process awaits ${what}`,
      simulated(async ({ now }) => {
        spawn(() => sleep(HOUR)); // a timer to which time would go
        await work();
        expect(now()).toBe(0);
        await sleep(1);
        expect(now()).toBe(1);
      }),
    );
  }

  it(
    'stands while a process does, and others wait for it with a time limit',
    simulated(async () => {
      const me = self<string>();
      spawn(async () => {
        await after(20);
        send(me, 'done');
      });
      expect(await receive((message) => message === 'done', { timeout: 5_000 })).toBe('done');
    }),
  );

  it(
    'passes in spite of a timer of the host that no process awaits',
    simulated(async ({ now, advance }) => {
      const timer = setTimeout(() => {}, HOUR);
      await sleep(1_000);
      await advance(1_000);
      clearTimeout(timer);
      expect(now()).toBe(2_000);
    }),
  );

  it(
    'passes in spite of a server that listens, and of synchronous work',
    simulated(async ({ now }) => {
      const server = own(createServer());
      server.listen(0);
      await once(server, 'listening');
      expect(gunzipSync(gzipSync('text')).toString()).toBe('text');
      expect(scryptSync('secret', 'salt', 8)).toHaveLength(8);
      expect(randomBytes(8)).toHaveLength(8);
      await new Promise<void>((resolve) => {
        spawn(async () => {
          await sleep(HOUR);
          resolve();
        });
      });
      expect(now()).toBe(HOUR);
    }),
  );
});

async function fetchFromOwnServer(): Promise<string> {
  const server = own(createServer((_request, response) => setTimeout(() => response.end('hello'), 10)));
  server.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port, not on a path
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
  return response.text();
}

async function answerOfThread(): Promise<unknown> {
  const code = "const { parentPort } = require('node:worker_threads'); parentPort.postMessage(1);";
  const worker = new Worker(code, { eval: true });
  const [answer] = await once(worker, 'message');
  await worker.terminate();
  return answer;
}
