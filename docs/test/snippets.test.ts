/** Every runnable example of the documentation prints what its page says. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { writeSnippets } from '../snippets.ts';

const run = promisify(execFile);
const cwd = fileURLToPath(new URL('..', import.meta.url));
const node = ['--conditions=@coppice/source', '--import', 'tsx'];

describe('the documentation', () => {
  it.each(writeSnippets())(
    'prints what the page says at $place',
    { timeout: 30_000 },
    async ({ path, output }) => {
      const { stdout } = await run(process.execPath, [...node, path], { cwd });
      expect(stdout).toBe(output);
    },
  );
});
