import { expect, it } from 'vitest';
import { checkAgainstBeam, checkDynamicAgainstBeam } from './model/against-beam.ts';
import { hasBeam } from './model/beam.ts';

/** Skips, with a word, where Elixir is not installed; in CI that is a failure. */
function requireBeam(skip: () => void): void {
  if (hasBeam()) return;
  if (process.env.CI !== undefined) throw new Error('elixir must be installed in CI');
  console.log('skipped: elixir is not installed');
  skip();
}

it('does to 50 random trees what the BEAM does', async ({ skip }) => {
  requireBeam(skip);
  expect(await checkAgainstBeam({ runs: 50, seed: 20_251_124 })).toEqual([]);
}, 120_000);

it('does to the children of 50 random dynamic supervisors what the BEAM does', async ({ skip }) => {
  requireBeam(skip);
  expect(await checkDynamicAgainstBeam({ runs: 50, seed: 20_251_124 })).toEqual([]);
}, 120_000);
