import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { differences } from '../src/differences.ts';
import { transcript } from '../src/transcript.ts';

describe('differences', () => {
  it('name lines of the transcripts', () => {
    for (const { scenario, step } of differences) {
      expect(transcript(scenario).map((line) => line.step)).toContain(step);
    }
  });

  it('are in the documentation, with their reasons', () => {
    const page = readFileSync(new URL('../../../docs/otp-differences.md', import.meta.url), 'utf8');
    for (const { scenario, step, reason } of differences) {
      expect(page).toContain(`\`${scenario}\`: ${step}`);
      expect(page).toContain(reason);
    }
  });
});
