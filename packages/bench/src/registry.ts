/** A registry of a million keys in random access, beside a bare `Map` of that size that does the same. */
import { createNode, self } from '@coppice/core';
import { Registry } from '@coppice/registry';
import { besideMap, reportBesideMap, shuffled } from './beside-map.ts';

const ENTRIES = 1_000_000;
const BAR = 2;

const Names = Registry.unique<string, number>('names');
const keys = shuffled(Array.from({ length: ENTRIES }, (_, n) => `user:${n}`));
const others = shuffled(keys, 54_321);

await createNode().run(async () => {
  await Registry.startLink(Names);
  const pid = self();
  const bare = new Map<string, { readonly pid: unknown; readonly value: number }>();
  for (const [n, key] of keys.entries()) {
    Registry.register(Names, key, n);
    bare.set(key, { pid, value: n });
  }
  let sum = 0;
  const lookup = besideMap(
    ENTRIES,
    () => {
      for (const key of others) sum += bare.get(key)?.value ?? 0;
    },
    () => {
      for (const key of others) sum += Registry.lookup(Names, key)[0]?.value ?? 0;
    },
  );
  reportBesideMap('lookup', lookup, BAR);
  const change = besideMap(
    ENTRIES,
    () => {
      for (const key of others) {
        bare.delete(key);
        bare.set(key, { pid, value: 1 });
      }
    },
    () => {
      for (const key of others) {
        Registry.unregister(Names, key);
        Registry.register(Names, key, 1);
      }
    },
  );
  reportBesideMap('unregister and register again', change, undefined);
  if (!(sum > 0)) throw new Error('the look-ups found nothing');
});
