/** What the operations of a random program give, written as `Run` of the Elixir script writes it. */
import { sameTerm } from '@coppice/core';
import { type Bags, Ets, type Page, type Sets, type TableType } from '@coppice/ets';
import type { Operation, Program } from './program.ts';

interface On {
  readonly table: Ets<unknown, unknown, TableType>;
  readonly type: TableType;
}
type Run = (on: On, operation: Operation) => unknown;

const end = Symbol.for('$end_of_table');
const seven = [Symbol.for('other'), 7n] as const;

export function operate({ type, operations }: Program): readonly string[] {
  const table = Ets.new<unknown, unknown, TableType>({ type });
  const results = operations.map((operation) => {
    const result = runs[operation.name]?.({ table, type }, operation);
    return write(result === undefined ? true : result); // what OTP answers where Coppice's functions return nothing
  });
  Ets.delete(table);
  return results;
}

const runs: { readonly [name: string]: Run } = {
  insert: ({ table }, { key, value }) => Ets.insert(table, key, value),
  insert_new: ({ table }, { key, value }) => Ets.insertNew(table, key, value),
  insert_new_all: ({ table }, { key, value }) => Ets.insertNewAll(table, [[key, value], seven]),
  delete: ({ table }, { key }) => Ets.delete(table, key),
  delete_object: ({ table }, { key, value }) => Ets.deleteObject(table, key, value),
  take: ({ table }, { key }) => Ets.take(table, key),
  lookup: (on, { key }) => lookup(on, key),
  member: ({ table }, { key }) => Ets.member(table, key),
  size: ({ table }) => BigInt(Ets.info(table)?.size ?? -1),
  walk: (on) => inOrder(walk(on), on),
  next: (on, { key }) => step(on, () => Ets.next(on.table, key)),
  prev: (on, { key }) => step(on, () => Ets.prev(on.table, key)),
  ends: (on) => ends(on),
  objects: (on) => inOrder(Ets.entries(on.table), on),
  select: (on, { value }) => {
    const keys = Ets.select(on.table, (key, other) => (sameTerm(other, value) ? [key] : undefined));
    return inOrder(keys.flat(), on);
  },
  pages: (on, { limit }) => pages(Ets.select(on.table, boxed, limit), on),
  reversed: (on, { limit }) => pages(Ets.selectReverse(on.table, boxed, limit), on),
  replace: ({ table, type }, { value }) => {
    if (type === 'bag') return Symbol.for('none');
    const set = table as Ets<unknown, unknown, Sets>; // or a duplicate bag, which is taken as well
    return BigInt(Ets.selectReplace(set, (_, other) => (sameTerm(other, value) ? 2n : undefined)));
  },
  select_delete: ({ table }, { value }) =>
    BigInt(Ets.selectDelete(table, (_, other) => sameTerm(other, value))),
  count: ({ table }, { value }) => BigInt(Ets.selectCount(table, (_, other) => sameTerm(other, value))),
  fold: ({ table, type }) => {
    const before = (keys: readonly unknown[], key: unknown) => [key, ...keys];
    if (type === 'ordered_set') return [Ets.foldl(table, before, []), Ets.foldr(table, before, [])];
    return BigInt(Ets.foldl(table, (count) => count + 1, 0));
  },
};

function lookup({ table, type }: On, key: unknown): readonly unknown[] {
  // Each as its type says.
  if (type === 'bag' || type === 'duplicate_bag')
    return Ets.lookup(table as Ets<unknown, unknown, Bags>, key);
  return Ets.member(table, key) ? [Ets.lookup(table as Ets<unknown, unknown, Sets>, key)] : [];
}

function walk({ table }: On): readonly unknown[] {
  const met: unknown[] = [];
  for (let key = Ets.first(table); key !== undefined; key = Ets.next(table, key)) met.push(key);
  return met;
}

/** The key that a step leads to; where there is no order, whether there is a step. */
function step({ type }: On, take: () => unknown): unknown {
  if (type === 'ordered_set') return orEnd(take());
  try {
    take();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

function ends({ table, type }: On): unknown {
  const [first, last] = [orEnd(Ets.first(table)), orEnd(Ets.last(table))];
  return type === 'ordered_set' ? [first, last] : first === last;
}

function orEnd(key: unknown): unknown {
  return key === undefined ? end : key; // `nil` is a key
}

function boxed(key: unknown): readonly [unknown] {
  return [key];
}

function pages(first: Page<readonly [unknown]> | undefined, on: On): readonly unknown[] {
  const sizes: bigint[] = [];
  const keys: unknown[] = [];
  for (let page = first; page !== undefined; page = Ets.select(page.continuation)) {
    sizes.push(BigInt(page.results.length));
    keys.push(...page.results.flat());
  }
  return [sizes, inOrder(keys, on)];
}

/** Where there is no order, as texts, sorted. */
function inOrder(terms: readonly unknown[], { type }: On): readonly unknown[] {
  if (type === 'ordered_set') return terms;
  return terms.map(write).toSorted((a, b) => (a < b ? -1 : Number(a > b)));
}

function write(term: unknown): string {
  switch (typeof term) {
    case 'number':
      return Number.isInteger(term) ? term.toFixed(1) : String(term);
    case 'string':
      return `'${term}'`;
    case 'symbol':
      return term.description ?? '';
    case 'object':
      return term === null ? 'nil' : writeObject(term);
    default:
      return String(term);
  }
}

function writeObject(term: object): string {
  if (Array.isArray(term)) return `[${term.map(write).join(',')}]`;
  const fields = Object.entries(term).map(([key, value]) => `${key}:${write(value)}`);
  return `{${fields.toSorted((a, b) => (a < b ? -1 : 1)).join(',')}}`;
}
