/** Keys of a hash table: what stands for them in a `Map`, and walks over them. */
import { KeyOrder } from './key-order.ts';
import type { Step } from './store.ts';

/** Beyond so many keys that were removed since, remembering the order of a walk costs more than finding it again. */
const REMOVED_KEYS = 1_024;

/** Walks over a `Map` whose keys are made by `termKey`. */
export class HashKeys {
  readonly #map: ReadonlyMap<unknown, unknown>;
  readonly #keyOf: (mapKey: unknown) => unknown;
  #order: KeyOrder | undefined;
  #isFixed = false;

  /** `keyOf`: the key that a key of the map stands for. */
  constructor(map: ReadonlyMap<unknown, unknown>, keyOf: (mapKey: unknown) => unknown) {
    this.#map = map;
    this.#keyOf = keyOf;
  }

  first(): Step {
    return this.#step(this.#walk().first());
  }

  next(mapKey: unknown): Step | undefined {
    if (!this.#isFixed && !this.#map.has(mapKey)) return undefined;
    const next = this.#walk().next(mapKey);
    return next === undefined ? undefined : this.#step(next);
  }

  setFixed(isFixed: boolean): void {
    this.#isFixed = isFixed;
    if (!isFixed) this.#order = undefined;
  }

  /** To be called before a key is removed: a walk over a fixed table goes on from it all the same. */
  beforeDelete(mapKey: unknown): void {
    if (this.#isFixed) this.#walk().keepPlace(mapKey);
  }

  /** To be called before all keys are removed. */
  beforeClear(): void {
    if (this.#isFixed) this.#walk().keepPlaces();
    else this.#order = undefined;
  }

  #walk(): KeyOrder {
    const { size } = this.#map;
    if (!this.#isFixed && (this.#order?.length ?? 0) > 2 * size + REMOVED_KEYS) this.#order = undefined;
    this.#order ??= new KeyOrder(
      () => this.#map.keys(),
      (mapKey) => this.#map.has(mapKey),
    );
    return this.#order;
  }

  #step(found: IteratorResult<unknown, undefined>): Step {
    if (found.done !== true) return { done: false, value: this.#keyOf(found.value) };
    if (!this.#isFixed) this.#order = undefined; // nobody goes on from here, mostly
    return { done: true };
  }
}
