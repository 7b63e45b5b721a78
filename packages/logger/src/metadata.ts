/**
 * What a process wants in every record about it, such as a request's id. Tasks see their callers' metadata and every process that of who started it.
 * Kept by pid beside the processes, not in their dictionaries: a task may crash after the process that it works for has ended, and its record must still say
 * for which request. OTP: `logger:set_process_metadata/1`; there nothing follows.
 */
import { ancestors, callers, type Pid, self, whereis } from '@coppice/core';

/** Keys and values of records. */
export type Metadata = { readonly [key: string]: unknown };

/** A pid that nobody holds any more takes its metadata with it. */
const metadataOfPids = new WeakMap<Pid<never>, Metadata>();

/** The metadata of the calling process: its own, over that of its callers, over that of its ancestors, the nearest first. Elixir: `Logger.metadata/0`. */
export function metadata(): Metadata;
/** Adds to the calling process's own metadata; a key whose value is `undefined` is taken out. Gives what it sees now. Elixir: `Logger.metadata/1`. */
export function metadata(changes: Metadata): Metadata;
export function metadata(changes?: Metadata): Metadata {
  if (changes !== undefined) {
    requireMetadata(changes, 'changes');
    replace({ ...metadataOfPids.get(self()), ...changes });
  }
  return metadataAlong([self(), ...callers(), ...ancestors()]);
}

/** Replaces the calling process's own metadata, by none if nothing is given. What follows from callers and ancestors stays. Elixir: `Logger.reset_metadata/1`. */
export function resetMetadata(own: Metadata = {}): void {
  requireMetadata(own, 'own');
  replace(own);
}

/**
 * For `pino({ mixin: Logger.mixin })`: every line that the program itself logs has the metadata of the process that logs it. Nothing outside of a process;
 * never throws.
 */
export function mixin(): { [key: string]: unknown } {
  try {
    return { ...metadata() };
  } catch {
    return {}; // no process, or one that has ended
  }
}

/** The metadata of several processes in one; who comes first wins. Ancestors that are known by name are looked up. */
export function metadataAlong(processes: readonly (Pid<never> | string)[]): Metadata {
  const found: Metadata[] = [];
  for (const process of processes) {
    const pid = pidOf(process);
    const own = pid === undefined ? undefined : metadataOfPids.get(pid);
    if (own !== undefined) found.unshift(own);
  }
  return found.reduce((merged, own) => ({ ...merged, ...own }), {});
}

function replace(own: Metadata): void {
  const entries = Object.entries(own).filter(([, value]) => value !== undefined);
  metadataOfPids.set(self(), Object.fromEntries(entries));
}

function pidOf(process: Pid<never> | string): Pid<never> | undefined {
  if (typeof process !== 'string') return process;
  try {
    return whereis(process);
  } catch {
    return undefined; // asked as a process that has ended
  }
}

function requireMetadata(value: unknown, parameter: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError(`${parameter} must be an object of keys and values, got ${String(value)}`);
}
