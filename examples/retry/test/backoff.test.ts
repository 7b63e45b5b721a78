import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pauseMs } from '../src/backoff.ts';

describe('pauseMs', () => {
  it('doubles its limit with each failure, up to the longest pause', () => {
    const longest = { baseMs: 10, maxMs: 70, random: () => 1 };
    expect([1, 2, 3, 4, 5, 2_000].map((failures) => pauseMs(failures, longest))).toEqual([
      10, 20, 40, 70, 70, 70,
    ]);
  });

  it('is anything up to its limit', () => {
    const natural = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(natural, natural, natural, fc.double({ min: 0, max: 1, noNaN: true }), (...given) => {
        const [failures, baseMs, maxMs, drawn] = given;
        const ms = pauseMs(failures, { baseMs, maxMs, random: () => drawn });
        const limit = Math.min(maxMs, baseMs * 2 ** (failures - 1));
        expect(ms).toBeCloseTo(drawn * limit);
      }),
    );
  });
});
