/** Tables: random programs of one table each; what forty operations give, one after the other. The script's `1` is `1n` here and its `1.0` is `1`. */
import { type Scenario, scenario } from '../../scenario.ts';
import { text } from '../../term.ts';
import { operate } from './26-ets-random/operations.ts';
import { randomProgram } from './26-ets-random/program.ts';

export const etsRandom: Scenario = scenario('more/26_ets_random', async (O) => {
  for (let seed = 1; seed <= 60; seed++) O.step(`program ${seed}`, text(operate(randomProgram(seed))));
});
