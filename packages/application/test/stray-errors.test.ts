import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { start } from './child.ts';

describe('an error that nothing caught, under Application.run', { timeout: 120_000 }, () => {
  it('is the exit of the process whose code it was, and its supervisor restarts it', async () => {
    const { code, stdout, stderr } = await start('stray').ended;
    expect(stdout.split('\n')).toEqual([
      'timer: timer; restarted',
      'immediate: immediate; restarted',
      'tick: tick; restarted',
      'file callback: file callback; restarted',
      'socket without listener: connect ECONNREFUSED 127.0.0.1:1; restarted',
      'emitter without listener: emitter; restarted',
      'forgotten promise: forgotten promise; restarted',
      'rejection of no error: {"nocatch":"just text"}; restarted',
      'async callback: async callback; restarted',
      'forgotten fetch: fetch failed; restarted',
      'exit in a timer: enough; restarted',
      'dead: discarded',
      '',
    ]);
    expect(stderr).toContain('(timer) crashed: Worker\n  Error: timer\n');
    expect(stderr).toContain('left behind failed after its end:\n  Error: of a dead process\n');
    expect(code).toBe(0);
  });
});

// Whoever happens to write is not at fault: for the program it is as without `run`.
describe('a stdout or stderr whose reader has gone, under Application.run', { timeout: 120_000 }, () => {
  it.each([
    ['stdout', /^Error: write EPIPE\n {4}at [^]*\nNode.js v/m],
    ['stderr', /^ends with 1 after 1 start\n$/],
  ] as const)('ends the program, and no process before: %s', async (stream, told) => {
    const { child, ended } = start('output', stream);
    await once(child, 'message');
    child[stream]?.destroy();
    const { code, stdout, stderr } = await ended;
    const other = stream === 'stdout' ? stderr : stdout;
    expect(other).toMatch(told);
    expect(other).toContain('ends with 1 after 1 start\n');
    expect(other).not.toContain('Supervisor');
    expect(code).toBe(1);
  });

  it('is the business of a program that listens', async () => {
    const { child, ended } = start('output', 'stdout', 'listens');
    await once(child, 'message');
    child.stdout?.destroy();
    const [message]: unknown[] = await once(child, 'message');
    child.kill('SIGTERM');
    const { code, stderr } = await ended;
    expect(message).toBe('write EPIPE');
    expect(stderr).toBe('ends with 0 after 1 start\n');
    expect(code).toBe(0);
  });
});
