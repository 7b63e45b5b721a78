import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSource } from '../src/source.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'link-checker-'));
  for (const folder of ['b', '.git', 'node_modules', 'empty']) await mkdir(join(root, folder));
  for (const file of ['b/x y.md', 'a.html', 'c.txt', '.git/d.md', 'node_modules/e.md']) {
    await writeFile(join(root, file), '');
  }
});
afterAll(() => rm(root, { recursive: true }));

describe('readSource', () => {
  it('starts with every page of a folder', async () => {
    expect(await readSource(root)).toEqual({ kind: 'folder', root, starts: ['/a.html', '/b/x%20y.md'] });
  });

  it('starts with a single file', async () => {
    expect(await readSource(join(root, 'a.html'))).toEqual({ kind: 'folder', root, starts: ['/a.html'] });
  });

  it('starts with a web address', async () => {
    expect(await readSource('http://site.test/x#y')).toEqual({ kind: 'web', starts: ['http://site.test/x'] });
  });

  it('starts with the README and the docs of this repository when asked for nothing', async () => {
    expect(await readSource(undefined)).toMatchObject({
      kind: 'folder',
      starts: expect.arrayContaining(['/README.md']),
    });
  });

  it.each([
    ['/no/such/place', 'no such file or folder: /no/such/place'],
    ['http://[::1', 'malformed URL: http://[::1'],
    ['ftp://site.test', 'neither http nor https: ftp://site.test'],
  ])('says what is wrong with %s', async (argument, reason) => {
    expect(await readSource(argument)).toEqual({ kind: 'unusable', reason });
  });

  it('says that a folder holds no page', async () => {
    const reason = `no HTML or Markdown file in ${join(root, 'empty')}`;
    expect(await readSource(join(root, 'empty'))).toEqual({ kind: 'unusable', reason });
  });
});
