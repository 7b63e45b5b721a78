/** A table: its objects, who owns it, who inherits it. OTP: what `ets` keeps of one. */
import { isAlive, isolated, nodeKey, onExit, type Pid, self, send } from '@coppice/core';
import { HashBagStore } from './bag-store.ts';
import type { Ets, Heir, Protection, TableType } from './ets.ts';
import { OrderedStore } from './ordered-store.ts';
import { SetStore } from './set-store.ts';

/** The handle of a table that is not found by a name; `Ets.new` gives it. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- isolatedDeclarations has no syntax for a type-level brand in a class
export interface TableId extends Ets<unknown, unknown, TableType> {}
export class TableId {
  readonly name: undefined = undefined;
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  static tableOf(id: TableId): Table {
    return id.#table;
  }
}

/** What of a table is settled when it is made. */
export interface TableStart {
  readonly name: string | undefined;
  readonly type: TableType;
  readonly protection: Protection;
  readonly heir: Heir | undefined;
}

export class Table {
  readonly type: TableType;
  readonly protection: Protection;
  readonly isNamed: boolean;
  readonly store: SetStore | OrderedStore | HashBagStore;
  readonly id: TableId = new TableId(this);
  /** Identity of the node that it is on. */
  readonly node: object = nodeKey();
  name: string | undefined;
  heir: Heir | undefined;
  owner: Pid<never> = self();
  isDeleted = false;
  /** Somebody whose messages are copied has written, so readers get copies too. */
  copies = false;
  readonly #onDelete: (table: Table) => void;
  readonly #fixations = new Map<Pid<never>, Fixation>();
  #forgetOwner: () => void = () => {};

  /** A table of the calling process. */
  constructor({ name, type, protection, heir }: TableStart, onDelete: (table: Table) => void) {
    this.type = type;
    this.protection = protection;
    this.isNamed = name !== undefined;
    this.name = name;
    this.heir = heir;
    this.store = makeStore(type);
    this.#onDelete = onDelete;
    this.own(this.owner);
  }

  /** The table as messages name it. OTP: a named table's name is what stands for it. */
  get handle(): Ets<unknown, unknown, TableType> {
    // The brand is type-level only.
    return this.isNamed ? ({ name: this.name } as Ets<unknown, unknown, TableType>) : this.id;
  }

  insert(key: unknown, value: unknown): void {
    this.store.insert(this.keep(key), this.keep(value));
  }

  /** A key or value as the table keeps it. */
  keep(term: unknown): unknown {
    const kept = isolated(term);
    if (kept !== term) this.copies = true;
    return kept;
  }

  /** A key or value of the table as its reader gets it. */
  read<T>(term: T): T {
    return this.copies ? isolated(term) : term;
  }

  own(pid: Pid<never>): void {
    this.#forgetOwner();
    this.owner = pid;
    this.#forgetOwner = onExit(pid, () => this.#ownerExited());
  }

  /** A new owner, which is told. */
  transfer(to: Heir): void {
    const from = this.owner;
    this.own(to.pid);
    send(to.pid, { type: 'ETS-TRANSFER', table: this.handle, from, data: to.data });
  }

  /** Whether somebody has fixed it. */
  get isFixed(): boolean {
    return this.#fixations.size > 0;
  }

  /** Fixes the table once more for `pid`, or takes that back once. */
  fix(pid: Pid<never>, isFixed: boolean): void {
    const fixation = this.#fixations.get(pid);
    if (isFixed && fixation === undefined)
      this.#fixations.set(pid, { times: 1, forget: onExit(pid, () => this.#unfix(pid)) });
    else if (isFixed && fixation !== undefined) fixation.times += 1;
    else if (fixation !== undefined && fixation.times > 1) fixation.times -= 1;
    else this.#unfix(pid);
    this.store.setFixed(this.isFixed);
  }

  delete(): void {
    this.isDeleted = true;
    this.#forgetOwner();
    for (const { forget } of this.#fixations.values()) forget();
    this.store.clear();
    this.#onDelete(this);
  }

  #unfix(pid: Pid<never>): void {
    this.#fixations.get(pid)?.forget();
    this.#fixations.delete(pid);
    this.store.setFixed(this.isFixed);
  }

  #ownerExited(): void {
    const { heir, owner } = this;
    if (heir !== undefined && heir.pid !== owner && isAlive(heir.pid)) this.transfer(heir);
    else this.delete();
  }
}

interface Fixation {
  times: number;
  readonly forget: () => void;
}

function makeStore(type: TableType): SetStore | OrderedStore | HashBagStore {
  switch (type) {
    case 'set':
      return new SetStore();
    case 'ordered_set':
      return new OrderedStore();
    case 'bag':
      return new HashBagStore(false);
    case 'duplicate_bag':
      return new HashBagStore(true);
  }
}
