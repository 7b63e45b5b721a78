import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** The program is no test: its top-level code runs as the main process. */
const { VITEST: _test, ...env } = process.env;
const folder = fileURLToPath(new URL('..', import.meta.url));

it('prints what its page says', () => {
  const { status, stdout } = spawnSync('npm', ['run', '-s', 'start'], { cwd: folder, encoding: 'utf8', env });
  const page = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const printed = /```text\n([\s\S]*?)```/.exec(page)?.[1];
  expect(stdout).toBe(printed);
  expect(status).toBe(0);
});
