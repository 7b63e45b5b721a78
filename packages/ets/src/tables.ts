/** The tables of a node, and who may do what with one. OTP: `badarg` is a `TypeError` that says why. */
import { describe, nodeKey, self } from '@coppice/core';
import { Table, TableId, type TableStart } from './table.ts';

/** A table or the name of one, its types left out. */
export interface AnyTable {
  readonly name: string | undefined;
}

interface NodeTables {
  readonly named: Map<string, Table>;
  readonly all: Set<Table>;
}

const nodes = new WeakMap<object, NodeTables>();

/** What was found last. Among a million keys a look-up's time is that of the memory, as long as there is little to do beside. */
let lastAsked: AnyTable | undefined;
let lastFound: Table | undefined;

/** Makes a table that the caller owns. Throws `TypeError` if the name is taken. */
export function addTable(start: TableStart): Table {
  const { named, all } = tablesHere();
  const { name } = start;
  if (name !== undefined && named.has(name))
    throw new TypeError(`name ${describe(name)} is already taken by a table`);
  const table = new Table(start, (deleted) => {
    all.delete(deleted);
    if (deleted.isNamed && deleted.name !== undefined) named.delete(deleted.name);
  });
  all.add(table);
  if (name !== undefined) named.set(name, table);
  return table;
}

/** Gives a table another name. Throws `TypeError` if that is taken. */
export function renameTable(table: Table, name: string): void {
  const { named } = tablesHere();
  if (table.isNamed) {
    if (named.has(name)) throw new TypeError(`name ${describe(name)} is already taken by a table`);
    if (table.name !== undefined) named.delete(table.name);
    named.set(name, table);
    lastAsked = undefined;
  }
  table.name = name;
}

/** All tables of the caller's node. */
export function allTables(): readonly Table[] {
  return [...tablesHere().all];
}

/** The table, whoever may use it; `undefined` if there is none. Throws `TypeError` for what is no table. */
export function findTable(table: AnyTable): Table | undefined {
  requireTable(table);
  const found = table instanceof TableId ? TableId.tableOf(table) : tablesHere().named.get(table.name ?? '');
  return found === undefined || found.isDeleted || found.node !== nodeKey() ? undefined : found;
}

/** The table, for who may read it. */
export function readable(table: AnyTable): Table {
  if (table === lastAsked && isReadableHere(lastFound)) return lastFound;
  const found = existing(table);
  if (found.protection === 'private' && found.owner !== self()) throw forbidden(found, 'read');
  return remember(table, found);
}

/** The table, for who may write to it. */
export function writable(table: AnyTable): Table {
  if (table === lastAsked && isWritableHere(lastFound)) return lastFound;
  const found = existing(table);
  if (found.protection !== 'public' && found.owner !== self()) throw forbidden(found, 'write to');
  return remember(table, found);
}

/** The table, for its owner. */
export function owned(table: AnyTable): Table {
  const found = existing(table);
  if (found.owner !== self()) throw forbidden(found, 'give away or configure');
  return found;
}

function isReadableHere(found: Table | undefined): found is Table {
  return (
    found !== undefined && !found.isDeleted && found.protection !== 'private' && found.node === nodeKey()
  );
}

function isWritableHere(found: Table | undefined): found is Table {
  if (found === undefined || found.isDeleted) return false;
  return found.protection === 'public' ? found.node === nodeKey() : found.owner === self();
}

function remember(table: AnyTable, found: Table): Table {
  lastAsked = table;
  lastFound = found;
  return found;
}

function existing(table: AnyTable): Table {
  const found = findTable(table);
  if (found !== undefined) return found;
  const what = table.name === undefined ? 'the table' : `table ${describe(table.name)}`;
  throw new TypeError(`${what} does not exist: it has not been made, was deleted, or ended with its owner`);
}

function forbidden(table: Table, what: string): TypeError {
  const name = table.name === undefined ? 'the table' : `table ${describe(table.name)}`;
  return new TypeError(
    `only its owner ${table.owner} may ${what} ${name}: it is ${table.protection}, and this is ${self()}`,
  );
}

function tablesHere(): NodeTables {
  const node = nodeKey();
  const here = nodes.get(node) ?? { named: new Map<string, Table>(), all: new Set<Table>() };
  nodes.set(node, here);
  return here;
}

function requireTable(table: unknown): void {
  const isTable = typeof table === 'object' && table !== null && 'name' in table;
  if (!isTable || !(table instanceof TableId || (typeof table.name === 'string' && table.name !== '')))
    throw new TypeError(`table must be made by Ets.new or Ets.name, got ${describe(table)}`);
}
