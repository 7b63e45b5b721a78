import { describe, expect, it } from 'vitest';
import { failures, reportOn } from '../src/report.ts';
import { scriptIds } from '../src/transcript.ts';

describe('the oracle', () => {
  it.each(scriptIds())('%s: every line is what the BEAM printed, or a declared difference', async (id) => {
    const report = await reportOn(id, 0);
    expect(report.failure).toBeUndefined();
    expect(failures(report)).toEqual([]);
  });

  it.each([1, 2, 3])('is the same when the processes run in order %d', async (seed) => {
    for (const id of scriptIds()) {
      const report = await reportOn(id, seed);
      const { failure } = report;
      expect({ id, failure, failures: failures(report) }).toEqual({ id, failure: undefined, failures: [] });
    }
  });
});
