import { describe, expect, it } from 'vitest';
import { checkChaos } from './chaos/check.ts';

describe('a tree of every kind of supervisor', () => {
  it('has all of its workers, names and sizes after 3,000 random kills', async () => {
    const { workers } = await checkChaos({ workers: 1_000, kills: 3_000, seed: 20_251_124 });
    expect(workers).toBe(1_000);
  });
});
