import * as Package from '@coppice/gen-server';
import { describe, expect, it } from 'vitest';
import { checkPrograms, formatCoverage } from './property/check.ts';

describe('random programs', () => {
  it('give what the model predicts: replies, order, final state, exit reasons', async () => {
    const coverage = await checkPrograms(Package, 500, 1);
    console.log(formatCoverage(coverage));
    expect(coverage.size).toBeGreaterThan(40);
  });
});
