import { describe, expect, it } from 'vitest';
import { census, coverage, idsIn, passedIds, strayIds } from '../src/census.ts';

describe('census', () => {
  it('has 835 rows, 597 of them applicable', () => {
    const rows = census();
    expect(rows).toHaveLength(835);
    expect(rows.filter(({ applies }) => applies)).toHaveLength(597);
  });

  it('counts covered rows by prefix, applicable rows only', () => {
    const rows = [
      { id: 'task-001', applies: false },
      { id: 'task-002', applies: true },
      { id: 'otp-gs-001', applies: true },
    ];
    expect(coverage(rows, new Set(['task-001', 'otp-gs-001']))).toEqual([
      { prefix: 'task', covered: [], open: ['task-002'] },
      { prefix: 'otp-gs', covered: ['otp-gs-001'], open: [] },
    ]);
    expect(strayIds(rows, new Set(['task-001', 'task-999']))).toEqual(['task-999']);
  });

  it('finds ids in the names of tests', () => {
    expect(idsIn('kills the task [task-031] [otp-gs-004], not [a] or [task-1]')).toEqual([
      'task-031',
      'otp-gs-004',
    ]);
  });

  it('counts an id only if each test that carries it passed', () => {
    const assertionResults = [
      { fullName: 'await dies [task-021]', status: 'passed' },
      { fullName: 'await dies [task-022]', status: 'failed' },
      { fullName: 'await lives [task-022]', status: 'passed' },
      { fullName: 'await waits [task-023]', status: 'skipped' },
    ];
    expect([...passedIds({ testResults: [{ assertionResults }] })]).toEqual(['task-021']);
  });
});
