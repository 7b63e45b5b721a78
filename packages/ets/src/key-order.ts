/**
 * Walking over a hash table key by key, which a `Map` has no way to do: which key comes after this one? The order is that of the map's
 * iterator, remembered as far as walks have come. A table that is not walked pays nothing, and one that changes meanwhile stays right, since
 * the iterator of a `Map` follows changes: what is added comes last, what is removed is passed over. OTP: the slots of a hash table.
 */
export class KeyOrder {
  readonly #iterate: () => Iterator<unknown>;
  readonly #has: (key: unknown) => boolean;
  readonly #keys: unknown[] = [];
  readonly #positions = new Map<unknown, number>();
  #source: Iterator<unknown>;
  #isAtEnd = false;
  /** Everything before it was removed when somebody asked for the first key. */
  #head = 0;

  /** `iterate`: all keys of the table, live; `has`: whether one is there now. */
  constructor(iterate: () => Iterator<unknown>, has: (key: unknown) => boolean) {
    this.#iterate = iterate;
    this.#has = has;
    this.#source = iterate();
  }

  /** Keys that are remembered, removed ones among them. */
  get length(): number {
    return this.#keys.length;
  }

  /** The first key that is there. What was removed at the front is not looked at again. */
  first(): IteratorResult<unknown, undefined> {
    if (this.#isAtEnd) this.#restart();
    const found = this.#from(this.#head);
    this.#head = found.done === true ? this.#keys.length : (this.#positions.get(found.value) ?? 0);
    return found;
  }

  /** The next key that is there, after one that is there or was when the walk came to it; `undefined` for any other. */
  next(key: unknown): IteratorResult<unknown, undefined> | undefined {
    const position = this.#positions.get(key) ?? this.#find(key);
    return position === undefined ? undefined : this.#from(position + 1);
  }

  /** Remembers the place of a key that is there. */
  keepPlace(key: unknown): void {
    if (!this.#positions.has(key)) this.#find(key);
  }

  keepPlaces(): void {
    if (this.#isAtEnd) this.#restart();
    while (this.#remember());
  }

  #from(start: number): IteratorResult<unknown, undefined> {
    for (let position = start; position < this.#keys.length || this.#remember(); position += 1) {
      const key = this.#keys[position];
      if (this.#has(key)) return { done: false, value: key };
    }
    return { done: true, value: undefined };
  }

  #find(key: unknown): number | undefined {
    if (this.#isAtEnd) this.#restart();
    while (this.#remember()) {
      const position = this.#positions.get(key);
      if (position !== undefined) return position;
    }
    return undefined;
  }

  /**
   * Remembers one more key; `false` at the end. A key that was removed and added again comes from the iterator again: it keeps its place,
   * so that a walk which replaces what it meets comes to an end; but not a place that nobody will look at.
   */
  #remember(): boolean {
    for (let next = this.#source.next(); next.done !== true; next = this.#source.next()) {
      const known = this.#positions.get(next.value);
      if (known !== undefined && known >= this.#head) continue;
      this.#positions.set(next.value, this.#keys.length);
      this.#keys.push(next.value);
      return true;
    }
    this.#isAtEnd = true;
    return false;
  }

  /** The iterator of a `Map` that has ended sees nothing of what is added later. */
  #restart(): void {
    this.#source = this.#iterate();
    this.#isAtEnd = false;
  }
}
