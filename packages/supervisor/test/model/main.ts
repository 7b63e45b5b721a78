/** `node main.ts runs seed`: the model test by itself, without looking for the smallest plan. Exit code 1 if Coppice and the model differ. */
import { checkPlans } from './check.ts';

const [runs = '300', seed = '1'] = process.argv.slice(2);
try {
  await checkPlans({ runs: Number(runs), seed: Number(seed), shrinks: false });
} catch (error) {
  console.log(error instanceof Error && error.cause instanceof Error ? error.cause.message : error);
  process.exitCode = 1;
}
