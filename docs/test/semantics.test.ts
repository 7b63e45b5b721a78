/** Every sentence of `docs/semantics.md` has a test that names it, as in `it('… [semantics 3]', …)`, and no test names a sentence that is not there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const sentences = numbers(/^- \*\*(\d+)\.\*\* /gm, readFileSync(new URL('docs/semantics.md', root), 'utf8'));
const tested = new Set(testFiles().flatMap((path) => namedIn(readFileSync(new URL(path, root), 'utf8'))));

describe('docs/semantics.md', () => {
  it('numbers each sentence once', () => {
    expect(sentences.length).toBeGreaterThan(0);
    expect(new Set(sentences).size).toBe(sentences.length);
  });

  it('has a test for each sentence', () => {
    expect(sentences.filter((number) => !tested.has(number))).toEqual([]);
  });

  it('has a sentence for each number that a test names', () => {
    expect([...tested].filter((number) => !sentences.includes(number))).toEqual([]);
  });
});

function testFiles(): readonly string[] {
  return ['packages', 'examples']
    .flatMap((folder) => readdirSync(new URL(folder, root)).map((name) => `${folder}/${name}/test`))
    .filter((folder) => existsSync(new URL(folder, root)))
    .flatMap((folder) =>
      readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' }).map(
        (name) => `${folder}/${name}`,
      ),
    )
    .filter((path) => path.endsWith('.test.ts'));
}

/** The numbers in `[semantics 3]` or `[semantics 3, 17]`. */
function namedIn(test: string): readonly number[] {
  const lists = [...test.matchAll(/\[semantics ([\d, ]+)\]/g)].map((match) => match[1] ?? '');
  return lists.flatMap((list) => numbers(/(\d+)/g, list));
}

function numbers(pattern: RegExp, text: string): readonly number[] {
  return [...text.matchAll(pattern)].map((match) => Number(match[1]));
}
