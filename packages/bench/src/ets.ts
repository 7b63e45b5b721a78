/** Tables of a million objects in random access, beside a bare `Map` that does the same. */
import { createNode } from '@coppice/core';
import { Ets } from '@coppice/ets';
import { besideMap, reportBesideMap, shuffled } from './beside-map.ts';

const ENTRIES = 1_000_000;
const BAR = 2;

const names = shuffled(Array.from({ length: ENTRIES }, (_, n) => `user:${n}`));
const others = shuffled(names, 54_321);
const strangers = shuffled(Array.from({ length: ENTRIES * 4 }, (_, n) => `guest:${n}`));

await createNode().run(() => {
  const users = Ets.new(Ets.name<string, number>('users'), { protection: 'public' });
  const ordered = Ets.new<string, number, 'ordered_set'>({ type: 'ordered_set' });
  const bare = new Map<string, number>();
  for (const [n, name] of names.entries()) {
    Ets.insert(users, name, n);
    Ets.insert(ordered, name, n);
    bare.set(name, n);
  }
  const other = (n: number): string => others[n] ?? '';
  let sum = 0;
  const getBare = (n: number): void => {
    sum += bare.get(other(n)) ?? 0;
  };
  const setBare = (n: number): void => {
    bare.set(other(n), n);
  };
  const lookup = besideMap(ENTRIES, getBare, (n) => {
    sum += Ets.lookup(users, other(n)) ?? 0;
  });
  reportBesideMap('set: lookup', lookup, BAR);
  const replace = besideMap(ENTRIES, setBare, (n) => Ets.insert(users, other(n), n));
  reportBesideMap('set: insert over the old', replace, BAR);
  const find = besideMap(ENTRIES, getBare, (n) => {
    sum += Ets.lookup(ordered, other(n)) ?? 0;
  });
  reportBesideMap('ordered_set: lookup', find, undefined);
  const place = besideMap(ENTRIES, setBare, (n) => Ets.insert(ordered, other(n), n));
  reportBesideMap('ordered_set: insert over the old', place, undefined);
  let added = 0;
  let addedBare = 0;
  const grow = besideMap(
    ENTRIES,
    (n) => bare.set(strangers[addedBare++] ?? '', n),
    (n) => Ets.insert(users, strangers[added++] ?? '', n),
  );
  reportBesideMap('set: insert of what is new', grow, BAR);
  if (!(sum > 0)) throw new Error('the look-ups found nothing');
});
