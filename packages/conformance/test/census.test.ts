import { describe, expect, it } from 'vitest';
import { census, coverage, exclusions, idsIn, passedIds, strayIds } from '../src/census.ts';

describe('census', () => {
  it('has 835 rows, 597 of them applicable', () => {
    const rows = census();
    expect(rows).toHaveLength(835);
    expect(rows.filter(({ applies }) => applies)).toHaveLength(597);
  });

  it('counts covered rows by prefix, applicable rows only', () => {
    const rows = [
      { id: 'made-001', applies: false, whyNot: 'BEAM' },
      { id: 'made-002', applies: true, whyNot: '' },
      { id: 'made-up-001', applies: true, whyNot: '' },
    ];
    expect(coverage(rows, new Set(['made-001', 'made-up-001']))).toEqual([
      { prefix: 'made', covered: [], open: ['made-002'] },
      { prefix: 'made-up', covered: ['made-up-001'], open: [] },
    ]);
    expect(strayIds(rows, new Set(['made-001', 'made-999']))).toEqual(['made-999']);
  });

  it('has a reason for each row that does not apply', () => {
    const reasons = exclusions(census());
    expect([...reasons.keys()]).not.toContain('');
    expect(reasons.get('multi-node distribution; a JS port runs one node')?.get('otp-global')).toBe(35);
    expect([...reasons.values()].flatMap((counts) => [...counts.values()]).reduce((a, b) => a + b)).toBe(238);
  });

  it('finds ids in the names of tests', () => {
    expect(idsIn('kills the task [made-031] [made-up-004], not [a] or [made-1]')).toEqual([
      'made-031',
      'made-up-004',
    ]);
  });

  it('counts an id only if each test that carries it passed', () => {
    const assertionResults = [
      { fullName: 'await dies [made-021]', status: 'passed' },
      { fullName: 'await dies [made-022]', status: 'failed' },
      { fullName: 'await lives [made-022]', status: 'passed' },
      { fullName: 'await waits [made-023]', status: 'skipped' },
    ];
    expect([...passedIds({ testResults: [{ assertionResults }] })]).toEqual(['made-021']);
  });
});
