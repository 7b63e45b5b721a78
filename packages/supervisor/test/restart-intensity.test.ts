import { describe, expect, it } from 'vitest';
import { noRestarts, type Restarts, recordRestart } from '../src/restart-intensity.ts';

/** The verdicts for restarts at these times. */
function verdicts(times: readonly number[], intensity: number, periodMs: number): readonly boolean[] {
  let restarts: Restarts = noRestarts;
  return times.map((nowMs) => {
    const recorded = recordRestart(restarts, nowMs, { intensity, periodMs });
    restarts = recorded.restarts;
    return recorded.exceeded;
  });
}

describe('recordRestart', () => {
  it('tolerates as many as the intensity within the period', () => {
    expect(verdicts([0, 1, 2, 3], 3, 1_000)).toEqual([false, false, false, true]);
  });

  it('tolerates none at intensity 0', () => {
    expect(verdicts([0], 0, 1_000)).toEqual([true]);
  });

  it('forgets restarts older than the period, and counts those exactly as old', () => {
    expect(verdicts([0, 900, 1_001, 1_901], 1, 1_000)).toEqual([false, true, true, true]);
    expect(verdicts([0, 1_000], 1, 1_000)).toEqual([false, true]);
    expect(verdicts([0, 1_001, 2_002], 1, 1_000)).toEqual([false, false, false]);
  });

  it('gives the same verdicts as looking through all restarts', () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % below;
    };
    for (let run = 0; run < 200; run += 1) {
      const limit = { intensity: random(6), periodMs: 1 + random(50) };
      let now = 0;
      const times = Array.from({ length: 40 }, () => (now += random(30)));
      const expected = times.map((at, index) => {
        const recent = times.slice(0, index + 1).filter((time) => at - time <= limit.periodMs);
        return recent.length > limit.intensity;
      });
      expect(verdicts(times, limit.intensity, limit.periodMs)).toEqual(expected);
    }
  });

  it('counts what is recent', () => {
    let restarts: Restarts = noRestarts;
    for (const nowMs of [0, 500, 1_200]) {
      restarts = recordRestart(restarts, nowMs, { intensity: 9, periodMs: 1_000 }).restarts;
    }
    expect(restarts.size).toBe(2);
  });
});
