import { createNode, sameTerm, self, termKey } from '@coppice/core';
import { describe, expect, it } from 'vitest';

describe('termKey', () => {
  it('is the same for what OTP calls equal', () => {
    expect(termKey(['a', { b: 1, c: [2] }])).toBe(termKey(['a', { c: [2], b: 1 }]));
    expect(sameTerm([0], [-0])).toBe(true);
    expect(sameTerm(Number.NaN, Number.NaN)).toBe(true);
    expect(sameTerm([Symbol.for('a')], [Symbol.for('a')])).toBe(true);
    expect(sameTerm(Object.create(null), {})).toBe(true);
  });

  it('tells apart what OTP does', () => {
    const one = Symbol('same');
    const two = Symbol('same');
    const terms = [
      1,
      1n,
      '1',
      [1],
      [1n],
      ['1'],
      { 0: 1 },
      [[1]],
      [1, undefined],
      [null],
      {},
      [],
      '',
      [one],
      [two],
    ];
    expect(new Set(terms.map(termKey)).size).toBe(terms.length);
  });

  it('tells a string from the term that it spells', () => {
    const spelled = String(termKey([1]));
    expect(termKey(spelled)).not.toBe(termKey([1]));
    expect(termKey(String(termKey(spelled)))).not.toBe(termKey(spelled));
  });

  it('takes what has an identity by that', async () => {
    const date = new Date(0);
    expect(sameTerm(date, new Date(0))).toBe(false);
    expect(sameTerm([date], [date])).toBe(true);
    expect(sameTerm([date], [new Date(0)])).toBe(false);
    await createNode().run(() => expect(sameTerm([self()], [self()])).toBe(true));
  });
});
