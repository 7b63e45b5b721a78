/** Kinds of names, and how they are written. OTP: the names of `gen`. What is done with them is in `names`. */
import { formatTerm } from './format.ts';
import type { Pid } from './pid.ts';
import type { AliasRef } from './reference.ts';

declare const stands: unique symbol;
declare const fits: unique symbol;

/** A place that keeps names: `Registry`, `PartitionSupervisor`, or yours. OTP: the module of a `{via, Module, Name}`. */
export interface Via<K = unknown> {
  /** Puts `pid` under `key`; `false` when taken. */
  registerName(key: K, pid: Pid<never>): boolean;
  unregisterName(key: K): void;
  whereisName(key: K): Pid<never> | undefined;
}

/** An untyped name: local, `{ global }`, `{ via, key }`, or local on another node. OTP: `gen:name()` and `{Name, Node}`. */
export type Name =
  | string
  | { readonly global: unknown }
  | { readonly via: Via; readonly key: unknown }
  | { readonly local: string; readonly node: string };

/** A typed name as its users see it: it stands for a `P`. */
export interface StandsFor<out P extends Pid<never>> {
  readonly name: Name;
  readonly [stands]: P;
}
/** A typed name as a start function sees it: a `P` may be registered under it. */
export interface FitsFor<in P extends Pid<never>> {
  readonly name: Name;
  readonly [fits]: (pid: P) => void;
}
/** A name that stands for processes of type `P` and survives restarts. Plain data `{ name }`. Made by `name`, `Agent.name`, `Counter.name`, … */
export interface Named<in out P extends Pid<never>> extends StandsFor<P>, FitsFor<P> {}

/** What a start function accepts as its `name`. */
export type NameFor<P extends Pid<never>> = Name | FitsFor<P>;

/** Where a message of type `M` can be sent: checked for a pid or a typed name, unchecked (`M` is `unknown`) for an untyped one or an alias. */
export type Dest<M> = Pid<M> | StandsFor<Pid<M>> | Name | AliasRef;

/** The name in a typed one; an untyped one is its own. */
export function untyped(name: Name | StandsFor<Pid<never>> | FitsFor<never>): Name {
  return typeof name === 'object' && 'name' in name ? name.name : name;
}

/** A name for messages and reports: `"cache"`, `{ global: "cache" }`. */
export function formatName(name: Name | StandsFor<Pid<never>>): string {
  const plain = untyped(name);
  if (typeof plain === 'string') return JSON.stringify(plain);
  if ('global' in plain) return `{ global: ${formatTerm(plain.global)} }`;
  if ('via' in plain) return `{ via, key: ${formatTerm(plain.key)} }`;
  return `${JSON.stringify(plain.local)} on node ${plain.node}`;
}
