/** Loading: an application's configuration is made and checked. OTP: `application:load/1`. */
import { type Awaitable, describe, ProcLib } from '@coppice/core';
import type { Application } from './application.ts';
import { type Config, formatIssues, makeConfig, type Variables } from './config.ts';
import { type Definition, definitionOf, type Values, valuesOf } from './definition.ts';
import { ApplicationError } from './errors.ts';
import { type ApplicationTable, applications, type Loaded } from './table.ts';

/**
 * Makes the application's configuration and checks it, without starting anything; what needs it (`start`, `getEnv`) does so by itself. Rejects with `ApplicationError`:
 * `['already_loaded', name]`, or `['bad_environment_value', issues]`, whose message names every value that can't be. OTP: `Application.load/1`.
 */
export function load(app: Application): Promise<void> {
  return ProcLib.quietly(loadNew(app));
}

/** {@link load}, which does nothing if the application is loaded. OTP: `Application.ensure_loaded/1`. */
export function ensureLoaded(app: Application): Promise<void> {
  return ProcLib.quietly(ensure(app));
}

/**
 * Forgets an application and its configuration, so that the next `load` makes it anew. Throws `ApplicationError`: `['running', name]`, `['not_loaded', name]`.
 * OTP: `Application.unload/1`.
 */
export function unload(app: Application): void {
  const { name } = definitionOf(app);
  const table = applications();
  if (table.isRunning(name) || table.starting.has(name))
    throw new ApplicationError(name, `cannot unload application ${name}: it runs`, ['running', name]);
  if (!table.loaded.delete(name))
    throw new ApplicationError(name, `cannot unload application ${name}: it is not loaded`, [
      'not_loaded',
      name,
    ]);
}

/** Names of the loaded applications, in the order in which they were loaded. OTP: `Application.loaded_applications/0`. */
export function loadedApplications(): readonly string[] {
  return [...applications().loaded.keys()];
}

/**
 * Gives an application that is not loaded yet values for its configuration: those of a file, of a test. They win over the defaults, and variables of the environment
 * win over them; the schema sees them. A second call adds to the first. Throws `ApplicationError`, `['already_loaded', name]`: then use `putEnv`. OTP: `sys.config`.
 */
export function configure<E extends object>(app: Application<E>, values: Partial<NoInfer<E>>): void {
  const definition = definitionOf(app);
  if (typeof values !== 'object' || values === null)
    throw new TypeError(`values must be an object, got ${describe(values)}`);
  const { loaded, configured } = applications();
  if (loaded.has(definition.name)) throw alreadyLoaded(definition);
  configured.set(definition, new Map([...(configured.get(definition) ?? []), ...valuesOf(values)]));
}

/** The application as it is loaded, loading it if need be. Throws `ApplicationError` if it can't be loaded, or its schema is asynchronous. */
export function loaded(app: Application): Loaded {
  const definition = definitionOf(app);
  const result = loadOnce(applications(), definition);
  if ('then' in result) {
    void ProcLib.quietly(Promise.resolve(result));
    throw new ApplicationError(
      definition.name,
      `application ${definition.name} is not loaded, and its schema is asynchronous: await Application.load first`,
      ['not_loaded', definition.name],
    );
  }
  return result;
}

async function loadNew(app: Application): Promise<void> {
  const definition = definitionOf(app);
  const table = applications();
  if (table.loaded.has(definition.name)) throw alreadyLoaded(definition);
  await loadOnce(table, definition);
}

async function ensure(app: Application): Promise<void> {
  await loadOnce(applications(), definitionOf(app));
}

/** Loads an application if it is not loaded. A promise only if its schema gives one. */
export function loadOnce(table: ApplicationTable, definition: Definition): Awaitable<Loaded> {
  const before = find(table, definition);
  if (before !== undefined) return before;
  const config = makeConfig(definition, table.configured.get(definition) ?? NOTHING, hostVariables());
  return isLater(config)
    ? config.then((late) => find(table, definition) ?? enter(table, definition, late))
    : enter(table, definition, config);
}

const NOTHING: Values = new Map();

function isLater(config: Awaitable<Config>): config is PromiseLike<Config> {
  return 'then' in config;
}

function find({ loaded }: ApplicationTable, definition: Definition): Loaded | undefined {
  const { name } = definition;
  const before = loaded.get(name);
  if (before === undefined || before.definition === definition) return before;
  throw new ApplicationError(name, `another application is loaded under the name ${name}`, [
    'already_loaded',
    name,
  ]);
}

function enter(table: ApplicationTable, definition: Definition, config: Config): Loaded {
  const { name } = definition;
  if (!config.ok) {
    throw new ApplicationError(
      name,
      `the configuration of application ${name} can't be: ${formatIssues(config.issues)}`,
      ['bad_environment_value', config.issues],
    );
  }
  const entry = { definition, env: new Map(config.values) };
  table.loaded.set(name, entry);
  return entry;
}

function alreadyLoaded({ name }: Definition): ApplicationError {
  return new ApplicationError(name, `application ${name} is already loaded`, ['already_loaded', name]);
}

function hostVariables(): Variables {
  return globalThis.process?.env ?? {};
}
