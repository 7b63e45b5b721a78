/**
 * Tables. A tuple of the script's is a key and a value here, `{:n, 5, 10}` the key `n` and the value `[5, 10]`; a match spec is a
 * function. Where the script tells integers from floats, its `1` is `1n` here and its `1.0` is `1`.
 */
import { type Scenario, scenario } from '../../scenario.ts';
import { deletes, elements, inserts, keyPosition } from './21-ets/objects.ts';
import { fixation, folds, orders, walks } from './21-ets/order.ts';
import { counters, information, lifetime, owners } from './21-ets/owners.ts';
import { matches, selects } from './21-ets/select.ts';
import { unnamed } from './21-ets/tables.ts';

export const ets: Scenario = scenario('sup/21_ets', async (O) => {
  const tables = {
    set: unnamed('s', 'set'),
    os: unnamed('o', 'ordered_set'),
    bag: unnamed('b', 'bag'),
    dup: unnamed('d', 'duplicate_bag'),
  };
  await inserts(O, tables);
  orders(O, tables);
  await walks(O, tables);
  await deletes(O, tables);
  await elements(O);
  const m = matches(O);
  await selects(O, m);
  folds(O);
  await keyPosition(O, tables);
  await information(O, tables);
  await lifetime(O);
  await owners(O);
  fixation(O, tables);
  await counters(O);
});
