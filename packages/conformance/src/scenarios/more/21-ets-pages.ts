/** Tables: select and match with limits, and what a continuation is. */
import { Ets, type Page, type TableType } from '@coppice/ets';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { raised, unnamed } from '../sup/21-ets/tables.ts';

const keyOf = (key: unknown): unknown => key;

function filled<T extends TableType>(type: T): Ets<unknown, unknown, T> {
  const table = unnamed('t', type);
  for (let n = 1; n <= 5; n += 1) Ets.insert(table, n, n * 10);
  return table;
}

function after<R>(page: Page<R> | undefined): Page<R> | undefined {
  return page && Ets.select(page.continuation);
}

function results(page: Page<unknown> | undefined): unknown {
  return page?.results ?? 'end';
}

export const etsPages: Scenario = scenario('more/21_ets_pages', async (O) => {
  const os = filled('ordered_set');
  const set = filled('set');
  sizes(O, [os, set, filled('bag'), filled('duplicate_bag')]);
  const none = Ets.new<unknown, unknown>();
  O.step('nothing there, nothing that matches', [
    results(Ets.select(none, keyOf, 3)),
    results(Ets.select(os, (key) => (key === 9 ? true : undefined), 3)),
    Ets.select(none, keyOf),
  ]);
  O.step('limits that are none', [
    await raised(O, () => Ets.select(os, keyOf, 0)),
    await raised(O, () => Ets.select(os, keyOf, -1)),
    await raised(O, () => Ets.select(os, keyOf, 1.5)),
  ]);
  const large = Ets.select(os, (key, value) => (Number(value) > 20 ? key : undefined), 2);
  O.step('a limit counts results, not objects', [results(large), results(after(large))]);
  continuations(O, os, set);
  await ends(O, os, set);
});

function sizes(O: Oracle, tables: readonly Ets<unknown, unknown, TableType>[]): void {
  const pagesOf = (table: Ets<unknown, unknown, TableType>) => {
    const pages: number[] = [];
    let page = Ets.select(table, keyOf, 2);
    for (; page !== undefined; page = after(page)) pages.push(page.results.length);
    return [pages.reduce((sum, n) => sum + n, 0), pages, Ets.info(table)?.size];
  };
  O.step("pages of every type have the limit's size, but for the last", tables.map(pagesOf));
  const two = unnamed('t', 'ordered_set');
  for (const n of [1, 2]) Ets.insert(two, n, n);
  const full = Ets.select(two, keyOf, 2);
  O.step('the last page may be full: then comes the end', [results(full), results(after(full))]);
}

function continuations(
  O: Oracle,
  os: Ets<unknown, unknown, 'ordered_set'>,
  set: Ets<unknown, unknown>,
): void {
  const first = Ets.select(os, keyOf, 2);
  O.step('a continuation may be used again', [results(after(first)), results(after(first))]);
  const ofSet = Ets.select(set, keyOf, 2);
  O.step(
    'also that of a set',
    JSON.stringify(results(after(ofSet))) === JSON.stringify(results(after(ofSet))),
  );
  Ets.delete(os, 3);
  Ets.insertAll(os, [
    [2.5, 'new'],
    [6, 60],
    [7, 70],
  ]);
  const next = after(first);
  O.step('in an ordered set it goes on from a key: sees what came and went', [
    results(next),
    results(after(next)),
  ]);
  const p = Ets.selectReverse(os, keyOf, 3);
  const q = after(p);
  const r = after(q);
  O.step('select_reverse in pages', [results(p), results(q), results(r), results(after(r))]);
  const both = [Ets.selectReverse(set, keyOf), Ets.select(set, keyOf)].map((keys) => JSON.stringify(keys));
  O.step('select_reverse without an order is select', both[0] === both[1]);
  const objects = Ets.match(os, () => true, 4);
  O.step('match_object in pages', [results(objects), results(after(objects))]);
}

async function ends(
  O: Oracle,
  os: Ets<unknown, unknown, 'ordered_set'>,
  set: Ets<unknown, unknown>,
): Promise<void> {
  const page = Ets.select(os, keyOf, 2);
  Ets.delete(os);
  O.step('a continuation of a deleted table', await raised(O, () => after(page)));
  const ofSet = Ets.select(set, keyOf, 2);
  Ets.rename(set, Ets.name('other'));
  O.step('a continuation of a renamed table', after(ofSet)?.results.length);
}
