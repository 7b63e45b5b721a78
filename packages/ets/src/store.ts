/** What a table of each type does with its objects. Keys and values are untyped here: whoever has the typed table says what they are. */

/** A key and a value. OTP: an object of a table. */
export type Stored = readonly [key: unknown, value: unknown];

export interface Store {
  /** Number of objects. */
  readonly size: number;
  has(key: unknown): boolean;
  /** Values of a key, in order of insertion; a copy. */
  values(key: unknown): readonly unknown[];
  insert(key: unknown, value: unknown): void;
  /** Removes all objects of a key. */
  delete(key: unknown): void;
  /** Removes the objects of a key whose value is the same term. */
  deleteObject(key: unknown, value: unknown): void;
  clear(): void;
  /**
   * All objects that are there from now until the walk comes to them, each once. What is added meanwhile may come or not, but the
   * walk ends.
   */
  objects(): IterableIterator<Stored, undefined>;
  /** {@link Store.objects}, last first, where there is an order. */
  objectsReversed(): IterableIterator<Stored, undefined>;
  first(): Step;
  last(): Step;
  /** The key after `key`; `undefined` if the walk cannot go on from there. */
  next(key: unknown): Step | undefined;
  prev(key: unknown): Step | undefined;
  /** From now on walks may go on from keys that are removed under way; or no longer. */
  setFixed(isFixed: boolean): void;
}

/** A key, or the end of the table. */
export type Step = { readonly done: false; readonly value: unknown } | { readonly done: true };

/** A store with one object for each key. */
export interface UniqueStore extends Store {
  readonly kind: 'set';
  /** The value of a key; `undefined` if there is none. */
  get(key: unknown): unknown;
}

/** A store with any number of objects for each key. */
export interface BagStore extends Store {
  readonly kind: 'bag';
  /** Replaces each value. */
  map(fn: (key: unknown, value: unknown) => unknown): void;
}
