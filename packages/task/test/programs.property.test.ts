import * as Package from '@coppice/task';
import { describe, expect, it } from 'vitest';
import { checkStreams, checkTasks, formatCoverage } from './property/check.ts';

describe('random programs of tasks', () => {
  it('give what the model predicts: results, their times, what is left behind, who ended and why', async () => {
    const coverage = await checkTasks(Package, 500, 1);
    console.log(formatCoverage(coverage));
    expect(coverage.size).toBeGreaterThan(40);
  });
});

describe('random streams', () => {
  it('give what the model predicts: outcomes, their times, who ended when and why', async () => {
    const coverage = await checkStreams(Package, 500, 1);
    console.log(formatCoverage(coverage));
    expect(coverage.size).toBeGreaterThan(40);
  });
});
