/** Tables as their users see them. OTP: `ets:tid()`, `ets:table()`. */
import { describe, type Pid } from '@coppice/core';

declare const table: unique symbol;

/**
 * - `'set'`: one object for each key, in no order. - `'ordered_set'`: one, in the order of keys. - `'bag'`: any number of different
 * objects. - `'duplicate_bag'`: any number.
 */
export type TableType = 'set' | 'ordered_set' | 'bag' | 'duplicate_bag';
/** Types of tables with one object for each key. */
export type Sets = 'set' | 'ordered_set';
/** Types of tables with any number of objects for a key. */
export type Bags = 'bag' | 'duplicate_bag';
/** Who may read and write: `'public'` everybody; `'protected'` all read, the owner writes; `'private'` the owner alone. */
export type Protection = 'public' | 'protected' | 'private';

/** A table, or the typed name of one: a key of type `K` has values of type `V`. OTP: a tuple of key and value. */
export interface Ets<in out K, in out V, out T extends TableType = 'set'> {
  readonly name: string | undefined;
  /** Type-level only. */
  readonly [table]: { readonly key: (key: K) => K; readonly value: (value: V) => V; readonly type: T };
}

/** Who gets a table when its owner exits, and what it is told. OTP: `{heir, Pid, HeirData}`. */
export interface Heir {
  readonly pid: Pid<EtsTransfer>;
  readonly data: unknown;
}

/** How a table is made. */
export interface EtsOptions<T extends TableType> {
  /** Default `'set'`. */
  readonly type?: T;
  /** Default `'protected'`. */
  readonly protection?: Protection;
  /** Default: nobody, the table is deleted with its owner. */
  readonly heir?: Heir;
}

/** What the new owner of a table gets. OTP: `{'ETS-TRANSFER', Tab, From, Data}`. */
export interface EtsTransfer {
  readonly type: 'ETS-TRANSFER';
  readonly table: Ets<unknown, unknown, TableType>;
  /** Who owned it before. */
  readonly from: Pid<never>;
  /** What the heir was set with, or was given with the table. */
  readonly data: unknown;
}

/** A table as it is now. OTP: `ets:info/1`. */
export interface EtsInfo {
  readonly name: string | undefined;
  /** Whether it is found by its name. */
  readonly isNamed: boolean;
  readonly type: TableType;
  readonly protection: Protection;
  readonly owner: Pid<never>;
  /** `undefined` for nobody, or one that is dead. */
  readonly heir: Pid<never> | undefined;
  /** Number of objects. */
  readonly size: number;
  /** Whether a walk over it is protected by `safeFixtable`. */
  readonly isFixed: boolean;
}

/** The typed name of a table; `Ets.new` makes the table. OTP: the name of a `named_table`. */
export function name<K, V, T extends TableType = 'set'>(name: string): Ets<K, V, T> {
  if (typeof name !== 'string' || name === '')
    throw new TypeError(`name must be a non-empty string, got ${describe(name)}`);
  return { name } as Ets<K, V, T>; // the brand is type-level only
}
