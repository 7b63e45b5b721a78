import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Ended, type Program, start } from './child.ts';

const RATE = 200;
const DEADLINE_MS = 10_000;

interface Served {
  readonly kills: number;
  readonly taken: readonly string[];
  readonly answered: readonly string[];
}
interface Sent {
  readonly sent: number;
  readonly seconds: number;
  readonly stored: readonly string[];
  readonly refused: readonly string[];
  readonly failed: Readonly<Record<string, string>>;
}

describe('an HTTP service under Application.run', { timeout: 120_000 }, () => {
  it('loses no acknowledged request, answers all it has taken at SIGTERM, and serves again after SIGKILL', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'coppice-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'journal');
    const port = String(await freePort());
    const serve = async (): Promise<Program> => {
      const service = start('http-service', port, path);
      onTestFinished(() => void service.child.kill('SIGKILL'));
      await service.line('serves');
      return service;
    };

    const first = await serve();
    const client = start('http-client', port, String(RATE));
    onTestFinished(() => void client.child.kill('SIGKILL'));
    // Under load, however slow the machine: what is to come goes by what was answered.
    await client.line('stored 400');
    const before = performance.now();
    first.child.kill('SIGTERM');
    const ended = await first.ended;
    const tookMs = performance.now() - before;

    const second = await serve();
    await client.line('stored 700');
    second.child.kill('SIGKILL');
    expect(await second.ended).toMatchObject({ signal: 'SIGKILL' });

    const third = await serve();
    await client.line('stored 900');
    client.child.kill('SIGTERM');
    const { sent, seconds, stored, refused, failed } = lastLine<Sent>(await client.ended);
    third.child.kill('SIGTERM');
    const last = await third.ended;

    // The load was what it should be, and so was the chaos.
    expect(sent / seconds).toBeGreaterThan(RATE * 0.9);
    for (const end of [ended, last]) expect(lastLine<Served>(end).kills).toBeGreaterThan(20);

    // SIGTERM under load: exit code 0, in time; every request that was taken is answered.
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' });
    expect(tookMs).toBeLessThan(DEADLINE_MS);
    const { taken, answered } = lastLine<Served>(ended);
    expect(taken.length).toBeGreaterThanOrEqual(400);
    expect(answered.toSorted()).toEqual(taken.toSorted());
    // Who got no answer was never taken: not by the service that was told to stop, and not by the last one.
    const unanswered = new Set([
      ...refused,
      ...Object.keys(failed).filter((id) => !failed[id]?.startsWith('status')),
    ]);
    for (const end of [ended, last]) {
      expect(lastLine<Served>(end).taken.filter((id) => unanswered.has(id))).toEqual([]);
    }

    // What was acknowledged, by any of the three, is in the file.
    const kept = new Set(readFileSync(path, 'utf8').split('\n'));
    expect(stored.filter((id) => !kept.has(id))).toEqual([]);
    expect(stored.length).toBeGreaterThanOrEqual(900);
    expect(stored).toContain(lastLine<Served>(last).answered.at(-1)); // it serves again
    expect(last.code).toBe(0);
  });
});

function lastLine<T>({ stdout, stderr }: Ended): T {
  const line = stdout.trimEnd().split('\n').at(-1) ?? '';
  if (!line.startsWith('{')) throw new Error(`no report in:\n${stdout}\n${stderr}`);
  return JSON.parse(line) as T; // what the programs print
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
