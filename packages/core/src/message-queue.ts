/** A queue of messages from which any can be taken, in chunks: arrival costs the same at any length, and what is taken is let go. */

const HOLE = Symbol('hole');
const CHUNK = 64;

class Chunk {
  readonly items: unknown[] = new Array<unknown>(CHUNK).fill(HOLE);
  read = 0;
  write = 0;
  /** Messages that are still in it. */
  live = 0;
  next: Chunk | undefined = undefined;
}

/** How far a receive that waits has looked. OTP: the save pointer. */
export class Cursor {
  #first: unknown = HOLE;
  queue: MessageQueue | undefined = undefined;
  chunk: Chunk | undefined = undefined;
  index = 0;

  /** Whether it has looked at the message that is held inline. */
  hasSeen(first: unknown): boolean {
    return this.#first === first;
  }

  see(first: unknown): void {
    this.#first = first;
  }
}

export class MessageQueue {
  length = 0;
  #head = new Chunk();
  #tail = this.#head;

  push(message: unknown): void {
    let tail = this.#tail;
    if (tail.write === CHUNK) {
      tail = new Chunk();
      this.#tail.next = tail;
      this.#tail = tail;
    }
    tail.items[tail.write] = message;
    tail.write += 1;
    tail.live += 1;
    this.length += 1;
  }

  /** Takes the oldest message; the queue must not be empty. */
  shift(): unknown {
    for (;;) {
      const message = takeOldest(this.#head);
      if (message === HOLE) this.#head = this.#head.next ?? this.#head;
      else {
        this.length -= 1;
        return message;
      }
    }
  }

  /** Takes the oldest message that matches and that the cursor has not seen; `none` if there is no such. */
  take(match: (message: unknown) => boolean, cursor: Cursor | undefined, none: unknown): unknown {
    const isKnown = cursor?.queue === this;
    let chunk: Chunk | undefined = isKnown ? cursor.chunk : this.#head;
    let index = isKnown ? cursor.index : this.#head.read;
    let previous: Chunk | undefined;
    while (chunk !== undefined) {
      index = chunk.live === 0 ? chunk.write : findIn(chunk, index, match);
      if (index < chunk.write) return this.#takeAt(chunk, index);
      if (isSpent(chunk)) this.#drop(chunk, previous);
      else previous = chunk;
      if (cursor !== undefined) {
        cursor.queue = this;
        cursor.chunk = chunk;
        cursor.index = index;
      }
      chunk = chunk.next;
      index = 0;
    }
    return none;
  }

  *[Symbol.iterator](): IterableIterator<unknown> {
    for (let chunk: Chunk | undefined = this.#head; chunk !== undefined; chunk = chunk.next) {
      for (let index = chunk.read; index < chunk.write; index += 1) {
        const message = chunk.items[index];
        if (message !== HOLE) yield message;
      }
    }
  }

  #takeAt(chunk: Chunk, index: number): unknown {
    const message = chunk.items[index];
    chunk.items[index] = HOLE;
    chunk.live -= 1;
    this.length -= 1;
    return message;
  }

  /** Lets a spent chunk go: else one message that nobody takes would keep all that were taken behind it. `previous` is unknown behind a cursor. */
  #drop(chunk: Chunk, previous: Chunk | undefined): void {
    if (chunk === this.#head) this.#head = chunk.next ?? chunk;
    else if (previous !== undefined) previous.next = chunk.next;
  }
}

/** Whether all of a chunk's messages have come and been taken; the last chunk never is, since it is written to. */
function isSpent(chunk: Chunk): boolean {
  return chunk.live === 0 && chunk.write === CHUNK && chunk.next !== undefined;
}

/** Index of the first message that matches, from `start`; the end of the chunk if there is none. */
function findIn(chunk: Chunk, start: number, match: (message: unknown) => boolean): number {
  let index = start;
  while (index < chunk.write) {
    const message = chunk.items[index];
    if (message !== HOLE && match(message)) break;
    index += 1;
  }
  return index;
}

function takeOldest(chunk: Chunk): unknown {
  while (chunk.read < chunk.write) {
    const message = chunk.items[chunk.read];
    chunk.items[chunk.read] = HOLE;
    chunk.read += 1;
    if (message === HOLE) continue;
    chunk.live -= 1;
    return message;
  }
  return HOLE;
}
