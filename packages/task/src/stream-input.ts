/** What a stream draws its items from: any iterable, as the consumer, and no more than there is room for. */

/** Items of a stream. */
export type Items<I> = Iterable<I> | AsyncIterable<I>;

export class StreamInput<I> {
  readonly #iterator: Iterator<I> | AsyncIterator<I>;
  readonly #isAsync: boolean;
  #drawn: I[] = [];
  #failure: { readonly error: unknown } | undefined;
  #hasEnded = false;
  /** While an asynchronous iterable owes an item: settles when that, the end or a failure has come. Never rejects. */
  pending: Promise<void> | undefined;

  constructor(items: Items<I>) {
    const asynchronous = typeof items === 'object' && Symbol.asyncIterator in items ? items : undefined;
    this.#isAsync = asynchronous !== undefined;
    // What is not the one is the other: that was checked when the stream was made.
    this.#iterator = asynchronous?.[Symbol.asyncIterator]() ?? (items as Iterable<I>)[Symbol.iterator]();
  }

  /** All has been taken. */
  get isExhausted(): boolean {
    return this.#hasEnded && this.#drawn.length === 0 && this.#failure === undefined;
  }

  /**
   * Takes at most `limit` items. A synchronous iterable gives as many at once; of an asynchronous one these are what has come since the last time, and if
   * there is room for more it is asked for the next. Throws what the iterable throws.
   */
  take(limit: number): readonly I[] {
    return this.#isAsync ? this.#takeDrawn(limit) : this.#draw(limit);
  }

  /** Tells the iterable that no more is wanted. One that owes an item is not waited for: it may never give it. */
  async close(): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const closing = Promise.resolve(this.#iterator.return?.());
    if (this.pending === undefined) await closing;
    else closing.catch(() => {});
  }

  #draw(limit: number): readonly I[] {
    const items: I[] = [];
    while (items.length < limit && !this.#hasEnded) {
      const item = this.#ask() as IteratorResult<I>; // the iterable is synchronous
      if (item.done === true) this.#hasEnded = true;
      else items.push(item.value);
    }
    return items;
  }

  #ask(): IteratorResult<I> | Promise<IteratorResult<I>> {
    try {
      return this.#iterator.next();
    } catch (error) {
      this.#hasEnded = true; // an iterable that has thrown is not told to close
      throw error;
    }
  }

  #takeDrawn(limit: number): readonly I[] {
    if (this.#failure !== undefined) {
      const { error } = this.#failure;
      this.#failure = undefined;
      throw error;
    }
    const items = this.#drawn;
    this.#drawn = [];
    if (items.length < limit && !this.#hasEnded) this.pending ??= this.#drawLater(this.#ask());
    return items;
  }

  async #drawLater(asked: IteratorResult<I> | Promise<IteratorResult<I>>): Promise<void> {
    try {
      const item = await asked;
      if (item.done === true) this.#hasEnded = true;
      else this.#drawn.push(item.value);
    } catch (error) {
      this.#hasEnded = true;
      this.#failure = { error };
    }
    this.pending = undefined;
  }
}
