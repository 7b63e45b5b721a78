/**
 * What a receiver gets of a message. On the BEAM every message is a copy; here the default shares, as JavaScript programs expect,
 * and the other modes buy the BEAM's guarantee: `'freeze'` makes a shared mutation an error, `'clone'` copies.
 */
import { ProcessId } from './pid.ts';
import { isPlain } from './plain.ts';
import { Reference } from './reference.ts';

/**
 * - `'share'`: the object itself.
 * - `'freeze'`: the object itself; its plain objects and arrays are frozen, all the way down. Everything else (`Map`, buffers, class instances) is left alone.
 * - `'clone'`: a copy of plain objects, arrays, `Map`, `Set`, `Date`, buffers and errors; pids, references, functions, names and other class instances are kept.
 */
export type Isolation = 'share' | 'freeze' | 'clone';

/** `message` as its receiver gets it. */
export function isolate(message: unknown, isolation: Isolation): unknown {
  if (isolation === 'share' || typeof message !== 'object' || message === null) return message;
  return isolation === 'freeze' ? freeze(message) : clone(message, new Map());
}

/** Frozen with all that is in them; what its maker has frozen need not be. */
const frozen = new WeakSet<object>();

function freeze(value: object): object {
  const open: object[] = [value];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (!isData(part) || frozen.has(part)) continue;
    frozen.add(Object.freeze(part));
    for (const member of Object.values(part)) {
      if (typeof member === 'object' && member !== null) open.push(member);
    }
  }
  return value;
}

function clone(value: unknown, seen: Map<object, object>): unknown {
  if (typeof value !== 'object' || value === null || value instanceof ProcessId || value instanceof Reference)
    return value;
  const before = seen.get(value);
  if (before !== undefined) return before;
  if (value instanceof Map) return cloneMap(value, seen);
  if (value instanceof Set) return cloneSet(value, seen);
  if (value instanceof Error) return cloneError(value, seen);
  if (isCopyable(value))
    return Object.setPrototypeOf(structuredClone(value), Object.getPrototypeOf(value)) as object; // a Buffer stays one
  return isData(value) ? clonePlain(value, seen) : value;
}

function cloneMap(value: Map<unknown, unknown>, seen: Map<object, object>): Map<unknown, unknown> {
  const copy = new Map<unknown, unknown>();
  seen.set(value, copy);
  for (const [key, member] of value) copy.set(clone(key, seen), clone(member, seen));
  return copy;
}

function cloneSet(value: Set<unknown>, seen: Map<object, object>): Set<unknown> {
  const copy = new Set<unknown>();
  seen.set(value, copy);
  for (const member of value) copy.add(clone(member, seen));
  return copy;
}

/** Keeps the class (`instanceof` holds), the stack and the cause; the constructor of its class does not run. */
function cloneError(value: Error, seen: Map<object, object>): Error {
  const copy = Object.setPrototypeOf(new Error(), Object.getPrototypeOf(value)) as Error;
  seen.set(value, copy);
  const properties = Object.getOwnPropertyDescriptors(value);
  for (const property of Object.values(properties))
    if ('value' in property) property.value = clone(property.value, seen);
  // `stack` is an own property, or an accessor that gives each error its own: newer engines have the latter.
  return Object.defineProperties(copy, {
    ...properties,
    stack: { value: value.stack, writable: true, configurable: true },
  });
}

function clonePlain(value: object, seen: Map<object, object>): object {
  const copy: object = Array.isArray(value) ? [] : {};
  if (Object.getPrototypeOf(value) === null) Object.setPrototypeOf(copy, null);
  seen.set(value, copy);
  for (const [key, member] of Object.entries(value)) {
    Object.defineProperty(copy, key, {
      value: clone(member, seen),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return copy;
}

/** Dates and buffers: values without members of their own, which the host copies right. */
function isCopyable(value: object): boolean {
  return ArrayBuffer.isView(value) || isTagged(value, 'Date') || isTagged(value, 'ArrayBuffer');
}

/** What a module exports looks like plain data, and can't be frozen. */
function isData(value: object): boolean {
  return isPlain(value) && !isTagged(value, 'Module');
}

function isTagged(value: object, tag: string): boolean {
  return Object.prototype.toString.call(value) === `[object ${tag}]`;
}
