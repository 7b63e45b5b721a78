/**
 * Messages of one process, oldest first. OTP: the message queue with its save pointer.
 * The first message is held inline: most mailboxes never hold two, and an idle process keeps no queue.
 */
import { type Cursor, MessageQueue } from './message-queue.ts';

const NOTHING: unique symbol = Symbol('empty');

/** "No message", as any value may be one. */
export const EMPTY: typeof NOTHING = NOTHING; // here it goes by the other name: to compare with an exported constant takes a call

type Match = (message: unknown) => boolean;

/** What is searched now. Whoever decides about its messages must not take from it: the one that is asked about would be given twice. */
let searched: Mailbox | undefined;

export class Mailbox {
  #first: unknown = NOTHING;
  /** What came behind the first; `undefined` when empty. */
  #more: MessageQueue | undefined = undefined;

  get length(): number {
    return (this.#first === NOTHING ? 0 : 1) + (this.#more === undefined ? 0 : this.#more.length);
  }

  get isEmpty(): boolean {
    return this.#first === NOTHING && this.#more === undefined;
  }

  /** A predicate is asked about its messages. */
  get isSearched(): boolean {
    return searched === this;
  }

  push(message: unknown): void {
    if (this.#more !== undefined) this.#more.push(message);
    else if (this.#first === NOTHING) this.#first = message;
    else {
      this.#more = new MessageQueue();
      this.#more.push(message);
    }
  }

  /** Takes the oldest message. */
  shift(): unknown {
    if (this.#first !== NOTHING) {
      const message = this.#first;
      this.#first = NOTHING;
      return message;
    }
    return this.#more === undefined ? NOTHING : this.#taken(this.#more, this.#more.shift());
  }

  /**
   * Takes the oldest message that matches. With a cursor, of a receive that waits, only of those that it has not seen: an arrival is tested once,
   * however long the mailbox is. A throw of `match` changes nothing. Throws when called by `match`.
   */
  take(match: Match, cursor?: Cursor): unknown {
    if (this.isSearched) throw new Error('a predicate must not take from the mailbox that it is asked about');
    const before = searched;
    searched = this; // oxlint-disable-line typescript/no-this-alias -- which of all it is
    try {
      return this.#search(match, cursor);
    } finally {
      searched = before;
    }
  }

  #search(match: Match, cursor: Cursor | undefined): unknown {
    if (this.#first !== NOTHING && cursor?.hasSeen(this.#first) !== true) {
      const message = this.#first;
      if (match(message)) {
        this.#first = NOTHING;
        return message;
      }
      cursor?.see(message);
    }
    return this.#more === undefined
      ? NOTHING
      : this.#taken(this.#more, this.#more.take(match, cursor, NOTHING));
  }

  /** All messages, oldest first; what is added meanwhile is seen too. */
  *[Symbol.iterator](): IterableIterator<unknown> {
    if (this.#first !== NOTHING) yield this.#first;
    if (this.#more !== undefined) yield* this.#more;
  }

  clear(): void {
    this.#first = NOTHING;
    this.#more = undefined;
  }

  #taken(queue: MessageQueue, message: unknown): unknown {
    if (queue.length === 0) this.#more = undefined;
    return message;
  }
}
