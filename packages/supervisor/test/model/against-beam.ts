/** Random plans on the BEAM, on Coppice and by the model: all three must come to the same. */
import fc from 'fast-check';
import { performOnBeam } from './beam.ts';
import { compare } from './check.ts';
import { Coverage } from './coverage.ts';
import { Model } from './model.ts';
import { plans } from './plan.ts';
import { difference } from './transcript.ts';

/** How plans came out differently, each with the plan; none if all is well. */
export async function checkAgainstBeam(options: {
  readonly runs: number;
  readonly seed: number;
}): Promise<readonly string[]> {
  const sample = fc.sample(plans({ waits: false }), { numRuns: options.runs, seed: options.seed });
  const beam = performOnBeam(sample);
  const differences: string[] = [];
  for (const [index, plan] of sample.entries()) {
    const coverage = new Coverage();
    const seen = beam[index] ?? [];
    const failures = [
      ['the BEAM', difference(new Model(coverage).perform(plan), seen)],
      ['Coppice', await compare(plan, index, coverage)],
    ] as const;
    for (const [who, failure] of failures) {
      if (failure !== undefined)
        differences.push(`${who} differs from the model: ${failure}\n${JSON.stringify(plan)}`);
    }
  }
  return differences;
}
