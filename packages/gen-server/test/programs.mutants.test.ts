import * as Package from '@coppice/gen-server';
import { describe, expect, it } from 'vitest';
import { checkPrograms } from './property/check.ts';
import { mutants, withMutant } from './property/mutants.ts';

describe('random programs', () => {
  for (const mutant of mutants) {
    it(`find the planted mistake: ${mutant.mistake}`, async () => {
      const check = withMutant(mutant, (lib) => checkPrograms(lib, 2_000, 1));
      await expect(check).rejects.toThrow(/Property failed/);
    });
  }

  it('find none where none is planted', async () => {
    expect((await checkPrograms(Package, 50, 2)).size).toBeGreaterThan(20);
  });
});
