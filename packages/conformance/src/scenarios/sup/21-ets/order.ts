/** The order of keys, and going from one to the next. */
import { Ets } from '@coppice/ets';
import type { Oracle } from '../../../oracle.ts';
import { text } from '../../../term.ts';
import { lookup, objects, raised, type Tables, tableOf, unnamed } from './tables.ts';

const end = '$end_of_table';

export function orders(O: Oracle, { set, os }: Tables): void {
  Ets.insertAll(os, [
    [3n, 'c'],
    [1n, 'a'],
    [2n, 'b'],
  ]);
  Ets.insert(os, 1.0, 'float');
  O.step('ordered_set sorts, and 1 == 1.0 are ONE key', objects(os));
  Ets.insertAll(set, [
    [1n, 'i'],
    [1.0, 'f'],
  ]);
  O.step('set: 1 and 1.0 are two keys', [lookup(set, 1n), lookup(set, 1.0)]);
  const t = tableOf(['bin', [1], {}, [1], Symbol.for('atom'), 1]);
  O.step(
    'ordered_set term order: number < atom < ref < fun < pid < tuple < map < list < binary',
    text(Ets.entries(t).map(([key]) => key)),
  );
}

export async function walks(O: Oracle, { set, os }: Tables): Promise<void> {
  O.step('first next last prev', [
    Ets.first(os),
    Ets.next(os, 2n),
    Ets.last(os),
    Ets.prev(os, 2n),
    Ets.next(os, 3n) ?? end,
    Ets.next(os, 2.5),
    Ets.first(unnamed('e', 'ordered_set')) ?? end,
  ]);
  O.step('next of a missing key in a set raises', await raised(O, () => Ets.next(set, 'missing')));
}

export function folds(O: Oracle): void {
  const collect = (keys: readonly unknown[], key: unknown) => [key, ...keys];
  const t = tableOf([1, 2, 3]);
  O.step('foldl/foldr on ordered_set', [
    Ets.foldl(unnamed('e', 'set'), collect, []),
    [Ets.foldl(t, collect, []), Ets.foldr(t, collect, [])],
  ]);
}

export function fixation(O: Oracle, { set }: Tables): void {
  const compound = ['compound', [1]];
  Ets.insert(set, compound, { x: 1 });
  O.step(
    'a stored value is a copy: changing is impossible, equality by value',
    lookup(set, ['compound', [1]]),
  );
  const t = unnamed('t', 'set');
  for (let key = 1; key <= 100; key += 1) Ets.insert(t, key, []);
  Ets.safeFixtable(t, true);
  let met = 0;
  for (let key = Ets.first(t); key !== undefined; met += 1) {
    const next = Ets.next(t, key);
    Ets.delete(t, key);
    key = next;
  }
  Ets.safeFixtable(t, false);
  O.step('safe_fixtable: deletes during a first/next walk are safe', [met, Ets.info(t)?.size]);
  O.step('tab2list of a set has every object once', objects(set).length === Ets.info(set)?.size);
}
