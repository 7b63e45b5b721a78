/** The entries of a registry, by key. OTP: the key table of Elixir's `Registry`, a `set` or a `duplicate_bag`. */
import { type Pid, termKey } from '@coppice/core';

/** An entry as the registry keeps it. Only its owner changes the value. */
export interface Row {
  readonly key: unknown;
  readonly pid: Pid<never>;
  value: unknown;
}

/** Rows by key. Keys compare as terms: arrays and plain objects by value. */
export interface Rows {
  readonly size: number;
  /** The row that was first registered under a key. */
  first(key: unknown): Row | undefined;
  /** Rows under a key, in order of registration; a copy. */
  at(key: unknown): readonly Row[];
  add(row: Row): void;
  delete(row: Row): void;
  /** All rows, as they are now. */
  all(): readonly Row[];
  clear(): void;
}

/** At most one row to a key: `add` replaces. */
export class UniqueRows implements Rows {
  readonly #rows = new Map<unknown, Row>();

  get size(): number {
    return this.#rows.size;
  }

  first(key: unknown): Row | undefined {
    return this.#rows.get(termKey(key));
  }

  at(key: unknown): readonly Row[] {
    const row = this.first(key);
    return row === undefined ? [] : [row];
  }

  add(row: Row): void {
    this.#rows.set(termKey(row.key), row);
  }

  delete(row: Row): void {
    this.#rows.delete(termKey(row.key));
  }

  all(): readonly Row[] {
    return [...this.#rows.values()];
  }

  clear(): void {
    this.#rows.clear();
  }
}

/** Any number of rows to a key. Removing one costs the same however many there are. */
export class DuplicateRows implements Rows {
  readonly #groups = new Map<unknown, Set<Row>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  first(key: unknown): Row | undefined {
    const [row] = this.#groups.get(termKey(key)) ?? [];
    return row;
  }

  at(key: unknown): readonly Row[] {
    return [...(this.#groups.get(termKey(key)) ?? [])];
  }

  add(row: Row): void {
    const key = termKey(row.key);
    const group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, new Set([row]));
    else group.add(row);
    this.#size += 1;
  }

  delete(row: Row): void {
    const key = termKey(row.key);
    const group = this.#groups.get(key);
    if (group === undefined || !group.delete(row)) return;
    this.#size -= 1;
    if (group.size === 0) this.#groups.delete(key);
  }

  all(): readonly Row[] {
    return [...this.#groups.values()].flatMap((group) => [...group]);
  }

  clear(): void {
    this.#groups.clear();
    this.#size = 0;
  }
}
