import { describe, expect, it } from 'vitest';
import { checkPrograms } from './signals/check.ts';
import { mutants, withMutant } from './signals/mutants.ts';

describe('random programs of signals', () => {
  for (const mutant of mutants) {
    it(`find the planted mistake: ${mutant.mistake}`, async () => {
      const check = withMutant(mutant, (lib) => checkPrograms(lib, 2_000, 1));
      await expect(check).rejects.toThrow(/Property failed/);
    });
  }
});
