/** A state or message as JSON can hold it, within bounds: a large or circular state must not hold the thread. Elixir: `inspect` with its limits. */
import { formatValue, isPid, isRef } from '@coppice/core';

const MAX_DEPTH = 8;
const MAX_PARTS = 500;
const MAX_CHARACTERS = 8_192;

/**
 * `value` as plain data: maps become objects (arrays of pairs if a key is no string), sets arrays; pids, errors, functions and the like texts. After 500
 * parts, 8 levels, or 8,192 characters of a string the rest is left out and marked with `…`. Never throws.
 */
export function loggable(value: unknown): unknown {
  return writePart(value, { partsLeft: MAX_PARTS, depth: 0 });
}

/** A text within bounds. */
export function cut(text: string): string {
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
}

interface Bounds {
  partsLeft: number;
  depth: number;
}

function writePart(value: unknown, bounds: Bounds): unknown {
  bounds.partsLeft -= 1;
  switch (typeof value) {
    case 'string':
      return cut(value);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'boolean':
    case 'undefined':
      return value;
    case 'bigint':
      return `${value}n`;
    case 'symbol':
    case 'function':
      return formatValue(value);
    case 'object':
      return value === null ? null : writeObject(value, bounds);
  }
}

function writeObject(value: object, bounds: Bounds): unknown {
  if (isPid(value) || isRef(value)) return value.toString();
  if (value instanceof Error) return formatValue(value);
  if (bounds.depth >= MAX_DEPTH) return '…';
  bounds.depth += 1;
  try {
    return writeContents(value, bounds);
  } catch (error) {
    return `[unreadable: ${formatValue(error)}]`; // a getter, a proxy or a toJSON that throws
  } finally {
    bounds.depth -= 1;
  }
}

function writeContents(value: object, bounds: Bounds): unknown {
  // Before `toJSON`: a Buffer has one, which writes out each byte.
  if (ArrayBuffer.isView(value)) return `[${value.constructor.name} of ${value.byteLength} bytes]`;
  if ('toJSON' in value && typeof value.toJSON === 'function') return writePart(value.toJSON(), bounds);
  if (value instanceof Map) {
    const isRecord = [...value.keys()].every((key) => typeof key === 'string');
    return isRecord ? writeEntries(value, bounds) : writeItems(value, bounds);
  }
  if (Array.isArray(value) || value instanceof Set) return writeItems(value, bounds);
  return writeEntries(ownEntries(value), bounds);
}

function writeItems(items: Iterable<unknown>, bounds: Bounds): readonly unknown[] {
  const written: unknown[] = [];
  for (const item of items) {
    if (bounds.partsLeft <= 0) return [...written, '…'];
    written.push(writePart(item, bounds));
  }
  return written;
}

function writeEntries(entries: Iterable<readonly [string, unknown]>, bounds: Bounds): object {
  const written = new Map<string, unknown>();
  for (const [key, item] of entries) {
    if (bounds.partsLeft <= 0) {
      written.set('…', '…');
      break;
    }
    written.set(key, writePart(item, bounds));
  }
  return Object.fromEntries(written);
}

/** One after another, so that an object of a million keys is not read to its end. */
function* ownEntries(value: object): Iterable<readonly [string, unknown]> {
  for (const key in value) if (Object.hasOwn(value, key)) yield [key, Reflect.get(value, key)];
}
