import { expect, it } from 'vitest';
import { runProgram } from './run-program.ts';

it('a timer that a process left behind is stopped at its first call of the runtime [semantics 41]', () => {
  expect(runProgram('late-timer').stdout).toBe('stopped\nnothing came\n');
});

it('what code of a process that has exited throws or rejects, where nothing catches it, does not end the program [semantics 41]', () => {
  expect(runProgram('late-rejection')).toMatchObject({
    stdout: 'undefined\nthe program goes on\n',
    stderr: '',
    status: 0,
  });
});

it.each(['rejects', 'throws'])('an error of nobody ends the program all the same: what it %s', (kind) => {
  const { stdout, stderr, status } = runProgram('late-rejection', kind);
  expect({ stdout, status }).toEqual({ stdout: 'undefined\n', status: 1 });
  expect(stderr).toContain('Error: of nobody');
});
