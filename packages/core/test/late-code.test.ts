import { expect, it } from 'vitest';
import { runProgram } from './run-program.ts';

it('a timer that a process left behind is stopped at its first call of the runtime [semantics 41]', () => {
  expect(runProgram('late-timer').stdout).toBe('stopped\nnothing came\n');
});

it('what code of a process that has exited throws or rejects, where nothing catches it, does not end the program [semantics 41]', () => {
  const { stdout, stderr, status } = runProgram('late-rejection');
  expect({ stdout, status }).toEqual({ stdout: 'undefined\nthe program goes on\n', status: 0 });
  // What stopped the code is not told; what failed in it is.
  expect(stderr).toMatch(
    /^code that process #PID<.*> left behind failed after its end:\n {2}Error: in an abort listener\n(?: {6}.*\n)+$/,
  );
});

it.each(['rejects', 'throws'])('an error of nobody ends the program all the same: what it %s', (kind) => {
  const { stdout, stderr, status } = runProgram('late-rejection', kind);
  expect({ stdout, status }).toEqual({ stdout: 'undefined\n', status: 1 });
  expect(stderr).toContain('Error: of nobody');
});
