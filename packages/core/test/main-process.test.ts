import { replaceMain } from '@coppice/core';
import { describe, expect, it } from 'vitest';
import { runProgram } from './run-program.ts';

describe('replaceMain', () => {
  it('lets a program go on as another main process when a link ends main', () => {
    const { stdout, status } = runProgram('another-main');
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
    expect(runProgram('end-of-main')).toMatchObject({ stdout: 'subscriber\nhook\n', stderr: '', status: 0 });
  });

  it('takes a function only', () => {
    expect(() => replaceMain('told' as never)).toThrow(new TypeError('told must be a function, got "told"'));
  });
});
