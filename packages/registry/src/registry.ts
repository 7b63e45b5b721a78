/** What a registry is called and what it holds. OTP: the `:name`, `:keys` and entries of Elixir's `Registry`. */
import { describe, type Pid } from '@coppice/core';

declare const keyed: unique symbol;

/** Whether a key has one entry, or any number. OTP: `:keys`. */
export type AnyKeys = 'unique' | 'duplicate';

/**
 * Typed name of a registry, made by `Registry.unique` or `Registry.duplicate`. Plain data; it says what every function needs to
 * know: keys `K`, values `V`, and what the registered processes accept, `M`.
 */
export interface RegistryName<in out K, in out V, out M, out Keys extends AnyKeys> {
  readonly registry: string;
  readonly keys: Keys;
  /** Type-level only. */
  readonly [keyed]: { readonly key: (key: K) => K; readonly value: (value: V) => V; readonly message: M };
}

/** One process under one key. OTP: `{pid, value}`. */
export interface Entry<out V, in M = never> {
  readonly pid: Pid<M>;
  readonly value: V;
}

/** An entry with its key: what `select` shows. OTP: `{key, pid, value}`. */
export interface KeyedEntry<out K, out V, in M = never> extends Entry<V, M> {
  readonly key: K;
}

/**
 * What listeners get. `value` comes with `'register'`. The end of a process is no event: a listener that wants to know monitors it.
 * OTP: `{:register, registry, key, pid, value}` and `{:unregister, registry, key, pid}`.
 */
export interface RegistryEvent<out K, out V> {
  readonly type: 'register' | 'unregister';
  readonly registry: string;
  readonly key: K;
  readonly pid: Pid<never>;
  readonly value?: V;
}

/** The value that is stored beside a key: may be left out where `undefined` is one. */
export type ValueArgument<V> = undefined extends V ? [value?: NoInfer<V>] : [value: NoInfer<V>];

/** Typed name of a registry in which a key belongs to one process at most. */
export function unique<K, V = undefined, M = never>(name: string): RegistryName<K, V, M, 'unique'> {
  return makeName(name, 'unique');
}

/** Typed name of a registry in which any number of processes, each any number of times, register under a key. */
export function duplicate<K, V = undefined, M = never>(name: string): RegistryName<K, V, M, 'duplicate'> {
  return makeName(name, 'duplicate');
}

function makeName<K, V, M, Keys extends AnyKeys>(name: string, keys: Keys): RegistryName<K, V, M, Keys> {
  if (typeof name !== 'string' || name === '')
    throw new TypeError(`name must be a non-empty string, got ${describe(name)}`);
  return { registry: name, keys } as RegistryName<K, V, M, Keys>; // the brand is type-level only
}
