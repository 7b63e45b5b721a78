/**
 * The configuration of applications. Each node has its own; all of these load an application that is not loaded yet, and then throw `ApplicationError` if its
 * configuration can't be. OTP: `Application.get_env/2` and what goes with it.
 */
import { describe } from '@coppice/core';
import type { Application } from './application.ts';
import { definitionOf } from './definition.ts';
import { loaded } from './load.ts';
import { applications } from './table.ts';

/** Keys that need not be there. */
export type OptionalKey<E> = { [K in keyof E]-?: {} extends Pick<E, K> ? K : never }[keyof E];

/** A value, or, given `D`, that instead of `undefined`. */
export type OrElse<T, D> = [D] extends [never] ? T : Exclude<T, undefined> | D;

/** The value of a key; `fallback` if there is none. OTP: `Application.get_env/3`. */
export function getEnv<E extends object, K extends keyof E, D = never>(
  app: Application<E>,
  key: K,
  fallback?: D,
): OrElse<E[K], D> {
  const value = loaded(app).env.get(asKey(key));
  return (value === undefined ? fallback : value) as OrElse<E[K], D>; // the table has what define and putEnv were given as an `E`
}

/** The value of a key. Throws `TypeError` if there is none. OTP: `Application.fetch_env!/2`. */
export function fetchEnv<E extends object, K extends keyof E>(
  app: Application<E>,
  key: K,
): Exclude<E[K], undefined> {
  const value = loaded(app).env.get(asKey(key));
  if (value === undefined) throw new TypeError(`application ${app.name} has no value for ${describe(key)}`);
  return value as Exclude<E[K], undefined>; // as in `getEnv`
}

/** The whole configuration, as a new object. OTP: `Application.get_all_env/1`. */
export function getAllEnv<E extends object>(app: Application<E>): E {
  return Object.fromEntries(loaded(app).env) as E; // as in `getEnv`
}

/** Sets a key, now and for later starts; the schema is not asked. Who has read the old value has it still. OTP: `Application.put_env/3`. */
export function putEnv<E extends object, K extends keyof E>(
  app: Application<E>,
  key: K,
  value: NoInfer<E[K]>,
): void {
  loaded(app).env.set(asKey(key), value);
}

/** Removes a key that need not be there. OTP: `Application.delete_env/2`. */
export function deleteEnv<E extends object>(app: Application<E>, key: OptionalKey<E>): void {
  loaded(app).env.delete(asKey(key));
}

/** What is known of an application beside its callbacks. OTP: the keys of `Application.spec/1`. */
export interface ApplicationSpec {
  readonly description: string;
  readonly vsn: string;
  readonly applications: readonly string[];
  readonly startPhases: readonly string[];
}

/** What is known of a loaded application, given or by name; `undefined` if it is not loaded. OTP: `Application.spec/1`. */
export function spec(app: Application | string): ApplicationSpec | undefined {
  const name = typeof app === 'string' ? app : definitionOf(app).name;
  const definition = applications().loaded.get(name)?.definition;
  if (definition === undefined) return undefined;
  const { description, vsn, startPhases } = definition;
  return {
    description,
    vsn,
    applications: definition.applications.map((one) => one.name),
    startPhases: [...startPhases.keys()],
  };
}

/** A property's key as an object has it. */
function asKey(key: PropertyKey): PropertyKey {
  return typeof key === 'number' ? String(key) : key;
}
