import { describe, expect, it } from 'vitest';
import { failures, reportOn } from '../src/report.ts';
import { scriptIds } from '../src/transcript.ts';

describe('the oracle', () => {
  it.each(scriptIds())('%s: every line is what the BEAM printed, or a declared difference', async (id) => {
    const report = await reportOn(id, 'virtual');
    expect(report.failure).toBeUndefined();
    expect(failures(report)).toEqual([]);
  });
});
