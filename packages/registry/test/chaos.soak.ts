import { describe, expect, it } from 'vitest';
import { checkChaos } from './chaos/check.ts';

describe('a tree of every kind of supervisor', () => {
  it('has all of its 10,000 workers, names and sizes after 1,000,000 random kills, in flat memory', async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000_007);
    console.log(`SEED=${seed}`);
    const { workers, growth } = await checkChaos({ workers: 10_000, kills: 1_000_000, seed });
    expect(workers).toBe(10_000);
    expect(growth).toBeLessThan(0.1);
  });
});
