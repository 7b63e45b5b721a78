import { expect, it } from 'vitest';
import { checkAgainstBeam } from './model/against-beam.ts';
import { hasBeam } from './model/beam.ts';

it('does to 50 random trees what the BEAM does', async ({ skip }) => {
  const isThere = hasBeam();
  if (!isThere && process.env.CI !== undefined) throw new Error('elixir must be installed in CI');
  if (!isThere) {
    console.log('skipped: elixir is not installed');
    skip();
  }
  expect(await checkAgainstBeam({ runs: 50, seed: 20_251_124 })).toEqual([]);
}, 120_000);
