/**
 * Messages of one process, oldest first. OTP: the message queue with its save pointer.
 * A selective receive that finds nothing leaves the save pointer behind what it has seen, so that a later arrival is
 * tested once, however long the mailbox is. The first message is held inline: most mailboxes never hold two.
 */

/** "No message", as any value may be one. */
export const EMPTY: unique symbol = Symbol('empty');
const HOLE = Symbol('hole');
const CHUNK = 64;

type Match = (message: unknown) => boolean;

class Chunk {
  readonly items: unknown[] = new Array<unknown>(CHUNK).fill(HOLE);
  read = 0;
  write = 0;
  next: Chunk | undefined = undefined;
}

export class Mailbox {
  length = 0;
  #first: unknown = EMPTY;
  #head: Chunk | undefined = undefined;
  #tail: Chunk | undefined = undefined;
  /** The save pointer: the inline message has been seen, and of the chunks all before this place. */
  #firstSeen = false;
  #seenChunk: Chunk | undefined = undefined;
  #seenIndex = 0;

  push(message: unknown): void {
    this.length += 1;
    if (this.length === 1) {
      this.#first = message;
      this.#firstSeen = false;
      return;
    }
    let tail = this.#tail;
    if (tail === undefined || tail.write === CHUNK) {
      const chunk = new Chunk();
      if (tail === undefined) this.#head = chunk;
      else tail.next = chunk;
      this.#tail = chunk;
      tail = chunk;
    }
    tail.items[tail.write] = message;
    tail.write += 1;
  }

  /** Takes the oldest message. */
  shift(): unknown {
    if (this.length === 0) return EMPTY;
    this.length -= 1;
    if (this.#first !== EMPTY) {
      const message = this.#first;
      this.#first = EMPTY;
      return message;
    }
    for (let chunk = this.#head; chunk !== undefined; chunk = this.#head) {
      const message = takeOldest(chunk);
      if (message === HOLE) this.#advanceHead(chunk);
      else if (this.length > 0) return message;
      else return this.#takeLast(message);
    }
    return EMPTY;
  }

  /** Takes the oldest message that matches, looking at all. */
  take(match: Match): unknown {
    this.rewind();
    return this.resume(match);
  }

  /** Forgets what a receive has seen: the next `resume` looks at all messages. */
  rewind(): void {
    this.#firstSeen = false;
    this.#seenChunk = undefined;
    this.#seenIndex = 0;
  }

  /** Takes the oldest message that matches, behind the save pointer; moves it on if there is none. A throw of `match` changes nothing. */
  resume(match: Match): unknown {
    if (this.#first !== EMPTY && !this.#firstSeen) {
      const message = this.#first;
      if (match(message)) {
        this.#first = EMPTY;
        this.length -= 1;
        return message;
      }
      this.#firstSeen = true;
    }
    let chunk = this.#seenChunk ?? this.#head;
    let index = this.#seenChunk === undefined ? 0 : this.#seenIndex;
    while (chunk !== undefined) {
      for (; index < chunk.write; index += 1) {
        const message = chunk.items[index];
        if (message === HOLE || !match(message)) continue;
        chunk.items[index] = HOLE;
        this.length -= 1;
        if (this.length === 0) this.#dropChunks();
        return message;
      }
      this.#seenChunk = chunk;
      this.#seenIndex = index;
      chunk = chunk.next;
      index = 0;
    }
    return EMPTY;
  }

  /** All messages, oldest first; what is added meanwhile is seen too. */
  *[Symbol.iterator](): IterableIterator<unknown> {
    if (this.#first !== EMPTY) yield this.#first;
    for (let chunk = this.#head; chunk !== undefined; chunk = chunk.next) {
      for (let index = chunk.read; index < chunk.write; index += 1) {
        const message = chunk.items[index];
        if (message !== HOLE) yield message;
      }
    }
  }

  clear(): void {
    this.length = 0;
    this.#first = EMPTY;
    this.#dropChunks();
  }

  #takeLast(message: unknown): unknown {
    this.#dropChunks();
    return message;
  }

  #advanceHead(drained: Chunk): void {
    if (this.#seenChunk === drained) this.#seenChunk = undefined;
    this.#head = drained.next;
    if (drained.next === undefined) this.#tail = undefined;
  }

  #dropChunks(): void {
    this.#head = undefined;
    this.#tail = undefined;
    this.#seenChunk = undefined;
  }
}

function takeOldest(chunk: Chunk): unknown {
  while (chunk.read < chunk.write) {
    const message = chunk.items[chunk.read];
    chunk.items[chunk.read] = HOLE;
    chunk.read += 1;
    if (message !== HOLE) return message;
  }
  return HOLE;
}
