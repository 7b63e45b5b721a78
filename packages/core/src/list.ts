/** Doubly linked list of small records: adding and removing take constant time at any length, and an empty list costs nothing. */

/** Membership of `value` in one list. */
export class Item<T> {
  readonly value: T;
  list: List<T> | undefined;
  previous: Item<T> | undefined;
  next: Item<T> | undefined;

  constructor(value: T) {
    this.value = value;
    this.list = undefined;
    this.previous = undefined;
    this.next = undefined;
  }

  /** Leaves its list; nothing happens if it is in none. */
  remove(): void {
    const { list, previous, next } = this;
    if (list === undefined) return;
    if (previous === undefined) list.first = next;
    else previous.next = next;
    if (next === undefined) list.last = previous;
    else next.previous = previous;
    list.size -= 1;
    this.list = undefined;
    this.previous = undefined;
    this.next = undefined;
  }
}

/** Items in the order of their addition. */
export class List<T> {
  first: Item<T> | undefined = undefined;
  last: Item<T> | undefined = undefined;
  size = 0;

  append(item: Item<T>): void {
    const { last } = this;
    item.list = this;
    item.previous = last;
    if (last === undefined) this.first = item;
    else last.next = item;
    this.last = item;
    this.size += 1;
  }

  /** Takes the first item's value out; `undefined` when there is none. */
  shift(): T | undefined {
    const item = this.first;
    item?.remove();
    return item?.value;
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let item = this.first; item !== undefined; item = item.next) yield item.value;
  }
}
