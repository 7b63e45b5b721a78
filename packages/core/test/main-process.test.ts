import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('a program that replaces its main process goes on as another one when a link ends main', () => {
  const program = fileURLToPath(new URL('programs/another-main.ts', import.meta.url));
  const { VITEST: _test, ...env } = process.env; // its top-level code is a main process
  const args = ['--conditions=@coppice/source', '--import', 'tsx', program];
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  expect(stdout.trimEnd().split('\n')).toEqual([
    '#PID<0.1.0> exited: crashed',
    'false false true',
    'heard',
    '#PID<0.2.0> bystander',
    '#PID<0.4.0> main',
    '1',
  ]);
  expect(status).toBe(0);
});
