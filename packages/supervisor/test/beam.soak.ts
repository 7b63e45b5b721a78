import { expect, it } from 'vitest';
import { checkAgainstBeam, checkDynamicAgainstBeam } from './model/against-beam.ts';
import { hasBeam } from './model/beam.ts';

it('does to 500 random trees what the BEAM does', async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000_007);
  console.log(`SEED=${seed}`);
  expect(hasBeam(), 'elixir must be installed').toBe(true);
  expect(await checkAgainstBeam({ runs: 500, seed })).toEqual([]);
});

it('does to the children of 500 random dynamic supervisors what the BEAM does', async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000_007);
  console.log(`SEED=${seed}`);
  expect(hasBeam(), 'elixir must be installed').toBe(true);
  expect(await checkDynamicAgainstBeam({ runs: 500, seed })).toEqual([]);
});
