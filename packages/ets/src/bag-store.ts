/** Any number of objects for each key. OTP: tables of type `bag` and `duplicate_bag`. */
import { sameTerm, termKey } from '@coppice/core';
import { HashKeys } from './hash-keys.ts';
import type { BagStore, Step, Stored } from './store.ts';

interface Group {
  readonly key: unknown;
  /** In order of insertion; grows, and is replaced when something is removed. */
  readonly values: unknown[];
}

export class HashBagStore implements BagStore {
  readonly kind = 'bag';
  readonly #allowsDuplicates: boolean;
  readonly #groups = new Map<unknown, Group>();
  readonly #keys = new HashKeys(this.#groups, (mapKey) => this.#groups.get(mapKey)?.key);
  #size = 0;

  /** Without duplicates an object that is there already is not added again, which costs time in proportion to the objects of its key, as in OTP. */
  constructor(allowsDuplicates: boolean) {
    this.#allowsDuplicates = allowsDuplicates;
  }

  get size(): number {
    return this.#size;
  }

  has(key: unknown): boolean {
    return this.#groups.has(termKey(key));
  }

  values(key: unknown): readonly unknown[] {
    return [...(this.#groups.get(termKey(key))?.values ?? [])];
  }

  insert(key: unknown, value: unknown): void {
    const mapKey = termKey(key);
    const group = this.#groups.get(mapKey);
    if (group === undefined) this.#groups.set(mapKey, { key, values: [value] });
    else if (this.#allowsDuplicates || !group.values.some((other) => sameTerm(other, value)))
      group.values.push(value);
    else return;
    this.#size += 1;
  }

  delete(key: unknown): void {
    this.#keep(key, () => false);
  }

  deleteObject(key: unknown, value: unknown): void {
    this.#keep(key, (other) => !sameTerm(other, value));
  }

  clear(): void {
    this.#keys.beforeClear();
    this.#groups.clear();
    this.#size = 0;
  }

  /** `fn` may change the table: each object that is still there is replaced in its place, and what is added is left as it is. */
  map(fn: (key: unknown, value: unknown) => unknown): void {
    for (const [mapKey, { key, values }] of [...this.#groups]) {
      let place = 0;
      for (const value of [...values]) {
        if (indexFrom(place, this.#valuesOf(mapKey), value) === -1) continue;
        const next = fn(key, value);
        const now = this.#valuesOf(mapKey);
        const found = indexFrom(place, now, value);
        if (found === -1) continue; // removed by `fn`
        now[found] = next;
        place = found + 1;
      }
    }
  }

  /** The objects of a key are those that it has when the walk comes to the key. */
  *objects(): Generator<Stored, undefined> {
    let left = this.#groups.size; // what is added comes last
    for (const { key, values } of this.#groups.values()) {
      if (left === 0) break;
      left -= 1;
      for (const value of [...values]) yield [key, value];
    }
  }

  objectsReversed(): IterableIterator<Stored, undefined> {
    return this.objects();
  }

  first(): Step {
    return this.#keys.first();
  }

  last(): Step {
    return this.#keys.first();
  }

  next(key: unknown): Step | undefined {
    return this.#keys.next(termKey(key));
  }

  prev(key: unknown): Step | undefined {
    return this.next(key);
  }

  setFixed(isFixed: boolean): void {
    this.#keys.setFixed(isFixed);
  }

  #valuesOf(mapKey: unknown): unknown[] {
    return this.#groups.get(mapKey)?.values ?? [];
  }

  #keep(key: unknown, passes: (value: unknown) => boolean): void {
    const mapKey = termKey(key);
    const group = this.#groups.get(mapKey);
    if (group === undefined) return;
    const values = group.values.filter(passes);
    this.#size -= group.values.length - values.length;
    if (values.length === 0) {
      this.#keys.beforeDelete(mapKey);
      this.#groups.delete(mapKey);
    } else this.#groups.set(mapKey, { key: group.key, values });
  }
}

/** Where `value` itself stands, from `start` on; -1 if it does not. */
function indexFrom(start: number, values: readonly unknown[], value: unknown): number {
  for (let index = start; index < values.length; index += 1)
    if (Object.is(values[index], value)) return index;
  return -1;
}
