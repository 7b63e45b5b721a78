/** Tables: `updateCounter` and `updateElement`. */
import { Ets } from '@coppice/ets';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { untyped } from '../../term.ts';
import { lookup, raised } from '../sup/21-ets/tables.ts';

type Counters = Ets<string, number>;
type Pairs = Ets<string, readonly [unknown, unknown]>;

export const etsCounters: Scenario = scenario('more/23_ets_counters', async (O) => {
  const c: Counters = Ets.new();
  const pairs: Pairs = Ets.new();
  bounds(O, c);
  defaults(O, c);
  await refusals(O, c);
  await many(O);
  await elements(O, pairs);
  O.step(
    'by a process that may only read',
    await O.isolated(async () => [
      await raised(O, () => Ets.updateCounter(c, 'n', 1)),
      await raised(O, () => Ets.updateElement(pairs, 'e', { 0: 0 })),
      lookup(pairs, 'e'),
    ]),
  );
});

function bounds(O: Oracle, c: Counters): void {
  const add = (by: number, threshold?: number, setValue = 0) =>
    Ets.updateCounter(c, 'n', threshold === undefined ? by : { by, threshold, setValue });
  Ets.insert(c, 'n', 5);
  O.step('by 0, by less than nothing', [add(0), add(-7)]);
  Ets.insert(c, 'n', 5);
  O.step('threshold: reached is not beyond', [add(5, 10), add(1, 10)]);
  O.step('threshold downwards', [add(-1, 0, 100), add(-50, 50), add(-1, 50, 3)]);
  Ets.insert(c, 'n', 100);
  O.step('threshold and 0: beyond already', [add(0, 5, 7), lookup(c, 'n')]);
  Ets.insert(c, 'n', 100);
  O.step('threshold: one step more when beyond already', [add(-1, 200, 3), lookup(c, 'n')]);
}

function defaults(O: Oracle, c: Counters): void {
  O.step('default: the counter begins with it, bound included', [
    Ets.updateCounter(c, 'a', 1, 0),
    Ets.updateCounter(c, 'b', { by: 5, threshold: 3, setValue: 1 }, 0),
    Ets.updateCounter(c, 'a', 1, 50),
    lookup(c, 'b'),
  ]);
  const tagged = Ets.new<string, readonly [number, string]>();
  Ets.updateCounter(tagged, 'd', { 0: 1 }, [0, 'tag']);
  O.step("default's other elements come along", lookup(tagged, 'd'));
}

async function refusals(O: Oracle, c: Counters): Promise<void> {
  O.step('no object, no default', [
    await raised(O, () => Ets.updateCounter(c, 'none', 1)),
    Ets.member(c, 'none'),
  ]);
  O.step("a default that can't count", [
    await raised(O, () => Ets.updateCounter(c, 'new', 1, untyped('x'))),
    Ets.member(c, 'new'),
  ]);
  Ets.insert(c, 'f', 1.5);
  O.step('fractions', [
    await raised(O, () => Ets.updateCounter(c, 'n', 1.5)),
    await raised(O, () => Ets.updateCounter(c, 'f', 1)),
    await raised(O, () => Ets.updateCounter(c, 'n', { by: 1, threshold: 5.5, setValue: 0 })),
  ]);
}

async function many(O: Oracle): Promise<void> {
  const t = Ets.new<string, readonly [number, number]>();
  Ets.insertAll(t, [
    ['l', [1, 10]],
    ['bad', [1, untyped('x')]],
  ]);
  O.step('many elements, all or nothing', [
    Object.values(Ets.updateCounter(t, 'l', { 0: 1, 1: -1 })),
    await raised(O, () => Ets.updateCounter(t, 'bad', { 0: 1, 1: 1 })),
    lookup(t, 'bad'),
    Object.values(Ets.updateCounter(t, 'l', {})),
  ]);
  const o = Ets.new<string, number, 'ordered_set'>({ type: 'ordered_set' });
  const b = Ets.new<string, number, 'bag'>({ type: 'bag' });
  Ets.insert(b, 'n', 1);
  O.step('in an ordered set; not in bags', [
    Ets.updateCounter(o, 'n', 1, 1),
    await raised(O, () => Ets.updateCounter(untyped(b), untyped('n'), 1)),
    await raised(O, () => Ets.updateElement(untyped(b), untyped('n'), { 0: 5 })),
  ]);
}

async function elements(O: Oracle, t: Pairs): Promise<void> {
  Ets.insert(t, 'e', [1, 2]);
  O.step('update_element: several; of a missing key; of a place that is not there', [
    Ets.updateElement(t, 'e', { 0: 'a', 1: 'b' }),
    Ets.updateElement(t, 'e', {}),
    lookup(t, 'e'),
    Ets.updateElement(t, 'missing', { 0: 1 }),
    await raised(O, () => Ets.updateElement(t, 'e', untyped({ 7: 1 }))),
    lookup(t, 'e'),
  ]);
  O.step('lookup_element: places, missing ones, missing key', [
    Ets.lookupElement(t, 'e', { element: 0 }),
    Ets.lookupElement(t, 'e', { element: 1 }),
    await raised(O, () => Ets.lookupElement(t, 'e', { element: untyped(2) })),
    await raised(O, () => Ets.lookupElement(t, 'zz', { element: 0 })),
  ]);
}
