/** Defining applications. OTP: `use Application`. */
import type { Application, ApplicationCallbacks, EnvOf, Schema, Settings } from './application.ts';
import { bindDefinition, type ErasedCallbacks, toDefinition } from './definition.ts';
import { getAllEnv } from './env.ts';

/**
 * Defines an application: a tree that starts and stops as one, with its configuration and the applications that it needs. Nothing runs. Throws `TypeError` for a
 * name or callback that can't be. OTP: `use Application` and the application's resource file.
 *
 * @example
 * const Shop = Application.define('shop', {
 *   env: { port: 8080 },
 *   variables: { port: 'PORT' },
 *   applications: [Database],
 *   start: ({ env }) => Supervisor.startLink([Web.childSpec(env.port)], { strategy: 'one_for_one' }),
 * });
 * await Application.run(Shop);
 */
export function define<D extends object = {}, V extends Schema | undefined = undefined, S = undefined>(
  name: string,
  callbacks: Settings<D, V> & ApplicationCallbacks<EnvOf<D, V>, S>,
): Application<EnvOf<D, V>> {
  const application: Application<EnvOf<D, V>> = new DefinedApplication(name);
  // The callbacks get what they are typed for: the configuration of this definition, and the state of its `start`.
  bindDefinition(application, toDefinition(name, callbacks as unknown as ErasedCallbacks));
  return application;
}

/** No plain object, so that it is never frozen or copied on its way in a message. */
class DefinedApplication<E extends object> implements Application<E> {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
    Object.freeze(this);
  }

  get env(): E {
    return getAllEnv<E>(this);
  }
}
