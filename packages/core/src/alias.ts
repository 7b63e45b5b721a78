/** Aliases: temporary addresses of a process. What comes by an alias after its end is dropped. OTP: `alias/1`, `unalias/1`. */
import { caller } from './current.ts';
import { describe } from './format.ts';
import { type AliasRef, type MonitorRef, Reference } from './reference.ts';
import { Alias, Monitor } from './relation.ts';

/** A new alias of the calling process: `send(ref, message)` reaches it until `unalias`, or, with `reply`, once. OTP: `Process.alias/1`. */
export function alias(options?: { readonly reply?: boolean }): AliasRef {
  return new Alias(caller().pid, options?.reply === true).ref;
}

/** Ends an alias of the calling process, also that of a monitor; `false` if it had ended. OTP: `Process.unalias/1`. */
export function unalias(ref: AliasRef | MonitorRef): boolean {
  const { pid } = caller();
  if (!(ref instanceof Reference)) throw new TypeError(`ref must be a reference, got ${describe(ref)}`);
  const record = Reference.recordOf(ref);
  if (record instanceof Alias && record.owner === pid) {
    const wasActive = record.isActive;
    record.isActive = false;
    return wasActive;
  }
  if (!(record instanceof Monitor) || record.watcher !== pid) return false;
  const wasActive = record.alias !== undefined;
  record.alias = undefined;
  return wasActive;
}
