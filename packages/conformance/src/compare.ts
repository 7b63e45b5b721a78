/** Compares what a scenario observed with what the BEAM printed, line by line. Pure. */

import type { Difference } from './differences.ts';
import type { Json } from './encoder.ts';
import type { Line } from './oracle.ts';

export type Verdict =
  | { readonly kind: 'equal'; readonly step: string }
  | { readonly kind: 'declared'; readonly step: string; readonly reason: string }
  | { readonly kind: 'differs'; readonly step: string; readonly expected: Json; readonly observed: Json }
  | { readonly kind: 'missing'; readonly step: string; readonly expected: Json }
  /** A step that the script does not have. */
  | { readonly kind: 'extra'; readonly step: string; readonly observed: Json }
  /** Declared as a difference, but there is none. */
  | { readonly kind: 'needless'; readonly step: string; readonly reason: string };

/** A verdict for each line of the transcript, in order, then what remains. */
export function compare(
  expected: readonly Line[],
  observed: readonly Line[],
  differences: readonly Difference[],
): readonly Verdict[] {
  const declared = new Map(differences.map((difference) => [difference.step, difference]));
  const verdicts: Verdict[] = [];
  let at = 0;
  for (const line of expected) {
    const found = observed[at]?.step === line.step ? observed[at] : undefined;
    if (found !== undefined) at++;
    verdicts.push(judge(line, found, declared.get(line.step)));
  }
  const extra = observed
    .slice(at)
    .map(({ step, value }): Verdict => ({ kind: 'extra', step, observed: value }));
  const steps = new Set(expected.map(({ step }) => step));
  const unknown = differences.filter(({ step }) => !steps.has(step));
  return [
    ...verdicts,
    ...extra,
    ...unknown.map(({ step, reason }): Verdict => ({ kind: 'needless', step, reason })),
  ];
}

/** Whether a verdict fails the run. */
export function isFailure({ kind }: Verdict): boolean {
  return kind !== 'equal' && kind !== 'declared';
}

function judge(line: Line, found: Line | undefined, declared: Difference | undefined): Verdict {
  const { step, value: expected } = line;
  const isEqual = found !== undefined && JSON.stringify(found.value) === JSON.stringify(expected);
  if (isEqual && (declared === undefined || declared.ofOrder)) return { kind: 'equal', step };
  if (declared !== undefined) {
    return { kind: isEqual ? 'needless' : 'declared', step, reason: declared.reason };
  }
  return found === undefined
    ? { kind: 'missing', step, expected }
    : { kind: 'differs', step, expected, observed: found.value };
}
