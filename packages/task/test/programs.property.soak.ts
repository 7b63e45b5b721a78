import * as Package from '@coppice/task';
import { describe, expect, it } from 'vitest';
import { checkStreams, checkTasks, formatCoverage } from './property/check.ts';

const seed = Math.floor(Math.random() * 2 ** 31);

describe('random programs', () => {
  it.each([
    ['tasks', checkTasks],
    ['streams', checkStreams],
  ])('of %s give what the model predicts, 10,000 times', async (_what, check) => {
    console.log(`seed ${seed}`);
    const coverage = await check(Package, 10_000, seed);
    console.log(formatCoverage(coverage));
    expect(coverage.size).toBeGreaterThan(40);
  });
});
