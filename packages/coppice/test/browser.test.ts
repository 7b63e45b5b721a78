import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
];
const CHROMIUM = process.env['CHROMIUM'] ?? 'chromium';

it('runs in a browser, from the same entry', { timeout: 60_000 }, async ({ skip }) => {
  if (spawnSync(CHROMIUM, ['--version']).status !== 0) {
    if (process.env['CI'] !== undefined) throw new Error('chromium must be installed in CI');
    console.log('skipped: chromium is not installed');
    skip();
  }
  expect(await resultsIn(CHROMIUM, await script())).toEqual({
    'a process answers, and its end is told': ['hello!', 'normal'],
    'after an await the context still knows who it is, the ambient self is main': [true, true],
    'a server is started again': [10, 7, [true]],
    'tasks and an agent': [
      14,
      [
        { ok: true, value: 1 },
        { ok: true, value: 2 },
      ],
    ],
    'a registry and a timer': [[1], 'tick'],
  });
});

/** The program, as a bundler makes it for browsers. Nothing of Node may be asked for. */
async function script(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('browser/program.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@coppice/source'],
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

/** What the program posts when a browser has opened its page. */
async function resultsIn(browser: string, code: string): Promise<unknown> {
  const server = createServer();
  const posted = new Promise<IncomingMessage>((resolve) => {
    server.on('request', (request, response) => {
      if (request.method === 'POST') return resolve(request);
      const isScript = request.url === '/program.js';
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
      response.end(isScript ? code : '<!doctype html><script type="module" src="/program.js"></script>');
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const profile = await mkdtemp(join(tmpdir(), 'coppice-browser-'));
  const { port } = server.address() as AddressInfo; // it listens on a port
  const page = spawn(browser, [...FLAGS, `--user-data-dir=${profile}`, `http://127.0.0.1:${port}/`]);
  try {
    return JSON.parse(await text(await posted));
  } finally {
    page.kill('SIGKILL');
    await once(page, 'close');
    server.closeAllConnections();
    server.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
