/**
 * The runnable examples of the documentation. A block that begins with ```ts run is a whole program; the ```text block after it is what
 * the program prints. Run as a program, this file writes the examples to `docs/.snippets`, where the compiler checks them; the tests
 * (`docs/test/snippets.test.ts`) run them and compare the output.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Snippet {
  /** Where it stands, as `README.md:28`. */
  readonly place: string;
  /** The program's path. */
  readonly path: string;
  readonly code: string;
  readonly output: string;
}

const root = new URL('../', import.meta.url);
const target = new URL('docs/.snippets/', root);

if (process.argv[1] === fileURLToPath(import.meta.url)) writeSnippets();

/** Writes every runnable example to its file and returns them all. */
export function writeSnippets(): readonly Snippet[] {
  const snippets = pages().flatMap(snippetsOf);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const { path, code } of snippets) writeFileSync(path, code);
  return snippets;
}

/** The Markdown files that users read, as paths from the root: those of the project and of its documentation, a README for each package and example. */
function pages(): readonly string[] {
  const inside = (folder: string): readonly string[] =>
    readdirSync(new URL(folder, root)).map((name) => `${folder}/${name}`);
  const folders = [...inside('packages'), ...inside('examples')].map((folder) => `${folder}/README.md`);
  return [...inside('.'), ...inside('docs'), ...inside('docs/decisions'), ...folders]
    .filter((path) => path.endsWith('.md') && existsSync(new URL(path, root)))
    .map((path) => path.replace(/^\.\//, ''))
    .toSorted();
}

function snippetsOf(page: string): readonly Snippet[] {
  const blocks = fencedBlocks(readFileSync(new URL(page, root), 'utf8'));
  return blocks.flatMap((block, index) => {
    if (block.info !== 'ts run') return [];
    const place = `${page}:${block.line}`;
    const output = blocks[index + 1];
    if (output?.info !== 'text')
      throw new Error(`${place}: a runnable example needs a text block with its output`);
    const name = `${page.replace(/\.md$/, '').replaceAll(/[^\w-]+/g, '-')}-${block.line}.mts`; // as readers are told to save it
    return [{ place, path: fileURLToPath(new URL(name, target)), code: block.body, output: output.body }];
  });
}

interface Block {
  readonly info: string;
  readonly line: number;
  readonly body: string;
}

function fencedBlocks(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```([^\n`]+)\n([\s\S]*?)^```$/gm)].map((match) => ({
    info: match[1] ?? '',
    line: markdown.slice(0, match.index).split('\n').length,
    body: match[2] ?? '',
  }));
}
