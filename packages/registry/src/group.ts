/** Names and messages of process groups. OTP: `pg`. */
import { describe, type Pid, type Ref } from '@coppice/core';

declare const grouped: unique symbol;

/**
 * Typed name of a scope: an independent set of groups, kept by a process of that name. `G`: what names a group, compared as terms; `M`: what
 * the members accept. Plain data. OTP: a scope of `pg`.
 */
export interface Scope<in out G, out M = never> {
  readonly scope: string;
  /** Type-level only. */
  readonly [grouped]: { readonly group: (group: G) => G; readonly message: M };
}

/** What a monitor of groups gets: processes that joined or left, once for each time that they did. OTP: `{Ref, join | leave, Group, Pids}`. */
export interface GroupEvent<out G = unknown, in M = never> {
  readonly type: 'join' | 'leave';
  /** What `pg.monitor` or `pg.monitorScope` gave. */
  readonly ref: Ref;
  readonly group: G;
  readonly pids: readonly Pid<M>[];
}

/** Typed name of a scope; default: OTP's own default scope, `'pg'`. */
export function scope<G, M = never>(name = 'pg'): Scope<G, M> {
  if (typeof name !== 'string' || name === '')
    throw new TypeError(`name must be a non-empty string, got ${describe(name)}`);
  return { scope: name } as Scope<G, M>; // the brand is type-level only
}
