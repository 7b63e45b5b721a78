import { expect, it } from 'vitest';
import { checkPlans } from './model/check.ts';

it('does to 300 random trees what OTP’s rules say, in random order of turns', async () => {
  const coverage = await checkPlans({ runs: 300, seed: 20_251_124 });
  console.log(String(coverage));
  expect(coverage.least).toBeGreaterThan(0);
}, 120_000);
