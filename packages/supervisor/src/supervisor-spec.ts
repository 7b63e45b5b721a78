/** Child specs of supervisors themselves. OTP: the `child_spec/1` of `use Supervisor`. */
import {
  type ChildOptions,
  type ChildSpec,
  type Name,
  type NameFor,
  type Pid,
  plainName,
} from '@coppice/core';

/** The options of a child spec that are not those of the start, and the name, from which the id is made. */
export interface SpecOptions extends ChildOptions {
  readonly name?: NameFor<never> | undefined;
}

/** A spec of type `'supervisor'`. Its id: the `id` option, else the name, else `module`. */
export function supervisorSpec<P extends Pid<never>, I extends 'ignore'>(
  module: string,
  { id, name, restart, shutdown, significant }: SpecOptions,
  start: () => Promise<P | I>,
): ChildSpec<P, I> {
  return {
    id: id ?? (name === undefined ? module : idOf(name)),
    start,
    ...(restart !== undefined && { restart }),
    ...(shutdown !== undefined && { shutdown }),
    ...(significant !== undefined && { significant }),
    type: 'supervisor',
    modules: [module],
  };
}

function idOf(name: NameFor<never>): Name {
  return plainName(name);
}
