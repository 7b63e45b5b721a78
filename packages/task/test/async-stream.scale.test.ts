import { describe, expect, it } from 'vitest';
import { streamOver } from './scale.ts';

describe('Task.asyncStream over 100,000 items, 10 at once', () => {
  it('holds at most 10 tasks and flat memory [semantics 62]', async () => {
    const { outcomes, tasks, heap } = await streamOver(100_000, 10);
    expect(outcomes).toBe(100_000);
    expect(tasks).toBe(10);
    // The first tenths warm up; what is left would be 100 kB a tenth for each 10 bytes that an item leaves behind.
    const [early = 0, late = 0] = [heap[4], heap.at(-1)];
    expect(late - early).toBeLessThan(500_000);
  });
});
