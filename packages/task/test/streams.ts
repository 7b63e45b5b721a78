/** What tests of streams share: Elixir's `Enum.take/2`, `Stream.zip/2` and an iterable that tells what is done with it. */

/** The first `count` items; then the loop is left. */
export async function take<T>(items: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  if (count === 0) return taken;
  for await (const item of items) {
    taken.push(item);
    if (taken.length === count) break;
  }
  return taken;
}

/** Pairs, until one side ends; then the other is closed. */
export async function* zip<A, B>(left: AsyncIterable<A>, right: AsyncIterable<B>): AsyncGenerator<[A, B]> {
  const others = right[Symbol.asyncIterator]();
  try {
    for await (const item of left) {
      const other = await others.next();
      if (other.done === true) return;
      yield [item, other.value];
    }
  } finally {
    await others.return?.();
  }
}

/** Counts from 0, for ever or to below `end`, and writes down what is done with it. */
export class Source {
  drawn = 0;
  isClosed = false;
  readonly #end: number;

  constructor(end = Number.POSITIVE_INFINITY) {
    this.#end = end;
  }

  *[Symbol.iterator](): Generator<number> {
    try {
      while (this.drawn < this.#end) {
        this.drawn += 1;
        yield this.drawn - 1;
      }
    } finally {
      this.isClosed = true;
    }
  }
}

/** How many run at once, at most. */
export class Load {
  now = 0;
  most = 0;

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.now += 1;
    this.most = Math.max(this.most, this.now);
    try {
      return await work();
    } finally {
      this.now -= 1;
    }
  }
}
