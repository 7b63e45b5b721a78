import * as Package from '@coppice/gen-server';
import { describe, expect, it } from 'vitest';
import { checkPrograms, formatCoverage } from './property/check.ts';

describe('random programs', () => {
  it('give what the model predicts, 10,000 times', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    console.log(`seed ${seed}`);
    const coverage = await checkPrograms(Package, 10_000, seed);
    console.log(formatCoverage(coverage));
    expect(coverage.size).toBeGreaterThan(40);
  });
});
