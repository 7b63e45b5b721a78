import { describe, expect, it } from 'vitest';
import { failures, reportOn } from '../src/report.ts';
import { scriptIds } from '../src/transcript.ts';

/** Lines that depend on which of two processes runs first, on the BEAM too. */
const ofTheFirstOrder = [
  // Two tasks of 5 ms each: if the second one ends first, its place is free before there is a result.
  'back-pressure: how far the input was drawn when the first result arrives (max_concurrency 2)',
  // One death, two processes that hear of it.
  'temporary application whose supervisor dies: just removed; stop/1 is called',
];

describe('the oracle', () => {
  it.each(scriptIds())('%s: every line is what the BEAM printed, or a declared difference', async (id) => {
    const report = await reportOn(id, 0);
    expect(report.failure).toBeUndefined();
    expect(failures(report)).toEqual([]);
  });

  it.each([1, 2, 3])('is the same when the processes run in order %d', async (seed) => {
    for (const id of scriptIds()) {
      const report = await reportOn(id, seed);
      const failed = failures(report).filter(({ step }) => !ofTheFirstOrder.includes(step));
      expect({ id, failure: report.failure, failed }).toEqual({ id, failure: undefined, failed: [] });
    }
  });
});
