import { describe, expect, it } from 'vitest';
import { streamOver } from './scale.ts';

describe('Task.asyncStream over 1,000,000 items, 10 at once', () => {
  it('holds at most 10 tasks and flat memory', async () => {
    const { outcomes, tasks, heap } = await streamOver(1_000_000, 10);
    console.log(`heap at each tenth, kB: ${heap.map((bytes) => Math.round(bytes / 1_000)).join(' ')}`);
    expect(outcomes).toBe(1_000_000);
    expect(tasks).toBe(10);
    const [early = 0, late = 0] = [heap[1], heap.at(-1)];
    expect(late - early).toBeLessThan(1_000_000);
  });
});
