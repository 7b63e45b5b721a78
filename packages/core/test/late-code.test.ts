import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** Runs a program whose top-level code is a main process. */
function run(
  name: string,
  ...args: readonly string[]
): { readonly stdout: string; readonly stderr: string; readonly status: number | null } {
  const program = fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url));
  const { VITEST: _test, ...env } = process.env;
  return spawnSync(process.execPath, ['--conditions=@coppice/source', '--import', 'tsx', program, ...args], {
    encoding: 'utf8',
    env,
  });
}

it('a timer that a process left behind is stopped at its first call of the runtime [semantics 41]', () => {
  expect(run('late-timer').stdout).toBe('stopped\nnothing came\n');
});

it('what code of a process that has exited throws or rejects, where nothing catches it, does not end the program [semantics 41]', () => {
  expect(run('late-rejection')).toMatchObject({
    stdout: 'undefined\nthe program goes on\n',
    stderr: '',
    status: 0,
  });
});

it('an error of nobody ends the program all the same', () => {
  const { stdout, stderr, status } = run('late-rejection', 'nobody');
  expect({ stdout, status }).toEqual({ stdout: 'undefined\n', status: 1 });
  expect(stderr).toContain('Error: of nobody');
});
