/** Which partition a key belongs to. Pure, and the same in every run for numbers, strings, booleans, pids and plain data. OTP: `rem/2`, `erlang:phash2/2`. */
import { isPid, isRef, termKey } from '@coppice/core';

/** Integers go round robin, by their absolute value; all other keys by a hash of their contents, class instances and functions by identity. */
export function partitionOf(key: unknown, partitions: number): number {
  if (typeof key === 'number' && Number.isInteger(key)) return Math.abs(key) % partitions;
  if (typeof key === 'bigint') return Number((key < 0n ? -key : key) % BigInt(partitions));
  return hash(key) % partitions;
}

function hash(key: unknown): number {
  const term = termKey(key);
  if ((typeof term === 'object' && term !== null) || typeof term === 'function') return hashObject(term);
  return hashText(`${typeof term}:${String(term)}`);
}

/** Pids and references are addresses, told by their numbers. */
function hashObject(object: object): number {
  if (isPid(object) || isRef(object)) return hashText(object.toString());
  const known = identities.get(object);
  if (known !== undefined) return known;
  lastIdentity += 1;
  identities.set(object, lastIdentity);
  return lastIdentity;
}

const identities = new WeakMap<object, number>();
let lastIdentity = 0;

/** FNV-1a over the UTF-16 code units, mixed so that its low bits depend on all of them. */
function hashText(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  state ^= state >>> 16;
  state = Math.imul(state, 0x85ebca6b);
  state ^= state >>> 13;
  return state >>> 0;
}
