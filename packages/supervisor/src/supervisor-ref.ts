/** How supervisors are addressed, and what starting one takes beside its flags. */
import {
  type FitsFor,
  formatName,
  type Name,
  type NameFor,
  type Pid,
  plainName,
  type StandsFor,
} from '@coppice/core';

declare const supervises: unique symbol;

/** Pid of a static supervisor. */
export interface SupervisorPid extends Pid<never> {
  readonly [supervises]: 'static';
}
/** Pid of a dynamic supervisor. */
export interface DynamicSupervisorPid extends Pid<never> {
  readonly [supervises]: 'dynamic';
}

/** A static supervisor by pid, typed name or untyped name. */
export type SupervisorRef = SupervisorPid | StandsFor<SupervisorPid> | Name;
/** A dynamic supervisor by pid, typed name or untyped name. */
export type DynamicSupervisorRef = DynamicSupervisorPid | StandsFor<DynamicSupervisorPid> | Name;

/** Options of every start of a supervisor. */
export interface SupervisorStart<P extends Pid<never>> {
  /** Registered before the first child is started; a taken one: `AlreadyStartedError`. */
  readonly name?: NameFor<P>;
  /** For reports and `processTree`. */
  readonly label?: unknown;
}

/** The part of `options` that the start of a process takes. */
export function processOptions({ name, label }: SupervisorStart<never>): SupervisorStart<Pid<never>> {
  return {
    ...(name !== undefined && { name: plainName(name) }),
    ...(label !== undefined && { label }),
  };
}

/** A name for reports: a local one as it is, as in the reports of core, any other in words; `undefined` for none. */
export function reportedName(name: Name | FitsFor<never> | undefined): string | undefined {
  if (name === undefined) return undefined;
  const plain = plainName(name);
  return typeof plain === 'string' ? plain : formatName(plain);
}
