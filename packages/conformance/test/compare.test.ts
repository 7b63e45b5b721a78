import { describe, expect, it } from 'vitest';
import { compare, isFailure } from '../src/compare.ts';

const line = (step: string, value: string | number) => ({ step, value });
const difference = (step: string, ofOrder = false) => ({ scenario: 's', step, reason: 'because', ofOrder });
const kinds = (verdicts: ReturnType<typeof compare>) => verdicts.map(({ kind }) => kind);

describe('compare', () => {
  it('finds equal lines equal, also those with the same step', () => {
    const lines = [line('get', 1), line('get', 2)];
    expect(kinds(compare(lines, lines, []))).toEqual(['equal', 'equal']);
  });

  it('tells what differs, what is missing and what is extra', () => {
    const expected = [line('a', 1), line('b', 1), line('c', 1)];
    const observed = [line('a', 2), line('c', 1), line('d', 1)];
    const verdicts = compare(expected, observed, []);
    expect(kinds(verdicts)).toEqual(['differs', 'missing', 'equal', 'extra']);
    expect(verdicts.filter(isFailure)).toHaveLength(3);
  });

  it('accepts a declared difference, missing or not', () => {
    const verdicts = compare(
      [line('a', 1), line('b', 1)],
      [line('a', 2)],
      [difference('a'), difference('b')],
    );
    expect(kinds(verdicts)).toEqual(['declared', 'declared']);
    expect(verdicts.some(isFailure)).toBe(false);
  });

  it('accepts a line that depends on the order of processes, equal or not', () => {
    const expected = [line('a', 1)];
    expect(kinds(compare(expected, [line('a', 1)], [difference('a', true)]))).toEqual(['equal']);
    expect(kinds(compare(expected, [line('a', 2)], [difference('a', true)]))).toEqual(['declared']);
  });

  it('refuses a declared difference that is none, or that names no step', () => {
    const lines = [line('a', 1)];
    const verdicts = compare(lines, lines, [difference('a'), difference('z')]);
    expect(kinds(verdicts)).toEqual(['needless', 'needless']);
    expect(verdicts.every(isFailure)).toBe(true);
  });
});
