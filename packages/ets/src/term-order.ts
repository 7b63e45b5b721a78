/**
 * The order of keys in an ordered set. OTP: the order of terms, number < atom < reference < function < pid < map < list < binary.
 * JavaScript's values stand for these: numbers and bigints for numbers; `undefined`, `null`, booleans and symbols for atoms; plain objects
 * for maps; arrays for lists; strings for binaries. Other objects come before plain ones, in the order in which they were first compared.
 */
import { isPid, isRef, type Pid } from '@coppice/core';

/** Ranks of kinds of values. */
const NUMBER = 0;
const ATOM = 1;
const REFERENCE = 2;
const FUNCTION = 3;
const PID = 4;
const OBJECT = 5;
const MAP = 6;
const LIST = 7;
const BINARY = 8;

/**
 * Negative if `a` comes before `b`, 0 if they are one key. Numbers compare by value, `1` and `1n` are one key; `NaN` comes after all of
 * them. Strings compare by code units, arrays element by element, plain objects by their size, then their keys, then their values.
 */
export function compareTerms(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return compareNumbers(a, b);
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : Number(a > b);
  const rank = rankOf(a);
  return rank - rankOf(b) || compareAlike(rank, a, b);
}

/** Compares two values of one rank. */
function compareAlike(rank: number, a: unknown, b: unknown): number {
  if (a === b) return 0;
  switch (rank) {
    case NUMBER:
      return compareNumbers(a as number | bigint, b as number | bigint); // of that rank, as all below
    case ATOM:
      return compareAtoms(a, b);
    case PID:
      return comparePids(a as Pid<never>, b as Pid<never>);
    case REFERENCE:
      return (a as { readonly id: number }).id - (b as { readonly id: number }).id;
    case MAP:
      return compareMaps(a as object, b as object);
    case LIST:
      return compareLists(a as readonly unknown[], b as readonly unknown[]);
    default:
      return numberOf(a as object) - numberOf(b as object);
  }
}

function rankOf(value: unknown): number {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return NUMBER;
    case 'string':
      return BINARY;
    case 'function':
      return FUNCTION;
    case 'object':
      return value === null ? ATOM : rankOfObject(value);
    default:
      return ATOM;
  }
}

function rankOfObject(value: object): number {
  if (Array.isArray(value)) return LIST;
  if (isPid(value)) return PID;
  if (isRef(value)) return REFERENCE;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? MAP : OBJECT;
}

function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

function compareAtoms(a: unknown, b: unknown): number {
  const byText = compareTerms(textOf(a), textOf(b));
  if (byText !== 0 || typeof a !== 'symbol' || typeof b !== 'symbol') return byText;
  return numberOfSymbol(a) - numberOfSymbol(b);
}

/** A shared one, of which there is one of each name, comes first: a `WeakMap` takes none. */
function numberOfSymbol(symbol: symbol): number {
  return Symbol.keyFor(symbol) === undefined ? numberOf(symbol) : 0;
}

/** The atom's name; a symbol after a value of the same name. */
function textOf(atom: unknown): string {
  return typeof atom === 'symbol' ? `${atom.description ?? ''}\u0000` : String(atom);
}

function comparePids(a: Pid<never>, b: Pid<never>): number {
  return a.id - b.id || compareTerms(a.node, b.node) || a.creation - b.creation;
}

function compareLists(a: readonly unknown[], b: readonly unknown[]): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index += 1) {
    const order = compareTerms(a[index], b[index]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareMaps(a: object, b: object): number {
  const left: Entry[] = Object.entries(a).sort(byKey);
  const right: Entry[] = Object.entries(b).sort(byKey);
  return (
    left.length - right.length ||
    compareLists(
      left.map(([key]) => key),
      right.map(([key]) => key),
    ) ||
    compareLists(
      left.map(([, value]) => value),
      right.map(([, value]) => value),
    )
  );
}

type Entry = readonly [key: string, value: unknown];

function byKey([a]: Entry, [b]: Entry): number {
  return compareTerms(a, b);
}

const numbers = new WeakMap<WeakKey, number>();
let lastNumber = 0;

/** A number for what has an identity and no order. */
function numberOf(identity: WeakKey): number {
  const known = numbers.get(identity);
  if (known !== undefined) return known;
  lastNumber += 1;
  numbers.set(identity, lastNumber);
  return lastNumber;
}
