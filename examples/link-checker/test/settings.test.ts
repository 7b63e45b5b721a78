import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../src/cli.ts';
import { MAX_FAILURES } from '../src/faults.ts';
import { settingsFor } from '../src/settings.ts';
import type { UsableSource } from '../src/source.ts';

const folder: UsableSource = { kind: 'folder', root: '/', starts: ['/a.md'] };
const web: UsableSource = { kind: 'web', starts: ['http://site.test/'] };
const settings = (source: UsableSource, ...args: string[]) =>
  settingsFor(source, readCommandLine(['node', 'main.ts', ...args]));

describe('settingsFor', () => {
  it('presses our own server harder than others', () => {
    const { ours, others } = settings(folder);
    expect(ours.perSecond).toBeGreaterThan(others.perSecond);
    expect(others).toEqual({ concurrency: 4, perSecond: 10, timeoutMs: 10_000, maxBytes: 2_048_000 });
  });

  it('tries more often than a server with faults fails, and than it is killed for certain', () => {
    expect(settings(folder, '--chaos').patience.attempts).toBeGreaterThan(MAX_FAILURES + 5);
    expect(settings(web, '--chaos').patience.attempts).toBe(3);
  });

  it('takes what the command line says', () => {
    const args = [
      '--concurrency',
      '2',
      '--rate',
      '0.5',
      '--timeout',
      '3',
      '--max-size',
      '1',
      '--attempts',
      '9',
    ];
    const { ours, others, patience } = settings(folder, ...args);
    expect(ours).toEqual({ concurrency: 2, perSecond: 0.5, timeoutMs: 3_000, maxBytes: 1_024 });
    expect(others).toEqual(ours);
    expect(patience.attempts).toBe(9);
  });
});
