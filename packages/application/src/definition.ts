/** Applications as the rest uses them: checked once, when defined, with the types erased. OTP: the application resource file. */
import { type Awaitable, describe } from '@coppice/core';
import type { Schema } from './application.ts';

/** A start phase with its types erased. */
export type Phase = (start: unknown) => Awaitable<void>;

/** Values of a configuration by key. */
export type Values = ReadonlyMap<PropertyKey, unknown>;

/** An application with its types erased. One object per `define`. */
export interface Definition {
  readonly name: string;
  readonly description: string;
  readonly vsn: string;
  readonly applications: readonly Definition[];
  /** Configuration before anything else sets it. */
  readonly defaults: Values;
  /** Names of environment variables by key. */
  readonly variables: ReadonlyMap<PropertyKey, string>;
  readonly schema: Schema | undefined;
  readonly start: (start: unknown) => unknown;
  readonly startPhases: ReadonlyMap<string, Phase>;
  readonly prepStop: (state: unknown) => unknown;
  readonly stop: (state: unknown) => unknown;
}

const definitions = new WeakMap<object, Definition>();

/** Remembers what `application` stands for. */
export function bindDefinition(application: object, definition: Definition): void {
  definitions.set(application, definition);
}

/** What an application stands for. Throws `TypeError` for what `define` has not made. */
export function definitionOf(application: unknown, parameter = 'app'): Definition {
  const definition = typeof application === 'object' && application !== null && definitions.get(application);
  if (definition) return definition;
  throw new TypeError(`${parameter} must be made by Application.define, got ${describe(application)}`);
}

/** `ApplicationCallbacks` and `Settings` with their types erased. */
export interface ErasedCallbacks
  extends Partial<Pick<Definition, 'description' | 'vsn' | 'schema' | 'prepStop' | 'stop'>> {
  readonly applications?: readonly unknown[];
  readonly env?: object;
  readonly variables?: { readonly [key: string]: string | undefined };
  readonly start: Definition['start'];
  readonly startPhases?: { readonly [phase: string]: Phase };
}

/** Checks `callbacks` and makes a definition of them. Throws `TypeError` for what can't work: code without types gets these errors here, not when the program starts. */
export function toDefinition(name: string, callbacks: ErasedCallbacks): Definition {
  check(name, callbacks);
  checkVariables(name, callbacks);
  const { env = {}, variables = {} } = callbacks;
  return {
    name,
    description: callbacks.description ?? '',
    vsn: callbacks.vsn ?? '',
    applications: (callbacks.applications ?? []).map((one) => definitionOf(one, `${name}: applications`)),
    defaults: valuesOf(env),
    variables: new Map(
      Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
    schema: callbacks.schema,
    start: callbacks.start,
    startPhases: new Map(Object.entries(callbacks.startPhases ?? {})),
    prepStop: callbacks.prepStop ?? (() => {}),
    stop: callbacks.stop ?? (() => {}),
  };
}

/** The own properties of an object as a map. */
export function valuesOf(object: object): Map<PropertyKey, unknown> {
  return new Map(
    Reflect.ownKeys(object).map((key): [PropertyKey, unknown] => [key, Reflect.get(object, key)]),
  );
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFunction: Check = (value) => typeof value === 'function';
const isObject: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const recordOf =
  (check: Check): Check =>
  (value) =>
    isObject(value) && Object.values(Object(value)).every((part) => part === undefined || check(part));
const isSchema: Check = (value) =>
  (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value;

/** What each field must be. */
const FIELDS: ReadonlyMap<string, readonly [check: Check, expected: string]> = new Map([
  ['description', [isText, 'a string']],
  ['vsn', [isText, 'a string']],
  ['applications', [Array.isArray, 'an array of applications']],
  ['env', [isObject, 'an object']],
  ['variables', [recordOf(isText), 'an object with names of environment variables']],
  ['schema', [isSchema, 'a Standard Schema']],
  ['start', [isFunction, 'a function']],
  ['startPhases', [recordOf(isFunction), 'an object of functions']],
  ['prepStop', [isFunction, 'a function']],
  ['stop', [isFunction, 'a function']],
]);

function check(name: unknown, callbacks: unknown): void {
  if (typeof name !== 'string' || name === '')
    throw new TypeError(`name must be a non-empty string, got ${describe(name)}`);
  if (typeof callbacks !== 'object' || callbacks === null)
    throw new TypeError(`callbacks of application ${name} must be an object, got ${describe(callbacks)}`);
  if (!('start' in callbacks)) throw new TypeError(`application ${name} must have start`);
  for (const [key, value] of Object.entries(callbacks)) {
    const field = FIELDS.get(key);
    if (field === undefined) throw new TypeError(`application ${name}: ${key} is no field of an application`);
    const [isRight, expected] = field;
    if (value === undefined ? key === 'start' : !isRight(value))
      throw new TypeError(`application ${name}: ${key} must be ${expected}, got ${describe(value)}`);
  }
}

/** The part of the callbacks that is about configuration. */
type Settings = Partial<Pick<ErasedCallbacks, 'env' | 'variables' | 'schema'>>;

/** Without a schema the text of a variable is read by the type of its default. */
function checkVariables(name: string, { env = {}, variables = {}, schema }: Settings): void {
  if (schema !== undefined) return;
  for (const [key, variable] of Object.entries(variables)) {
    const value: unknown = Object.hasOwn(env, key) ? Reflect.get(env, key) : undefined;
    if (variable === undefined || ['string', 'number', 'boolean'].includes(typeof value)) continue;
    throw new TypeError(
      `application ${name}: variables.${key} needs a default that is a string, number or boolean, or a schema; the default is ${describe(value)}`,
    );
  }
}
