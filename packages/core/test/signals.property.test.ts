import * as Core from '@coppice/core';
import { describe, expect, it } from 'vitest';
import { checkPrograms, print } from './signals/check.ts';

describe('random programs of signals', () => {
  it('lead to what the model says, 500 of them', async () => {
    const coverage = await checkPrograms(Core, 500, 20_261_124);
    print(coverage);
    expect(coverage.size).toBeGreaterThanOrEqual(44);
  });
});
