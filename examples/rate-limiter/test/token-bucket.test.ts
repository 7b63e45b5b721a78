import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillTimeMs, fullBucket, takeToken } from '../src/token-bucket.ts';

const limits = fc.record({
  capacity: fc.integer({ min: 1, max: 20 }),
  perSecond: fc.integer({ min: 1, max: 1_000 }),
});
const pauses = fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 100 });

describe('takeToken', () => {
  it('allows a burst of the capacity, and then one for each token that comes back', () => {
    let bucket = fullBucket({ capacity: 2, perSecond: 500 }, 0);
    const verdicts = [0, 0, 0, 1, 2, 3, 100].map((nowMs) => {
      const [verdict, left] = takeToken(bucket, nowMs);
      bucket = left;
      return verdict.allowed ? verdict.remaining : `after ${verdict.retryAfterMs}`;
    });
    expect(verdicts).toEqual([1, 0, 'after 2', 'after 1', 0, 'after 1', 1]);
  });

  it('never allows more than the capacity and what came back', () =>
    fc.assert(
      fc.property(limits, pauses, (limit, pauses) => {
        let [bucket, nowMs, allowed] = [fullBucket(limit, 0), 0, 0];
        for (const pause of pauses) {
          nowMs += pause;
          const [verdict, left] = takeToken(bucket, nowMs);
          bucket = left;
          if (verdict.allowed) allowed += 1;
          expect(allowed).toBeLessThanOrEqual(limit.capacity + (nowMs * limit.perSecond) / 1_000 + 1e-6);
        }
      }),
    ));

  it('allows who waits as long as it was told', () =>
    fc.assert(
      fc.property(limits, pauses, (limit, pauses) => {
        let [bucket, nowMs] = [fullBucket(limit, 0), 0];
        for (const pause of pauses) {
          nowMs += pause;
          const [verdict, left] = takeToken(bucket, nowMs);
          bucket = left;
          if (verdict.allowed) continue;
          expect(takeToken(bucket, nowMs + verdict.retryAfterMs + 1)[0].allowed).toBe(true);
          expect(takeToken(bucket, nowMs + verdict.retryAfterMs - 2)[0].allowed).toBe(false);
        }
      }),
    ));

  it('finds the bucket full after its fill time', () =>
    fc.assert(
      fc.property(limits, (limit) => {
        const [, empty] = takeToken({ ...fullBucket(limit, 0), tokens: 0 }, 0);
        const [verdict] = takeToken(empty, fillTimeMs(limit) + 1e-6);
        expect(verdict).toEqual({ allowed: true, remaining: limit.capacity - 1 });
      }),
    ));
});
