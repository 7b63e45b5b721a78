/** First-in first-out queue in chunks: a burst of a million costs no copy, and what is taken is let go. */

const CHUNK = 128;

interface Chunk<T> {
  readonly items: (T | undefined)[];
  next: Chunk<T> | undefined;
}

export class Fifo<T> {
  length = 0;
  #head: Chunk<T>;
  #tail: Chunk<T>;
  #read = 0;
  #write = 0;

  constructor() {
    this.#head = makeChunk();
    this.#tail = this.#head;
  }

  push(item: T): void {
    if (this.#write === CHUNK) {
      const chunk = makeChunk<T>();
      this.#tail.next = chunk;
      this.#tail = chunk;
      this.#write = 0;
    }
    this.#tail.items[this.#write] = item;
    this.#write += 1;
    this.length += 1;
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    if (this.#read === CHUNK) {
      // The queue is not empty, so a full chunk has a successor.
      this.#head = this.#head.next ?? this.#head;
      this.#read = 0;
    }
    const item = this.#head.items[this.#read];
    this.#head.items[this.#read] = undefined;
    this.#read += 1;
    this.length -= 1;
    if (this.length === 0) {
      this.#head = this.#tail;
      this.#read = 0;
      this.#write = 0;
    }
    return item;
  }
}

function makeChunk<T>(): Chunk<T> {
  return { items: new Array<T | undefined>(CHUNK).fill(undefined), next: undefined };
}
