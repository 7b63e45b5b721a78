import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { seededRandom } from '../src/random.ts';

/** A site on disk, and what a checker must find on it. */
export interface MadeSite extends AsyncDisposable {
  readonly root: string;
  readonly pages: number;
  readonly links: number;
  /** `file:line href` of each broken link, sorted. */
  readonly broken: readonly string[];
}

interface Written {
  readonly href: string;
  readonly isBroken: boolean;
}

const HTML_PAGES = 200;
const MARKDOWN_PAGES = 120;
const LINKS_OF_A_PAGE = 6;

/** Another host, for links that leave the site. */
export const elsewhere: RequestListener = (request, response) => {
  const redirect = (location: string) => response.writeHead(302, { location }).end();
  switch (request.url) {
    case '/good':
      return response.writeHead(200, { 'content-type': 'text/html' }).end('<p>good</p>');
    case '/moved':
      return redirect('/good');
    case '/get-only':
      return response.writeHead(request.method === 'HEAD' ? 405 : 200).end();
    case '/circle-a':
      return redirect('/circle-b');
    case '/circle-b':
      return redirect('/circle-a');
    case '/error':
      return response.writeHead(500).end();
    default:
      return response.writeHead(410).end();
  }
};

/** Makes 320 pages of HTML and Markdown that link to each other, and to `elsewhereUrl`. The same `seed` makes the same site. */
export async function makeSite(seed: number, elsewhereUrl: string): Promise<MadeSite> {
  const root = await mkdtemp(join(tmpdir(), 'made-site-'));
  const random = seededRandom(seed);
  const pick = <T>(items: readonly T[]): T => {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  const html = Array.from({ length: HTML_PAGES }, (_, n) => `part-${n % 7}/page-${n}.html`);
  const markdown = Array.from({ length: MARKDOWN_PAGES }, (_, n) => `docs/${n % 5}/note ${n}.md`);
  const files = [...html, ...markdown];

  const good = (): Written => {
    const page = `/${encodeURI(pick(files))}`;
    const ours = ['', '#part-1', '#part-2', '#top'].map((suffix) => page + suffix);
    const href = pick([
      ...ours,
      ...ours,
      '#part-1',
      '/data',
      '/image.png',
      `${elsewhereUrl}${pick(['/good', '/moved', '/get-only'])}`,
    ]);
    return { href, isBroken: false };
  };
  const broken = (): Written => {
    const page = `/${encodeURI(pick(files))}`;
    const theirs = ['/circle-a', '/error', '/gone'].map((path) => elsewhereUrl + path);
    return {
      href: pick([`${page}#nowhere`, '#nowhere', '/missing.html', 'missing.md', 'http://[', ...theirs]),
      isBroken: true,
    };
  };

  const lost: string[] = [];
  for (const file of files) {
    const isMarkdown = file.endsWith('.md');
    const written = Array.from({ length: LINKS_OF_A_PAGE }, () => (random() < 0.04 ? broken() : good()));
    // The links stand on lines 2, 3, 4, …
    for (const [index, { href, isBroken }] of written.entries()) {
      if (isBroken) lost.push(`${file}:${index + 2} ${href}`);
    }
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), isMarkdown ? markdownPage(written) : htmlPage(written));
  }
  await mkdir(join(root, 'data'));
  await writeFile(join(root, 'data/table.csv'), 'a,b\n');
  await writeFile(join(root, 'image.png'), 'not really');
  return {
    root,
    pages: files.length,
    links: files.length * LINKS_OF_A_PAGE,
    broken: lost.toSorted(),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}

function htmlPage(written: readonly Written[]): string {
  const links = written.map(({ href }) => `<p><a href="${href}">link</a>`);
  return [
    '<!doctype html><title>page</title>',
    ...links,
    '<h2 id="part-1">1</h2><h2 id="part-2">2</h2>',
    filler,
  ].join('\n');
}

function markdownPage(written: readonly Written[]): string {
  const links = written.map(({ href }) => `- [link](${href})`);
  return ['# Note', ...links, '', '## Part 1', '', '## Part 2', '', filler].join('\n');
}

/** So that a slow server has something to drip. */
const filler = 'Trees that are cut to the stump grow back. '.repeat(50);
