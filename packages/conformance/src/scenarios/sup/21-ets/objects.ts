/** Putting objects in, changing them, taking them out. */
import { compareTerms, Ets } from '@coppice/ets';
import type { Oracle } from '../../../oracle.ts';
import { done, untyped } from '../../../term.ts';
import { lookup, lookupAll, objects, raised, type Tables, unnamed } from './tables.ts';

export async function inserts(O: Oracle, { set, bag, dup }: Tables): Promise<void> {
  const named = Ets.name<unknown, unknown>('named');
  O.step('new returns a reference unless named', [Ets.info(set)?.isNamed === false, Ets.new(named)]);
  O.step('named twice raises', await raised(O, () => Ets.new(named)));
  const many = [
    ['a', 1],
    ['b', 2],
    ['a', 3],
  ] as const;
  O.step('insert many; set replaces', [
    done(Ets.insertAll(set, many), true),
    objects(set).toSorted(compareTerms),
  ]);
  O.step('insert_new', [Ets.insertNew(set, 'a', 9), Ets.insertNew(set, 'c', 9), lookup(set, 'a')]);
  const zAndA = [
    ['z', 1],
    ['a', 1],
  ] as const;
  O.step('insert_new of a list is all or nothing', [Ets.insertNewAll(set, zAndA), Ets.member(set, 'z')]);
  const ofK = (values: readonly number[]) => values.map((value) => ['k', value] as const);
  O.step('bag: same object once, same key many; order of insertion per key', [
    done(Ets.insertAll(bag, ofK([2, 1, 2])), true),
    lookupAll(bag, 'k'),
  ]);
  O.step('duplicate_bag keeps both', [done(Ets.insertAll(dup, ofK([2, 2])), true), lookupAll(dup, 'k')]);
}

export async function deletes(O: Oracle, { set, os, bag, dup }: Tables): Promise<void> {
  O.step('delete key, delete_object, delete_all_objects', [
    done(Ets.delete(set, 'a'), true),
    lookup(set, 'a'),
    done(Ets.deleteObject(bag, 'k', 2), true),
    lookupAll(bag, 'k'),
    done(Ets.clear(dup), true),
    Ets.info(dup)?.size,
  ]);
  O.step('delete of a missing key', done(Ets.delete(set, 'missing'), true));
  const take = () => Ets.take(set, 'b').map((value) => ['b', value]);
  O.step('take', [take(), take()]);
  O.step('lookup_element', [
    Ets.lookupElement(os, 2n),
    await raised(O, () => Ets.lookupElement(os, 99n)),
    await raised(O, () => Ets.lookupElement(os, 2n, { element: untyped(9) })),
  ]);
}

export async function elements(O: Oracle): Promise<void> {
  const c = Ets.new<string, readonly [number, number]>();
  Ets.insert(c, 'n', [5, 10]);
  const one = Ets.new<string, number>();
  O.step('update_counter: plain, position, list, threshold, default', [
    Ets.updateCounter(c, 'n', { 0: 1 })[0],
    Ets.updateCounter(c, 'n', { 1: -4 })[1],
    Object.values(Ets.updateCounter(c, 'n', { 0: 1, 1: 1 })),
    Ets.updateCounter(c, 'n', { 0: { by: 10, threshold: 12, setValue: 0 } })[0],
    Ets.updateCounter(one, 'new', 1, 41),
    await raised(O, () => Ets.updateCounter(one, 'missing', 1)),
  ]);
  Ets.insert(one, 'n', untyped('x'));
  O.step('update_counter on a non-integer', await raised(O, () => Ets.updateCounter(one, 'n', 1)));
  const e = Ets.new<string, readonly [unknown, unknown]>();
  Ets.insert(e, 'n', [1, 2]);
  O.step('update_element', [
    Ets.updateElement(e, 'n', { 0: 'x' }),
    lookup(e, 'n'),
    Ets.updateElement(e, 'missing', { 0: 1 }),
    await raised(O, () => Ets.updateElement(e, 'n', untyped('newkey'))),
  ]);
}

/** A table keeps keys and values, whichever comes first in the script's tuples. */
export async function keyPosition(O: Oracle, { set }: Tables): Promise<void> {
  const t = unnamed('t', 'set');
  Ets.insert(t, 'key', 'v');
  O.step('keypos', [lookup(t, 'key'), await raised(O, () => Ets.insertAll(t, [untyped(['only_one'])]))]);
  O.step('insert of a non-tuple raises', await raised(O, () => Ets.insertAll(set, [untyped('x')])));
}
