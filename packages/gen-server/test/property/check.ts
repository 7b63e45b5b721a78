/** Random programs, run and predicted. */
import type * as Package from '@coppice/gen-server';
import fc from 'fast-check';
import { expect } from 'vitest';
import { predict } from './model.ts';
import { type Observation, type Program, program } from './program.ts';
import { runProgram } from './run.ts';

/** How often each kind of thing happened in all programs of a check. */
export type Coverage = Map<string, number>;

/** Runs `runs` random programs on a server of `lib`; rejects with the smallest one whose observation is not the predicted one. */
export async function checkPrograms(lib: typeof Package, runs: number, seed: number): Promise<Coverage> {
  const coverage: Coverage = new Map();
  const property = fc.asyncProperty(program, async (given) => {
    const observed = await runProgram(lib, given);
    cover(coverage, given, observed);
    expect(observed).toEqual(predict(given));
  });
  await fc.assert(property, { numRuns: runs, seed, endOnFailure: false });
  return coverage;
}

function cover(coverage: Coverage, { actions }: Program, { outcomes, log, end }: Observation): void {
  const count = (what: string): void => {
    coverage.set(what, (coverage.get(what) ?? 0) + 1);
  };
  for (const [index, action] of actions.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined) count(action.kind);
    else count(`${action.kind}: ${'reason' in outcome ? kindOf(outcome.reason) : 'value'}`);
  }
  for (const [, what] of log) count(`server: ${what.split(' ')[0]}`);
  count('reason' in end ? `end: ${kindOf(end.reason)}` : 'end: alive');
}

function kindOf(reason: unknown): string {
  return String(reason).split(/[ :{]/)[0] || 'bad return';
}

/** The coverage as lines for people. */
export function formatCoverage(coverage: Coverage): string {
  return [...coverage]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, times]) => `${String(times).padStart(7)}  ${what}`)
    .join('\n');
}
