/** A registry of a million keys in random access, beside a bare `Map` of that size that does the same. */
import { createNode, self } from '@coppice/core';
import { Registry } from '@coppice/registry';
import { besideMap, reportBesideMap, shuffled } from './beside-map.ts';

const ENTRIES = 1_000_000;
const BAR = 2;

const Names = Registry.unique<string, number>('names');
const keys = shuffled(Array.from({ length: ENTRIES }, (_, n) => `user:${n}`));
const others = shuffled(keys, 54_321);
const key = (n: number): string => others[n] ?? '';

await createNode().run(async () => {
  await Registry.startLink(Names);
  const pid = self();
  const bare = new Map<string, { readonly pid: unknown; readonly value: number }>();
  for (const [n, name] of keys.entries()) {
    Registry.register(Names, name, n);
    bare.set(name, { pid, value: n });
  }
  let found = 0;
  const lookup = besideMap(
    ENTRIES,
    (n) => {
      if (bare.get(key(n))?.pid === pid) found += 1;
    },
    (n) => {
      if (Registry.lookup(Names, key(n))[0]?.pid === pid) found += 1;
    },
  );
  reportBesideMap('lookup', lookup, BAR);
  const change = besideMap(
    ENTRIES,
    (n) => {
      bare.delete(key(n));
      bare.set(key(n), { pid, value: n });
    },
    (n) => {
      Registry.unregister(Names, key(n));
      Registry.register(Names, key(n), n);
    },
  );
  reportBesideMap('unregister and register again', change, undefined);
  if (found !== 8 * ENTRIES) throw new Error(`${found} look-ups found their process`);
});
