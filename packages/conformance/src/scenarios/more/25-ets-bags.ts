/** Tables: bags, duplicate bags, and inserting many. The script's `1` is `1n` where it also has `1.0`. */
import { type Bags, compareTerms, Ets, type TableType } from '@coppice/ets';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done, untyped } from '../../term.ts';
import { lookupAll, raised, unnamed } from '../sup/21-ets/tables.ts';

type AnyBag = Ets<unknown, unknown, Bags>;
type Bag<T extends Bags> = Ets<unknown, unknown, T>;

function filled<T extends Bags>(type: T, values: readonly unknown[]): Bag<T> {
  const table = unnamed('t', type);
  for (const value of values) Ets.insert(table, 'k', value);
  return table;
}

const valuesOf = (table: AnyBag, key: unknown = 'k') => Ets.lookup(table, key);
const sizeOf = (table: Ets<unknown, unknown, TableType>) => Ets.info(table)?.size;
const inserted = (table: AnyBag, value: unknown) => done(Ets.insert(table, 'k', value), true);

export const etsBags: Scenario = scenario('more/25_ets_bags', async (O) => {
  const b = filled('bag', [1, 2, 1, 3]);
  const d = filled('duplicate_bag', [1, 2, 1, 3]);
  objects(O, b, d);
  sameness(O);
  await reading(O, b, d);
  await selecting(O);
  await lists(O);
  const w = filled('bag', [1, 2]);
  O.step('delete_all_objects, then as new', [
    done(Ets.clear(w), true),
    sizeOf(w),
    Ets.first(w) === undefined,
    inserted(w, 9),
    valuesOf(w),
  ]);
});

function objects(O: Oracle, b: Bag<'bag'>, d: Bag<'duplicate_bag'>): void {
  O.step('what is there, in order of insertion', [valuesOf(b), sizeOf(b), valuesOf(d), sizeOf(d)]);
  Ets.insert(b, 'k', 2);
  O.step('again: a bag leaves it where it is', valuesOf(b));
  Ets.deleteObject(b, 'k', 2);
  Ets.insert(b, 'k', 2);
  O.step('removed and inserted again: last', valuesOf(b));
  Ets.deleteObject(d, 'k', 1);
  O.step('delete_object takes all that are equal', [valuesOf(d), sizeOf(d)]);
  O.step('delete_object of what is not there', [
    done(Ets.deleteObject(b, 'k', 99), true),
    done(Ets.deleteObject(b, 'zz', 1), true),
    sizeOf(b),
  ]);
}

function sameness(O: Oracle): void {
  const values = [1n, 1.0, [1, 'a'], [1, 'a'], { x: 1 }, { x: 1 }];
  O.step('1 and 1.0 are two values; equal contents are one', valuesOf(filled('bag', values)));
  const n = unnamed('n', 'bag');
  Ets.insertAll(n, [
    [1n, 'i'],
    [1.0, 'f'],
  ]);
  O.step('keys 1 and 1.0 are two keys', [valuesOf(n, 1n), valuesOf(n, 1.0)]);
}

async function reading(O: Oracle, b: Bag<'bag'>, d: Bag<'duplicate_bag'>): Promise<void> {
  O.step('lookup_element: of each; of a missing key', [
    Ets.lookupElement(b, 'k'),
    await raised(O, () => Ets.lookupElement(b, 'none')),
  ]);
  O.step('member, lookup of none', [Ets.member(b, 'k'), Ets.member(b, 'none'), lookupAll(b, 'none')]);
  const take = () => Ets.take(b, 'k').map((value) => ['k', value]);
  O.step('take: all of a key', [take(), take(), sizeOf(b)]);
  Ets.delete(d, 'k');
  O.step('delete: all of a key', [lookupAll(d, 'k'), sizeOf(d)]);
  const w = filled('bag', [1, 2]);
  Ets.insert(w, 'j', 1);
  const first = Ets.first(w);
  const next = Ets.next(w, first);
  O.step('a key comes once in a walk', [
    [first, next].toSorted(compareTerms),
    Ets.next(w, next) === undefined,
    sizeOf(w),
  ]);
}

async function selecting(O: Oracle): Promise<void> {
  const w = filled('duplicate_bag', [1, 2, 1]);
  O.step('select_delete: by value', [
    Ets.selectDelete(w, (key, value) => key === 'k' && value === 1),
    valuesOf(w),
  ]);
  const two = filled('duplicate_bag', [1, 2]);
  O.step('select_replace: not in a bag', [
    await raised(O, () => Ets.selectReplace(untyped(filled('bag', [1])), () => untyped(0))),
    [Ets.selectReplace(two, () => 0), valuesOf(two)],
  ]);
}

async function lists(O: Oracle): Promise<void> {
  const w = filled('bag', [1]);
  const newAndK = [
    ['new', 1],
    ['k', 3],
  ] as const;
  O.step('insert_new: the key counts, not the object', [
    Ets.insertNew(w, 'k', 2),
    Ets.insertNewAll(w, newAndK),
    Ets.member(w, 'new'),
  ]);
  const [s, many] = [unnamed('s', 'set'), unnamed('w', 'duplicate_bag')];
  const ofY = (values: readonly number[]) => values.map((value) => ['y', value] as const);
  O.step('insert_new of a list with one key twice', [
    Ets.insertNewAll(s, ofY([1, 2])),
    [Ets.lookup(s, 'y')],
    Ets.insertNewAll(many, ofY([1, 1])),
    valuesOf(many, 'y'),
  ]);
  const ofK = [1, 2, 3].map((value) => ['k', value] as const);
  const [d, b] = [unnamed('d', 'duplicate_bag'), unnamed('b', 'bag')];
  Ets.insertAll(d, ofK);
  O.step('a list into a duplicate bag: in its order', valuesOf(d));
  Ets.insertAll(b, ofK);
  O.step('a list into a bag: OTP 25 takes it from the end', valuesOf(b));
  const t = unnamed('s', 'set');
  O.step('empty lists; a bad one among good ones', [
    done(Ets.insertAll(t, []), true),
    Ets.insertNewAll(t, []),
    await raised(O, () => Ets.insertAll(t, [[1, 1], untyped('x')])),
    await raised(O, () => Ets.insertNewAll(t, [[1, 1], untyped([])])),
    sizeOf(t),
  ]);
}
