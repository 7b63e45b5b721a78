import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../src/faults.ts';
import { serveFolder } from '../src/local-server.ts';
import { listening } from './listening.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'link-checker-'));
  await mkdir(join(root, 'docs'));
  await mkdir(join(root, 'bare dir'));
  await writeFile(join(root, 'index.html'), '<h1>home</h1>');
  await writeFile(join(root, 'docs', 'README.md'), '# docs');
  await writeFile(join(root, 'bare dir', 'a.ts'), 'code');
});
afterAll(() => rm(root, { recursive: true }));

async function get(path: string, fault?: Fault): Promise<Response> {
  await using server = await listening(serveFolder(root, () => fault));
  const response = await fetch(`${server.url}${path}`, { redirect: 'manual' });
  return new Response(await response.arrayBuffer(), response);
}

describe('serveFolder', () => {
  it('serves files with their types', async () => {
    const page = await get('/docs/README.md');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/markdown; charset=utf-8']);
    expect(await page.text()).toBe('# docs');
    expect((await get('/bare%20dir/a.ts')).headers.get('content-type')).toBe('application/octet-stream');
  });

  it('sends the reader of a folder to its index', async () => {
    const places = await Promise.all(['/', '/docs', '/docs/'].map((path) => get(path)));
    expect(places.map((place) => [place.status, place.headers.get('location')])).toEqual([
      [302, '/index.html'],
      [302, '/docs/README.md'],
      [302, '/docs/README.md'],
    ]);
  });

  it('lists a folder without index, as plain text', async () => {
    const list = await get('/bare%20dir');
    expect([list.status, list.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(await list.text()).toBe('a.ts');
  });

  it.each(['/nothing', '/%2e%2e%2fetc', '/..%2f..%2f..%2fetc%2fpasswd', '/%zz', '/%00'])(
    'has nothing at %s',
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );

  it('breaks as planned', async () => {
    await expect(get('/index.html', 'reset')).rejects.toThrow('fetch failed');
    expect((await get('/index.html', 'error')).status).toBe(500);
    expect(await (await get('/index.html', 'slow')).text()).toBe('<h1>home</h1>');
  });
});
