import { describe, expect, it } from 'vitest';
import { checkStreams, checkTasks } from './property/check.ts';
import { streamMutants, taskMutants, withMutant } from './property/mutants.ts';

const first = { shrinks: false };

describe('random programs of tasks', () => {
  it.each(taskMutants)('find the planted mistake: $mistake', async (mutant) => {
    await expect(withMutant(mutant, (lib) => checkTasks(lib, 2_000, 1, first))).rejects.toThrow(
      /Property failed/,
    );
  });
});

describe('random streams', () => {
  it.each(streamMutants)('find the planted mistake: $mistake', async (mutant) => {
    await expect(withMutant(mutant, (lib) => checkStreams(lib, 2_000, 1, first))).rejects.toThrow(
      /Property failed/,
    );
  });
});
