import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('a timer that a process left behind is stopped at its first call of the runtime [semantics 41]', () => {
  const program = fileURLToPath(new URL('programs/late-timer.ts', import.meta.url));
  const { VITEST: _test, ...env } = process.env; // its top-level code is a main process
  const args = ['--conditions=@coppice/source', '--import', 'tsx', program];
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  expect(stdout).toBe('stopped\nnothing came\n');
});
