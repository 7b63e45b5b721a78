/** Making tables, giving them away, deleting them. */
import { describe, isAlive, isPid, type Pid, self } from '@coppice/core';
import type { Ets, EtsInfo, EtsOptions, EtsTransfer, Heir, Protection, TableType } from './ets.ts';
import { TableId } from './table.ts';
import {
  type AnyTable,
  addTable,
  allTables,
  findTable,
  owned,
  readable,
  renameTable,
  writable,
} from './tables.ts';

const TYPES: readonly string[] = ['set', 'ordered_set', 'bag', 'duplicate_bag'] satisfies TableType[];
const PROTECTIONS: readonly string[] = ['public', 'protected', 'private'] satisfies Protection[];

/**
 * Makes a table that the calling process owns, found by a typed name or by what this returns alone. It is deleted in the turn of its owner's
 * exit, unless it has an heir. Throws `TypeError` if the name is taken, or for bad options. OTP: `ets:new/2`.
 *
 * @example
 * const cache = Ets.name<string, number>('cache');
 * Ets.new(cache, { protection: 'public' });
 * Ets.insert(cache, 'answer', 42);
 */
export function newTable<K, V>(named: Ets<K, V>, options?: EtsOptions<'set'>): Ets<K, V>;
export function newTable<K, V, T extends TableType>(
  named: Ets<K, V, T>,
  options: EtsOptions<NoInfer<T>> & { readonly type: NoInfer<T> },
): Ets<K, V, T>;
export function newTable<K, V>(options?: EtsOptions<'set'>): Ets<K, V>;
export function newTable<K, V, T extends TableType>(
  options: EtsOptions<T> & { readonly type: T },
): Ets<K, V, T>;
export function newTable<K, V, T extends TableType>(
  first: Ets<K, V, T> | EtsOptions<T> = {},
  second?: EtsOptions<T>,
): Ets<K, V, T> {
  const named = typeof first === 'object' && first !== null && 'name' in first ? first : undefined;
  const options = (named === undefined ? first : second) ?? {};
  requireOptions(named, options);
  const { type = 'set', protection = 'protected', heir } = options as EtsOptions<T>; // either has no name
  const table = addTable({ name: named?.name, type, protection, heir });
  return named ?? (table.id as unknown as Ets<K, V, T>); // what it holds is what its user says from now on
}

/** Gives the table to another live process of this node, which gets an `EtsTransfer`. For its owner only. Throws `TypeError`. OTP: `ets:give_away/3`. */
export function giveAway<K, V>(table: Ets<K, V, TableType>, pid: Pid<EtsTransfer>, data: unknown): void {
  const found = owned(table);
  if (!isPid(pid) || !isOfThisNode(pid) || !isAlive(pid) || pid === self())
    throw new TypeError(`pid must be another live process of this node, got ${describe(pid)}`);
  found.transfer({ pid, data });
}

/** Sets who gets the table when its owner exits, a process of this node; `'none'`: nobody. For its owner only. OTP: `ets:setopts/2`. */
export function setopts<K, V>(table: Ets<K, V, TableType>, { heir }: { readonly heir: Heir | 'none' }): void {
  const found = owned(table);
  if (heir !== 'none') requireHeir(heir);
  found.heir = heir === 'none' ? undefined : heir;
}

/**
 * Gives a table another name; a named one is found by that from now on. Returns what stands for the table. Throws `TypeError` if the name is
 * taken. OTP: `ets:rename/2`.
 */
export function rename<K, V, T extends TableType>(table: Ets<K, V, T>, name: Ets<K, V, T>): Ets<K, V, T> {
  const found = writable(table);
  if (typeof name !== 'object' || name === null || typeof name.name !== 'string')
    throw new TypeError(`name must be made by Ets.name, got ${describe(name)}`);
  renameTable(found, name.name);
  return found.isNamed ? name : table;
}

/** A table as it is now, whoever may read it; `undefined` if there is none. OTP: `ets:info/1`. */
export function info<K, V>(table: Ets<K, V, TableType>): EtsInfo | undefined {
  const found = findTable(table);
  if (found === undefined) return undefined;
  const { name, isNamed, type, protection, owner, heir, store, isFixed } = found;
  const heirPid = heir !== undefined && isAlive(heir.pid) ? heir.pid : undefined;
  return { name, isNamed, type, protection, owner, heir: heirPid, size: store.size, isFixed };
}

/** The table that has a name now; unlike the name it is never another one later. `undefined` if there is none. OTP: `ets:whereis/1`. */
export function whereis<K, V, T extends TableType>(name: Ets<K, V, T>): Ets<K, V, T> | undefined {
  const found = findTable(name);
  return found?.id as unknown as Ets<K, V, T> | undefined; // the same table, under the same types
}

/** All tables of this node. OTP: `ets:all/0`. */
export function all(): readonly Ets<unknown, unknown, TableType>[] {
  return allTables().map((table) => table.handle);
}

/**
 * Fixes the table for the caller, or takes that back; calls count. A walk by `first` and `next` over a fixed table may remove what it meets, and
 * objects that are there all the time come once. Ends with the caller. Other walks (`foldl`, `select`, …) need none. OTP: `ets:safe_fixtable/2`.
 */
export function safeFixtable<K, V>(table: Ets<K, V, TableType>, isFixed: boolean): void {
  if (typeof isFixed !== 'boolean')
    throw new TypeError(`isFixed must be true or false, got ${describe(isFixed)}`);
  readable(table).fix(self(), isFixed);
}

function requireOptions(named: AnyTable | undefined, options: unknown): void {
  if (
    named !== undefined &&
    (named instanceof TableId || typeof named.name !== 'string' || named.name === '')
  )
    throw new TypeError(`named must be made by Ets.name, got ${describe(named)}`);
  if (typeof options !== 'object' || options === null) {
    const hint = typeof options === 'string' ? ': a name is made by Ets.name' : '';
    throw new TypeError(`options must be an object, got ${describe(options)}${hint}`);
  }
  const {
    type = 'set',
    protection = 'protected',
    heir,
  }: { type?: unknown; protection?: unknown; heir?: unknown } = options;
  if (typeof type !== 'string' || !TYPES.includes(type))
    throw new TypeError(`type must be one of ${TYPES.join(', ')}, got ${describe(type)}`);
  if (typeof protection !== 'string' || !PROTECTIONS.includes(protection))
    throw new TypeError(`protection must be one of ${PROTECTIONS.join(', ')}, got ${describe(protection)}`);
  if (heir !== undefined) requireHeir(heir);
}

function requireHeir(heir: unknown): void {
  const pid = typeof heir === 'object' && heir !== null && 'pid' in heir ? heir.pid : undefined;
  if (!isPid(pid)) throw new TypeError(`heir must be { pid, data }, got ${describe(heir)}`);
  if (!isOfThisNode(pid)) throw new TypeError(`heir must be a process of this node, got ${describe(pid)}`);
}

/** Others could not reach the table. */
function isOfThisNode({ node, creation }: Pid<never>): boolean {
  const here = self();
  return node === here.node && creation === here.creation;
}
