/** Random plans on the BEAM, on Coppice and, for static supervisors, by the model: all must come to the same. */
import fc from 'fast-check';
import { performOnBeam } from './beam.ts';
import { compare } from './check.ts';
import { Coverage } from './coverage.ts';
import { dynamicPlans } from './dynamic-plan.ts';
import { Model } from './model.ts';
import { perform } from './perform.ts';
import { plans } from './plan.ts';
import { difference, type Observed } from './transcript.ts';

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

/** {@link checkAgainstBeam} for dynamic supervisors, of which there is no model. */
export async function checkDynamicAgainstBeam(options: {
  readonly runs: number;
  readonly seed: number;
}): Promise<readonly string[]> {
  const sample = fc.sample(dynamicPlans, { numRuns: options.runs, seed: options.seed });
  const beam = performOnBeam(sample);
  const differences: string[] = [];
  for (const [index, plan] of sample.entries()) {
    const expected = (beam[index] ?? []).map((step) => ({ ...inAnyOrder(step), orphans: [] }));
    const failure = difference(expected, (await perform(plan, index)).map(inAnyOrder));
    if (failure !== undefined) differences.push(`${failure}\n${JSON.stringify(plan)}`);
  }
  return differences;
}

/** A dynamic supervisor that ends stops its children all at once: who is first is open. */
function inAnyOrder(step: Observed): Observed {
  return step.tree.startsWith('ended') ? { ...step, log: step.log.toSorted() } : step;
}
