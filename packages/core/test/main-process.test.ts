import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { replaceMain } from '@coppice/core';
import { describe, expect, it } from 'vitest';

/** Runs a program from source; its top-level code is a main process. */
function run(name: string): { readonly stdout: string; readonly stderr: string; readonly status: unknown } {
  const program = fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url));
  const { VITEST: _test, ...env } = process.env;
  const args = ['--conditions=@coppice/source', '--import', 'tsx', program];
  return spawnSync(process.execPath, args, { encoding: 'utf8', env });
}

describe('replaceMain', () => {
  it('lets a program go on as another main process when a link ends main', () => {
    const { stdout, status } = run('another-main');
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

  it('has hooks and subscribers hear of the end as the next main; the one that ended does not linger', () => {
    expect(run('end-of-main')).toMatchObject({ stdout: 'subscriber\nhook\n', stderr: '', status: 0 });
  });

  it('takes a function only', () => {
    expect(() => replaceMain('told' as never)).toThrow(new TypeError('told must be a function, got "told"'));
  });
});
