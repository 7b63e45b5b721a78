import * as Core from '@coppice/core';
import { describe, expect, it } from 'vitest';
import { checkPrograms, print } from './signals/check.ts';

describe('random programs of signals', () => {
  it('lead to what the model says, 10,000 of them, each outcome at least 200 times', async () => {
    const coverage = await checkPrograms(Core, 10_000, Math.trunc(Math.random() * 2 ** 31));
    expect(print(coverage)).toBeGreaterThanOrEqual(200);
  });
});
