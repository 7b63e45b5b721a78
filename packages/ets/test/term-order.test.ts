import { makeRef, self, spawn } from '@coppice/core';
import { compareTerms } from '@coppice/ets';
import { simulated } from '@coppice/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('compareTerms', () => {
  it(
    'orders kinds as OTP does: number < atom < reference < function < pid < map < list < binary',
    simulated(async () => {
      const terms = [
        Number.NEGATIVE_INFINITY,
        -1,
        0,
        2.5,
        3n,
        1e30,
        Number.POSITIVE_INFINITY,
        Number.NaN,
        Symbol('atom'),
        false,
        null,
        true,
        undefined,
        makeRef(),
        makeRef(),
        () => 1,
        self(),
        spawn(() => {}),
        new Date(0),
        {},
        { z: 0 },
        { a: 0, b: 0 },
        { a: 0, b: 1 },
        { a: 0, c: 0 },
        [],
        [0, 1],
        [1],
        [1, 0],
        [[]],
        ['a'],
        '',
        '10',
        '9',
        'Z',
        'a',
        'ab',
      ];
      for (const [i, a] of terms.entries()) {
        for (const [j, b] of terms.entries())
          expect([i, j, Math.sign(compareTerms(a, b))]).toEqual([i, j, Math.sign(i - j)]);
      }
    }),
  );

  it('takes 1 and 1n, 0 and -0 for one key, and what has equal contents', () => {
    const pairs = [
      [1, 1n],
      [0, -0],
      [Number.NaN, Number.NaN],
      [
        [1, { a: [] }],
        [1n, { a: [] }],
      ],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      [Symbol.for('x'), Symbol.for('x')],
    ];
    for (const [a, b] of pairs) expect(compareTerms(a, b)).toBe(0);
    expect(compareTerms(Symbol('same'), Symbol('same'))).not.toBe(0);
    expect(compareTerms(new Date(0), new Date(0))).not.toBe(0);
  });

  it('orders symbols by name, and puts a shared one before others of its name', () => {
    expect(compareTerms(Symbol('b'), Symbol('a'))).toBeGreaterThan(0);
    expect(compareTerms(Symbol.for('b'), Symbol('a'))).toBeGreaterThan(0);
    const [shared, own] = [Symbol.for('same'), Symbol('same')];
    expect([compareTerms(shared, own), compareTerms(own, shared)].map(Math.sign)).toEqual([-1, 1]);
  });

  it('is an order: antisymmetric and transitive', () => {
    const term = fc.anything({ withBigInt: true, withNullPrototype: true, maxDepth: 2 });
    fc.assert(
      fc.property(term, term, term, (a, b, c) => {
        expect(Math.sign(compareTerms(a, b)) + Math.sign(compareTerms(b, a))).toBe(0);
        const [first, second, third] = [[a], [b], [c]].sort(([x], [y]) => compareTerms(x, y));
        expect(
          [compareTerms(first?.[0], second?.[0]), compareTerms(second?.[0], third?.[0])].map((n) => n <= 0),
        ).toEqual([true, true]);
        expect(compareTerms(first?.[0], third?.[0])).toBeLessThanOrEqual(0);
      }),
      { numRuns: 2_000 },
    );
  });
});
