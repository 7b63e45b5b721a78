/**
 * What a registry holds: its entries by key, and by the process that owns them. Entries are gone in the turn in which their owner
 * exits, before anyone hears of the exit. OTP: the key and pid tables of Elixir's `Registry`, where a partition cleans up later.
 */
import { onExit, type Pid } from '@coppice/core';
import type { AnyKeys } from './registry.ts';
import { DuplicateRows, type Row, type Rows, UniqueRows } from './rows.ts';

interface Owner {
  readonly rows: Set<Row>;
  /** Takes the exit hook back. */
  readonly forget: () => void;
}

export class Table {
  readonly rows: Rows;
  readonly #owners = new Map<Pid<never>, Owner>();

  constructor(keys: AnyKeys) {
    this.rows = keys === 'unique' ? new UniqueRows() : new DuplicateRows();
  }

  /** Whether `pid` has entries. */
  hasOwner(pid: Pid<never>): boolean {
    return this.#owners.has(pid);
  }

  /** Entries of `pid`, in order of registration. */
  ownedBy(pid: Pid<never>): readonly Row[] {
    return [...(this.#owners.get(pid)?.rows ?? [])];
  }

  /** Entries of `pid` under a key. */
  ownedUnder(key: unknown, pid: Pid<never>): readonly Row[] {
    if (!this.#owners.has(pid)) return [];
    return this.rows.at(key).filter((row) => row.pid === pid);
  }

  /** Adds an entry of a live process. */
  insert(row: Row): void {
    this.rows.add(row);
    const owner = this.#owners.get(row.pid);
    if (owner !== undefined) {
      owner.rows.add(row);
      return;
    }
    const forget = onExit(row.pid, () => this.#drop(row.pid));
    this.#owners.set(row.pid, { rows: new Set([row]), forget });
  }

  remove(row: Row): void {
    this.rows.delete(row);
    const owner = this.#owners.get(row.pid);
    if (owner === undefined) return;
    owner.rows.delete(row);
    if (owner.rows.size > 0) return;
    owner.forget();
    this.#owners.delete(row.pid);
  }

  clear(): void {
    for (const owner of this.#owners.values()) owner.forget();
    this.#owners.clear();
    this.rows.clear();
  }

  /** The owner has exited. */
  #drop(pid: Pid<never>): void {
    for (const row of this.#owners.get(pid)?.rows ?? []) this.rows.delete(row);
    this.#owners.delete(pid);
  }
}
