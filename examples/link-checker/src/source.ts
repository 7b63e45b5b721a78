/** What the user asked to be checked. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseUrl } from './link.ts';

/** Where checking starts. `starts` are paths of addresses below a folder's root, or whole addresses of the web. */
export type Source =
  | { readonly kind: 'folder'; readonly root: string; readonly starts: readonly string[] }
  | { readonly kind: 'web'; readonly starts: readonly string[] }
  | { readonly kind: 'unusable'; readonly reason: string };

/** A source that can be checked. */
export type UsableSource = Exclude<Source, { readonly kind: 'unusable' }>;

const PAGES = /\.(?:html?|md|markdown)$/i;
const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'dist', 'coverage']);

/** Reads the command line's one argument: an http(s) address, a folder, or a file; without one, this repository's README and docs. */
export async function readSource(argument: string | undefined): Promise<Source> {
  if (argument === undefined) return thisRepository();
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(argument)) return webSource(argument);
  const path = resolve(argument);
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) return { kind: 'unusable', reason: `no such file or folder: ${argument}` };
  if (!stats.isDirectory())
    return { kind: 'folder', root: dirname(path), starts: [addressOf(basename(path))] };
  const starts = await pagesBelow(path, path);
  if (starts.length === 0) return { kind: 'unusable', reason: `no HTML or Markdown file in ${argument}` };
  return { kind: 'folder', root: path, starts };
}

function webSource(argument: string): Source {
  const url = parseUrl(argument);
  if (url === undefined) return { kind: 'unusable', reason: `malformed URL: ${argument}` };
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return { kind: 'unusable', reason: `neither http nor https: ${argument}` };
  }
  url.hash = '';
  return { kind: 'web', starts: [url.href] };
}

async function thisRepository(): Promise<Source> {
  const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[\\/]$/, '');
  const docs = await pagesBelow(root, join(root, 'docs'));
  // The pages of the API are made for the site, which names their headings in its own way.
  const written = docs.filter((address) => !address.startsWith('/docs/api/'));
  return { kind: 'folder', root, starts: ['/README.md', ...written] };
}

/** Addresses of the pages in `folder`, sorted; hidden folders and what is built or installed are left out. */
async function pagesBelow(root: string, folder: string): Promise<string[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        return SKIPPED.has(entry.name) || entry.name.startsWith('.') ? [] : pagesBelow(root, path);
      }
      return PAGES.test(entry.name) ? [addressOf(relative(root, path))] : [];
    }),
  );
  return found.flat();
}

function addressOf(path: string): string {
  return `/${path.split(sep).map(encodeURIComponent).join('/')}`;
}
