/** `@coppice/registry`: names for processes, dispatch to subscribers, process groups. Elixir: `Registry`, OTP: `pg`. */
export type { DispatchOptions } from './dispatch.ts';
export { AlreadyRegisteredError } from './errors.ts';
export type { GroupEvent, Scope } from './group.ts';
export * as pg from './pg-functions.ts';
export type { AnyKeys, Entry, KeyedEntry, RegistryEvent, RegistryName, ValueArgument } from './registry.ts';
export * as Registry from './registry-functions.ts';
export type { RegistryOptions } from './start.ts';
export type { RegistryKey } from './via.ts';
