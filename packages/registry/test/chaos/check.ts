/** What must hold of a large tree after any number of random kills. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { type Rest, unleash } from './unleash.ts';

export interface CheckOptions {
  readonly workers: number;
  readonly kills: number;
  readonly seed: number;
}

/** Unleashes chaos; at every fifth of it all must be as it was before. Gives what came of it, growth of the heap since the first fifth as a share. */
export async function checkChaos({ workers, kills, seed }: CheckOptions): Promise<{
  readonly workers: number;
  readonly growth: number;
}> {
  const { before, during, starts, ms } = await unleash({ workers, kills, random: randomFrom(seed) });
  const heap = during.map((rest) => rest.heap);
  console.log(
    `${kills} kills, ${starts} starts, ${(ms / 1_000).toFixed(1)} s, ` +
      `heap before ${megabytes(before.heap)}, at each fifth ${heap.map(megabytes).join(' ')} MB`,
  );
  for (const rest of during) expect(sizes(rest)).toEqual(sizes(before));
  expect(starts).toBeGreaterThanOrEqual(kills);
  const [first = 0, last = 0] = [heap[0], heap.at(-1)];
  return { workers: during.at(-1)?.workers ?? 0, growth: last / first - 1 };
}

function sizes({ heap: _, ...others }: Rest): Omit<Rest, 'heap'> {
  return others;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function randomFrom(seed: number): (bound: number) => number {
  const [stream] = fc.sample(fc.infiniteStream(fc.nat(), { noHistory: true }), { seed, numRuns: 1 });
  return (bound) => Number(stream?.next().value) % bound;
}
