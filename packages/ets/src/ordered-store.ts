/** One object for each key, in the order of keys; everything in O(log n). OTP: a table of type `ordered_set`. */
import { sameTerm } from '@coppice/core';
import sortedBTree from 'sorted-btree';
import type { Step, Stored, UniqueStore } from './store.ts';
import { compareTerms } from './term-order.ts';

// A CommonJS module: some tools give its default export, Node the whole module.
const BTree = 'default' in sortedBTree ? sortedBTree.default : sortedBTree;

/** Where a range of keys begins and ends; `undefined`: at an end of the table. */
export interface Bounds<K = unknown> {
  readonly gt?: K;
  readonly gte?: K;
  readonly lt?: K;
  readonly lte?: K;
}

/** The tree takes `undefined` for "no key", and a key that is not equal to itself for one that was changed under it. */
const UNDEFINED = Symbol('undefined');
const NOT_A_NUMBER = Symbol('NaN');

export class OrderedStore implements UniqueStore {
  readonly kind = 'set';
  readonly #tree = new BTree<unknown, unknown>(undefined, compareKeys);

  get size(): number {
    return this.#tree.size;
  }

  has(key: unknown): boolean {
    return this.#tree.has(encode(key));
  }

  get(key: unknown): unknown {
    return this.#tree.get(encode(key));
  }

  values(key: unknown): readonly unknown[] {
    return this.has(key) ? [this.get(key)] : [];
  }

  /** Replaces the key too: `1n` after `1`. */
  insert(key: unknown, value: unknown): void {
    this.#tree.set(encode(key), value);
  }

  delete(key: unknown): void {
    this.#tree.delete(encode(key));
  }

  /** As a term the key must be the same: `1n` is found as `1`, but not this object. */
  deleteObject(key: unknown, value: unknown): void {
    const pair = this.#tree.getPairOrNextHigher(encode(key));
    if (pair !== undefined && sameTerm(decode(pair[0]), key) && sameTerm(pair[1], value)) this.delete(key);
  }

  clear(): void {
    this.#tree.clear();
  }

  objects(): IterableIterator<Stored, undefined> {
    return this.range({});
  }

  objectsReversed(): IterableIterator<Stored, undefined> {
    return this.rangeReversed({});
  }

  /** Objects whose keys are within bounds, in order. */
  range(bounds: Bounds): IterableIterator<Stored, undefined> {
    return this.#ascending(this.#lowest(bounds), bounds);
  }

  /** {@link OrderedStore.range}, last first. */
  rangeReversed(bounds: Bounds): IterableIterator<Stored, undefined> {
    return this.#descending(this.#highest(bounds), bounds);
  }

  /** Objects after a key, in order; before it, last first. The key need not be there. */
  beyond(key: unknown, isReversed: boolean): IterableIterator<Stored, undefined> {
    return isReversed
      ? this.#descending(this.#tree.nextLowerPair(encode(key)), {})
      : this.#ascending(this.#tree.nextHigherPair(encode(key)), {});
  }

  first(): Step {
    return stepOf(this.#tree.nextHigherPair(undefined));
  }

  last(): Step {
    return stepOf(this.#tree.nextLowerPair(undefined));
  }

  next(key: unknown): Step {
    return stepOf(this.#tree.nextHigherPair(encode(key)));
  }

  prev(key: unknown): Step {
    return stepOf(this.#tree.nextLowerPair(encode(key)));
  }

  /** Walks go from key to key, whether that is there or not. */
  setFixed(_isFixed: boolean): void {}

  /** Goes from key to key, so that it stays right while the table changes. */
  *#ascending(from: Stored | undefined, bounds: Bounds): Generator<Stored, undefined> {
    const last = this.#tree.maxKey(); // what is added behind it is not visited
    let pair = from;
    while (pair !== undefined && isBelow(pair[0], bounds) && compareKeys(pair[0], last) <= 0) {
      yield [decode(pair[0]), pair[1]];
      pair = this.#tree.nextHigherPair(pair[0]);
    }
  }

  *#descending(from: Stored | undefined, bounds: Bounds): Generator<Stored, undefined> {
    const last = this.#tree.minKey();
    let pair = from;
    while (pair !== undefined && isAbove(pair[0], bounds) && compareKeys(pair[0], last) >= 0) {
      yield [decode(pair[0]), pair[1]];
      pair = this.#tree.nextLowerPair(pair[0]);
    }
  }

  #lowest({ gt, gte }: Bounds): Stored | undefined {
    return gte === undefined ? this.#tree.nextHigherPair(gt) : this.#tree.getPairOrNextHigher(gte);
  }

  #highest({ lt, lte }: Bounds): Stored | undefined {
    return lte === undefined ? this.#tree.nextLowerPair(lt) : this.#tree.getPairOrNextLower(lte);
  }
}

function isBelow(key: unknown, { lt, lte }: Bounds): boolean {
  if (lt !== undefined) return compareKeys(key, lt) < 0;
  return lte === undefined || compareKeys(key, lte) <= 0;
}

function isAbove(key: unknown, { gt, gte }: Bounds): boolean {
  if (gt !== undefined) return compareKeys(key, gt) > 0;
  return gte === undefined || compareKeys(key, gte) >= 0;
}

function stepOf(pair: Stored | undefined): Step {
  return pair === undefined ? { done: true } : { done: false, value: decode(pair[0]) };
}

function compareKeys(a: unknown, b: unknown): number {
  return compareTerms(decode(a), decode(b));
}

/** A key as the tree keeps it. */
function encode(key: unknown): unknown {
  if (key === undefined) return UNDEFINED;
  return Number.isNaN(key) ? NOT_A_NUMBER : key;
}

function decode(key: unknown): unknown {
  if (typeof key !== 'symbol') return key;
  if (key === UNDEFINED) return undefined;
  return key === NOT_A_NUMBER ? Number.NaN : key;
}
