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
    expect(stderr).not.toContain('of a dead process');
    expect(code).toBe(0);
  });
});
