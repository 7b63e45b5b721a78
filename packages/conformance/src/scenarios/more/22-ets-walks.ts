/** Tables: walks while the table changes, `safeFixtable`, the order of an ordered set. The script's `1` is `1n` where it also has `1.0`. */
import { isAlive, send, spawn } from '@coppice/core';
import { Ets } from '@coppice/ets';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done, moduleOf, text, untyped } from '../../term.ts';
import { type AnySet, lookup, raised, unnamed } from '../sup/21-ets/tables.ts';

type Ordered = AnySet<'ordered_set'>;
const end = '$end_of_table';

export const etsWalks: Scenario = scenario('more/22_ets_walks', async (O) => {
  await fixing(O, keys(unnamed('t', 'set'), 5));
  walks(O);
  await folds(O);
  order(O);
  numbers(O);
});

function keys<T extends AnySet | Ordered>(table: T, count: number): T {
  for (let n = 1; n <= count; n += 1) Ets.insert(table, n, 'there');
  return table;
}

const orderedKeys = (count: number): Ordered => keys(unnamed('t', 'ordered_set'), count);

/** Keys that a walk meets; `visit` changes the table. */
function walk(table: AnySet | Ordered, visit: (key: unknown) => void): readonly unknown[] {
  const met: unknown[] = [];
  for (let key = Ets.first(table); key !== undefined; key = Ets.next(table, key)) {
    visit(key);
    met.push(key);
  }
  return met;
}

async function fixing(O: Oracle, t: AnySet): Promise<void> {
  Ets.delete(t, 3);
  O.step('next of a key that was deleted, table not fixed', await raised(O, () => Ets.next(t, 3)));
  Ets.insert(t, 3, 'there');
  Ets.safeFixtable(t, true);
  Ets.delete(t, 3);
  const next = Ets.next(t, 3);
  Ets.clear(t);
  O.step('fixed: next of a key that was deleted goes on', next !== 3);
  Ets.safeFixtable(t, false);
  keys(t, 5);
  Ets.safeFixtable(t, true);
  O.step('fixed: next of a key that was never there', await raised(O, () => Ets.next(t, 99)));
  Ets.delete(t, 1);
  const size = () => Ets.info(t)?.size;
  const gone = [lookup(t, 1), size()];
  const again = () => Ets.insertNew(t, 1, 'there');
  O.step('fixed: lookup, size, insert and delete are as ever', [...gone, again(), again(), size()]);
  const isFixed = () => Ets.info(t)?.isFixed;
  const once = isFixed();
  Ets.safeFixtable(t, true);
  Ets.safeFixtable(t, false);
  const still = isFixed();
  Ets.safeFixtable(t, false);
  O.step('calls count', [once, still, isFixed()]);
  Ets.delete(t, 3);
  O.step('no longer fixed: next of a deleted key', await raised(O, () => Ets.next(t, 3)));
  O.step('taken back once too often; not a boolean', [
    done(Ets.safeFixtable(t, false), true),
    await raised(O, () => Ets.safeFixtable(t, untyped('x'))),
  ]);
  const p = spawn<'stop'>(async ({ receive }) => {
    Ets.safeFixtable(t, true);
    await receive();
  });
  const fixed = await O.waitUntil(() => Ets.info(t)?.isFixed === true);
  send(p, 'stop');
  await O.down(p);
  O.step('a fixation ends with its process', [
    fixed,
    await O.waitUntil(() => Ets.info(t)?.isFixed === false && !isAlive(p)),
  ]);
  const priv = Ets.new({ protection: 'private' });
  O.step(
    'of a private table: its owner alone',
    await O.isolated(() => raised(O, () => Ets.safeFixtable(priv, true))),
  );
}

function walks(O: Oracle): void {
  const t = keys(unnamed('t', 'set'), 50);
  Ets.safeFixtable(t, true);
  const met = walk(t, (key) => Ets.delete(t, key)).toSorted((a, b) => Number(a) - Number(b));
  O.step('fixed walk that deletes all: each once', [
    met.length === 50 && met.every((key, index) => key === index + 1),
    Ets.info(t)?.size,
  ]);
  const growing = orderedKeys(3);
  O.step(
    'ordered set: a walk needs no fixing and sees what comes ahead',
    walk(growing, (key) => {
      Ets.delete(growing, key);
      if (Number(key) < 5) Ets.insert(growing, Number(key) + 1, 'there');
    }),
  );
  const shrinking = orderedKeys(5);
  O.step(
    'ordered set: deleted ahead is not met',
    walk(shrinking, (key) => Ets.delete(shrinking, Number(key) + 1)),
  );
}

async function folds(O: Oracle): Promise<void> {
  /** Keys that a fold met, the last one first. */
  const fold = (table: AnySet | Ordered, visit: (key: number) => void) =>
    Ets.foldl(
      table,
      (met: readonly unknown[], key) => {
        visit(Number(key));
        return [key, ...met];
      },
      [],
    );
  const [a, b, c] = [orderedKeys(4), orderedKeys(2), orderedKeys(2)];
  O.step(
    'fold that deletes ahead (ordered set)',
    fold(a, (key) => Ets.delete(a, key + 1)),
  );
  O.step(
    'fold that inserts ahead (ordered set)',
    fold(b, (key) => key < 5 && Ets.insert(b, key + 1, 'there')),
  );
  O.step(
    'fold that inserts behind (ordered set)',
    fold(c, (key) => Ets.insert(c, key - 5, 'there')),
  );
  const table = keys(unnamed('t', 'set'), 1);
  const [kind, error] = await O.catching(() =>
    fold(table, () => {
      throw new Error('boom');
    }),
  );
  O.step('fold whose function raises', [[kind, moduleOf(error)], Ets.info(table)?.isFixed]);
}

const [atomA, atomB] = [Symbol.for('a'), Symbol.for('b')];

function order(O: Oracle): void {
  const o = unnamed('o', 'ordered_set');
  const unordered = [
    ...['b', [2], { b: 1 }, atomB, 3, 'a', [1, 2], { a: 1 }, atomA, 2.5, null, ''],
    ...[[1], { a: 1, b: 1 }, true, -1, false, [], {}],
  ];
  for (const key of unordered) Ets.insert(o, key, 'there');
  O.step('ordered set: numbers, atoms, maps, lists, binaries', text(Ets.entries(o).map(([key]) => key)));
  const [aa, zzz] = [Symbol.for('aa'), Symbol.for('zzz')];
  O.step('next and prev of what is not there, of any type', [
    Ets.next(o, 2.6),
    Ets.prev(o, aa),
    Ets.next(o, aa),
    Ets.next(o, [1, 1]),
    Ets.prev(o, -100) ?? end,
    Ets.next(o, 'zzz') ?? end,
    Ets.next(o, zzz),
  ]);
}

function numbers(O: Oracle): void {
  const n = unnamed('n', 'ordered_set');
  Ets.insert(n, 1n, 'int');
  const isMember = Ets.member(n, 1.0);
  Ets.insert(n, 1.0, 'float');
  const size = () => Ets.info(n)?.size;
  O.step('ordered set: 1 and 1.0 are one key, the newer key stays', [
    isMember,
    Ets.insertNew(n, 1n, 'x'),
    Ets.entries(n),
    size(),
  ]);
  Ets.deleteObject(n, 1n, 'float');
  const left = size();
  Ets.delete(n, 1n);
  O.step('ordered set: delete_object compares exactly, delete as keys compare', [left, size()]);
  Ets.insertAll(n, [
    [[1n, 'a'], 1],
    [[1.0, 'a'], 2],
  ]);
  O.step('inside of a compound key too', [size(), Ets.lookupElement(n, [1n, 'a'])]);
  const s = unnamed('s', 'set');
  Ets.insertAll(s, [
    [[1n, 'a'], 1],
    [[1.0, 'a'], 2],
    [1n, 3],
    [1.0, 4],
  ]);
  O.step('a set tells them apart, inside too', [Ets.info(s)?.size, lookup(s, [1n, 'a']), lookup(s, 1.0)]);
}
