/** One object for each key, in no order. OTP: a table of type `set`. */
import { sameTerm, termKey } from '@coppice/core';
import { HashKeys } from './hash-keys.ts';
import type { Step, Stored, UniqueStore } from './store.ts';

export class SetStore implements UniqueStore {
  readonly kind = 'set';
  readonly #values = new Map<unknown, unknown>();
  /** Keys that do not stand for themselves in the map: arrays and plain objects. */
  readonly #compounds = new Map<unknown, unknown>();
  readonly #keys = new HashKeys(this.#values, (mapKey) => this.#keyOf(mapKey));

  get size(): number {
    return this.#values.size;
  }

  has(key: unknown): boolean {
    return this.#values.has(termKey(key));
  }

  get(key: unknown): unknown {
    return this.#values.get(termKey(key));
  }

  values(key: unknown): readonly unknown[] {
    const mapKey = termKey(key);
    return this.#values.has(mapKey) ? [this.#values.get(mapKey)] : [];
  }

  insert(key: unknown, value: unknown): void {
    const mapKey = termKey(key);
    this.#values.set(mapKey, value);
    if (mapKey !== key) this.#compounds.set(mapKey, key);
  }

  delete(key: unknown): void {
    const mapKey = termKey(key);
    this.#keys.beforeDelete(mapKey);
    this.#values.delete(mapKey);
    if (mapKey !== key) this.#compounds.delete(mapKey);
  }

  deleteObject(key: unknown, value: unknown): void {
    if (this.has(key) && sameTerm(this.get(key), value)) this.delete(key);
  }

  clear(): void {
    this.#keys.beforeClear();
    this.#values.clear();
    this.#compounds.clear();
  }

  *objects(): Generator<Stored, undefined> {
    let left = this.#values.size; // what is added comes last
    for (const [mapKey, value] of this.#values) {
      if (left === 0) break;
      left -= 1;
      yield [this.#keyOf(mapKey), value];
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

  #keyOf(mapKey: unknown): unknown {
    return this.#compounds.size > 0 && this.#compounds.has(mapKey) ? this.#compounds.get(mapKey) : mapKey;
  }
}
