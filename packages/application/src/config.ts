/**
 * What an application's configuration is made of: defaults, what the program configured, variables of the environment, and the schema over all of it. Pure.
 * OTP: how `application_controller` merges the `.app` file, `sys.config` and the command line.
 */
import { type Awaitable, describe } from '@coppice/core';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type Definition, type Values, valuesOf } from './definition.ts';

/** A value of the configuration that can't be. */
export interface ConfigIssue {
  /** Where: `port`, `pool.size`; empty for the whole. */
  readonly path: string;
  /** The environment variable that set it, if one did. */
  readonly variable: string | undefined;
  readonly message: string;
}

/** What came of making a configuration. */
export type Config =
  | { readonly ok: true; readonly values: Values }
  | { readonly ok: false; readonly issues: readonly ConfigIssue[] };

/** Variables of the environment, as `process.env` has them. */
export type Variables = { readonly [name: string]: string | undefined };

/** Makes an application's configuration. A promise only if the schema gives one. */
export function makeConfig(
  definition: Definition,
  configured: Values,
  variables: Variables,
): Awaitable<Config> {
  const values = new Map([...definition.defaults, ...configured]);
  const issues: ConfigIssue[] = [];
  for (const [key, variable] of definition.variables) {
    const text = Object.hasOwn(variables, variable) ? variables[variable] : undefined;
    if (text === undefined) continue;
    const read =
      definition.schema === undefined ? readAs(definition.defaults.get(key), text) : { value: text };
    if (read === undefined) issues.push(issueOf(definition, key, text));
    else values.set(key, read.value);
  }
  if (issues.length > 0) return { ok: false, issues };
  if (definition.schema === undefined) return { ok: true, values };
  const result = definition.schema['~standard'].validate(Object.fromEntries(values));
  return result instanceof Promise ? result.then((late) => fold(definition, late)) : fold(definition, result);
}

/** The issues for people, on one line. */
export function formatIssues(issues: readonly ConfigIssue[]): string {
  return issues.map(formatIssue).join('; ');
}

/** Text as a value of the type that `example` has; `undefined` if it is none. */
function readAs(example: unknown, text: string): { readonly value: unknown } | undefined {
  switch (typeof example) {
    case 'number': {
      const number = text.trim() === '' ? Number.NaN : Number(text);
      return Number.isFinite(number) ? { value: number } : undefined;
    }
    case 'boolean':
      if (text === 'true' || text === '1') return { value: true };
      return text === 'false' || text === '0' ? { value: false } : undefined;
    default:
      return { value: text };
  }
}

function issueOf({ defaults, variables }: Definition, key: PropertyKey, text: string): ConfigIssue {
  const expected = typeof defaults.get(key) === 'number' ? 'a number' : 'true, false, 1 or 0';
  return {
    path: String(key),
    variable: variables.get(key),
    message: `must be ${expected}, got ${describe(text)}`,
  };
}

function fold(definition: Definition, result: StandardSchemaV1.Result<object>): Config {
  if (result.issues !== undefined)
    return { ok: false, issues: result.issues.map((issue) => toIssue(definition, issue)) };
  const value: unknown = result.value; // of code without types it may be anything
  if (typeof value === 'object' && value !== null) return { ok: true, values: valuesOf(value) };
  const message = `the schema must give an object, got ${describe(value)}`;
  return { ok: false, issues: [{ path: '', variable: undefined, message }] };
}

function toIssue({ variables }: Definition, { message, path = [] }: StandardSchemaV1.Issue): ConfigIssue {
  const keys = path.map((segment) => (typeof segment === 'object' ? segment.key : segment));
  const [first] = keys;
  return {
    path: keys.map(String).join('.'),
    variable: first === undefined ? undefined : variables.get(first),
    message,
  };
}

function formatIssue({ path, variable, message }: ConfigIssue): string {
  const where = [path, variable === undefined ? '' : `(${variable})`].filter((part) => part !== '').join(' ');
  return where === '' ? message : `${where}: ${message}`;
}
