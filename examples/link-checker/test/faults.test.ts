import { describe, expect, it } from 'vitest';
import { MAX_FAILURES, seededFaults } from '../src/faults.ts';

const paths = Array.from({ length: 200 }, (_, n) => `/page-${n}.html`);

describe('seededFaults', () => {
  it('repeats itself for the same seed, whatever the order of the requests', () => {
    const one = seededFaults(7);
    const two = seededFaults(7);
    const forwards = paths.map(one);
    const backwards = paths.toReversed().map(two).toReversed();
    expect(backwards).toEqual(forwards);
    expect(paths.map(seededFaults(8))).not.toEqual(forwards);
  });

  it('lets every path be answered after MAX_FAILURES requests', () => {
    const plan = seededFaults(1);
    for (let round = 0; round < MAX_FAILURES; round += 1) paths.forEach(plan);
    expect(new Set(paths.map(plan))).toEqual(new Set(['slow']));
  });

  it('draws every kind of fault', () => {
    expect(new Set(paths.map(seededFaults(1)))).toEqual(new Set(['reset', 'hang', 'error', 'slow']));
  });
});
