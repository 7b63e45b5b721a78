/** The READMEs of packages and examples as pages of the site. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

const root = new URL('../../', import.meta.url);

/** One README, and where the site has it. */
interface Readme {
  readonly params: { readonly name: string };
  readonly content: string;
}

/** Those of the folders in `folder`, links changed to those of the site. */
export function readmesOf(folder: 'packages' | 'examples'): readonly Readme[] {
  return namesIn(folder).map((name) => {
    const page = readFileSync(new URL(`${folder}/${name}/README.md`, root), 'utf8');
    return { params: { name }, content: changeLinks(page, `${folder}/${name}`) };
  });
}

/** Folders that have a page, in order: the one-import package first. */
export function namesIn(folder: 'packages' | 'examples'): readonly string[] {
  return readdirSync(new URL(folder, root))
    .filter((name) => existsSync(new URL(`${folder}/${name}/README.md`, root)) && !isPrivate(folder, name))
    .toSorted((a, b) => Number(b === 'coppice') - Number(a === 'coppice') || (a < b ? -1 : 1));
}

function isPrivate(folder: string, name: string): boolean {
  const manifest: unknown = JSON.parse(readFileSync(new URL(`${folder}/${name}/package.json`, root), 'utf8'));
  return folder === 'packages' && typeof manifest === 'object' && manifest !== null && 'private' in manifest;
}

/** A link to a file that has no page, such as a source file, becomes its text. */
function changeLinks(page: string, folder: string): string {
  return page.replaceAll(/\[([^\]]+)\]\((?!https?:|#)([^)]+)\)/g, (_, text: string, target: string) => {
    const link = linkOf(posix.join(folder, target));
    return link === undefined ? text : `[${text}](${link})`;
  });
}

function linkOf(path: string): string | undefined {
  const [, folder, name] = /^(packages|examples)\/([^/]+)(?:\/README\.md)?\/?$/.exec(path) ?? [];
  if (folder === 'packages' && name !== undefined) return `/guides/${name}`;
  if (folder === 'examples' && name !== undefined) return `/examples/${name}`;
  if (path === 'README.md') return '/';
  return path.startsWith('docs/') ? path.replace('docs', '').replace(/\.md(?=#|$)/, '') : undefined;
}
