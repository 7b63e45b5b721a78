/** What performing a plan is observed to do; the same form whoever performs it. */

/** What one step did. */
export interface Observed {
  /** What the operation answered: `ok`, `ok undefined`, an error's reason in words, or `skipped`. */
  readonly answer: string;
  /** Starts and terminates in their order. `+w1#2`: the second life of w1 begins; `?w1`: a start failed; `~w1`: it ignored; `-w1#2 reason`: its terminate. */
  readonly log: readonly string[];
  /** Ends of processes with their reasons, sorted: `w1#2 reason`. */
  readonly ends: readonly string[];
  /** The tree as the supervisors tell of it; or why the root ended, or did not start. */
  readonly tree: string;
}

/** What a step is expected to do. */
export interface Expected extends Observed {
  /** Terminates of those whose supervisor was killed: they run by themselves, so their place in the log is not fixed. */
  readonly orphans: readonly string[];
}

/** How an observation differs from what was expected; `undefined` if it does not. */
export function difference(expected: readonly Expected[], observed: readonly Observed[]): string | undefined {
  for (let step = 0; step < Math.max(expected.length, observed.length); step += 1) {
    const [want, got] = [expected[step], observed[step]];
    if (want === undefined || got === undefined) return `step ${step}: only one of both has it`;
    const wanted = write({ ...want, log: want.log });
    const seen = write({ ...got, log: without(got.log, want.orphans) });
    if (wanted !== seen) return `step ${step}:\n  expected ${wanted}\n  observed ${seen}`;
  }
  return undefined;
}

/** One line for one step. */
function write({ answer, log, ends, tree }: Observed): string {
  return JSON.stringify([answer, log, ends, tree]);
}

/** `log` without its orphans, each taken out once; one that is missing is put in front, so that it shows. */
function without(log: readonly string[], orphans: readonly string[]): readonly string[] {
  const left = [...log];
  const missing: string[] = [];
  for (const orphan of orphans) {
    const index = left.indexOf(orphan);
    if (index === -1) missing.push(`missing ${orphan}`);
    else left.splice(index, 1);
  }
  return [...missing, ...left];
}
