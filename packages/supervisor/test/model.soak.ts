import { expect, it } from 'vitest';
import { checkPlans } from './model/check.ts';

it('does to 10,000 random trees what OTP’s rules say, in random order of turns', async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000_007);
  console.log(`SEED=${seed}`);
  const coverage = await checkPlans({ runs: 10_000, seed });
  console.log(String(coverage));
  expect(coverage.least).toBeGreaterThanOrEqual(200);
});
