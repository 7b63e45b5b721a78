/** Random plans, performed on Coppice and by the model: they must come to the same. */
import fc from 'fast-check';
import { Coverage } from './coverage.ts';
import { Model } from './model.ts';
import { perform } from './perform.ts';
import { type Plan, plans } from './plan.ts';
import { difference } from './transcript.ts';

/** How many plans, and from which seed. */
export interface CheckOptions {
  readonly runs: number;
  readonly seed: number;
  /** Whether to look for the smallest plan that comes out differently; default `true`. */
  readonly shrinks?: boolean;
}

/** Performs plans in random order of turns. Rejects with the smallest plan that comes out differently, and how. */
export async function checkPlans({ runs, seed, shrinks = true }: CheckOptions): Promise<Coverage> {
  const coverage = new Coverage();
  const property = fc.asyncProperty(
    plans({ waits: true }),
    fc.integer({ min: 0, max: 0xffff }),
    async (plan, order) => {
      const failure = await compare(plan, order, coverage);
      if (failure !== undefined) throw new Error(failure);
    },
  );
  await fc.assert(property, { numRuns: runs, seed, endOnFailure: !shrinks });
  return coverage;
}

/** How Coppice differs from the model; `undefined` if it does not. */
export async function compare(plan: Plan, order: number, coverage: Coverage): Promise<string | undefined> {
  const expected = new Model(coverage).perform(plan);
  return difference(expected, await perform(plan, order));
}
