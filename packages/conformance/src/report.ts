/** Runs the ports and says, per scenario and in total, how many lines are the BEAM's. */
import { compare, isFailure, type Verdict } from './compare.ts';
import { differences } from './differences.ts';
import { perform, type Run } from './scenario.ts';
import { scenarios } from './scenarios.ts';
import { transcript } from './transcript.ts';

export interface Report {
  readonly id: string;
  /** Lines of the transcript. */
  readonly lines: number;
  readonly equal: number;
  /** `undefined` for a script without a port. */
  readonly verdicts: readonly Verdict[] | undefined;
  /** What ended the scenario before its last step. */
  readonly failure: unknown;
}

/** Runs the port of script `id` and compares its lines with the transcript. */
export async function reportOn(id: string, how: Run): Promise<Report> {
  const expected = transcript(id);
  const port = scenarios.find((scenario) => scenario.id === id);
  if (port === undefined) {
    return { id, lines: expected.length, equal: 0, verdicts: undefined, failure: undefined };
  }
  const { lines, failure } = await perform(port, how);
  const declared = differences.filter(({ scenario }) => scenario === id);
  const verdicts = compare(expected, lines, declared);
  const equal = verdicts.filter(({ kind }) => kind === 'equal').length;
  return { id, lines: expected.length, equal, verdicts, failure };
}

/** Verdicts that fail the run. */
export function failures({ verdicts = [] }: Report): readonly Verdict[] {
  return verdicts.filter(isFailure);
}
