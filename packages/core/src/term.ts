/** Comparing terms by value, as OTP does, where JavaScript compares by identity: names, child ids, keys. */
import { isPlain } from './plain.ts';

/**
 * A `Map` key for a term: the same for two values that OTP would call equal. Primitives, pids, references, functions and class
 * instances stand for themselves; plain objects and arrays count by their contents.
 */
export function termKey(term: unknown): unknown {
  // A string that looks like a key made here is written too, or it would be the same as the term that it spells. Comparing one
  // character costs a look-up among a million keys nothing; `startsWith` of a word does.
  if (typeof term === 'string') return term.charCodeAt(0) === 0 ? `\0${write(term)}` : term;
  if (typeof term !== 'object' || term === null || !isPlain(term)) return term;
  return `\0${write(term)}`;
}

/** Whether OTP would call two terms equal (`===` there). */
export function sameTerm(a: unknown, b: unknown): boolean {
  return a === b || Object.is(termKey(a), termKey(b));
}

const identities = new WeakMap<WeakKey, number>();
let lastIdentity = 0;

function write(term: unknown): string {
  if (typeof term === 'bigint') return `${term}n`;
  if (typeof term === 'symbol') return writeSymbol(term);
  if (typeof term === 'number') return String(term); // -0 and 0 are one number, as in a Map
  if (typeof term === 'function' || (typeof term === 'object' && term !== null && !isPlain(term)))
    return `#${identity(term)}`;
  if (typeof term !== 'object' || term === null) return JSON.stringify(term) ?? 'undefined';
  if (Array.isArray(term)) return `[${term.map(write).join(',')}]`;
  const fields = Object.entries(term).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, value]) => `${JSON.stringify(key)}:${write(value)}`).join(',')}}`;
}

function writeSymbol(symbol: symbol): string {
  const shared = Symbol.keyFor(symbol);
  return shared === undefined ? `#${identity(symbol)}` : `symbol(${JSON.stringify(shared)})`;
}

function identity(object: WeakKey): number {
  const known = identities.get(object);
  if (known !== undefined) return known;
  lastIdentity += 1;
  identities.set(object, lastIdentity);
  return lastIdentity;
}
