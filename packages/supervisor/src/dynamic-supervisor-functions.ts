/** The functions of the `DynamicSupervisor` namespace. OTP: Elixir's `DynamicSupervisor`. */
import {
  type Awaitable,
  type ChildSpec,
  describe,
  type ExitReason,
  isPid,
  type Name,
  type Named,
  type Pid,
  ProcLib,
  typedName,
} from '@coppice/core';
import { type CompleteSpec, completeSpec, formatId, type StartResult } from './child-spec.ts';
import { SpecError } from './errors.ts';
import { ask, type RunningChild } from './protocol.ts';
import type { DynamicSupervisorPid, DynamicSupervisorRef } from './supervisor-ref.ts';

export { childSpec, define, startLink } from './dynamic-supervisor.ts';
export { countChildren, stop, whichChildren } from './supervisor-functions.ts';

/** A spec whose start function may take the supervisor's `extraArguments`; what types they have is its claim. A start that needs no promise need not give one. */
export interface DynamicChildSpec<out R extends StartResult = StartResult> extends Omit<ChildSpec, 'start'> {
  readonly start: (...extraArguments: never) => Awaitable<R>;
}

/** A typed name of a dynamic supervisor. */
export function name(name: Name): Named<DynamicSupervisorPid> {
  return typedName(name);
}

/**
 * Starts a child. Resolves with what its start gives: its pid, `{ pid, info }`, or `undefined` when that was `'ignore'`; such a child is not kept. Ids need
 * not differ. Rejects with `ChildError`: `'max_children'`, or the reason of a failed start; with `SpecError` for a spec that cannot be.
 * OTP: `DynamicSupervisor.start_child/2`.
 */
export function startChild<R extends Exclude<StartResult, 'ignore'>>(
  supervisor: DynamicSupervisorRef,
  spec: DynamicChildSpec<R>,
): Promise<R>;
/** The same of a start that may ignore: then it resolves with `undefined`. */
export function startChild<R extends StartResult>(
  supervisor: DynamicSupervisorRef,
  spec: DynamicChildSpec<R>,
): Promise<Exclude<R, 'ignore'> | undefined>;
export function startChild<R>(supervisor: DynamicSupervisorRef, spec: unknown): Promise<R> {
  return start(supervisor, spec) as Promise<R>; // what the start of `spec` gave
}

/**
 * Stops a child within its shutdown time, and forgets it; one that waits for its restart is known by its last pid. Rejects with `ChildError('not_found')`,
 * and with `TypeError` for what is no pid. OTP: `DynamicSupervisor.terminate_child/2`.
 */
export function terminateChild(supervisor: DynamicSupervisorRef, pid: Pid<never>): Promise<void> {
  return ProcLib.quietly(terminate(supervisor, pid));
}

/** The spec of a child, with all of its fields. Rejects with `ChildError('not_found')`. OTP: `supervisor:get_childspec/2`. */
export function getChildSpec(supervisor: DynamicSupervisorRef, pid: Pid<never>): Promise<CompleteSpec> {
  return ProcLib.quietly(
    ask(supervisor, 'get_childspec', {
      payload: pid,
      what: `cannot give the spec of child ${describe(pid)}`,
    }),
  );
}

function start(supervisor: DynamicSupervisorRef, spec: unknown): Promise<RunningChild | undefined> {
  try {
    const payload = complete(spec);
    const what = `cannot start child ${formatId(payload.id)}`;
    return ProcLib.quietly(ask(supervisor, 'start_child', { payload, what }));
  } catch (error) {
    return ProcLib.quietly(Promise.reject(error));
  }
}

/** Of the refusals, those of an id or a start that cannot be have one reason in Elixir. */
function complete(spec: unknown): CompleteSpec {
  try {
    return completeSpec(spec);
  } catch (error) {
    const isBasic = error instanceof SpecError && BASIC.has(tagOf(error.reason));
    throw isBasic ? new SpecError(error.message, ['invalid_child_spec', spec]) : error;
  }
}

const BASIC: ReadonlySet<unknown> = new Set(['missing_id', 'missing_start', 'invalid_mfa']);

function tagOf(reason: ExitReason): unknown {
  return Array.isArray(reason) ? reason[0] : reason;
}

async function terminate(supervisor: DynamicSupervisorRef, pid: unknown): Promise<void> {
  if (!isPid(pid)) throw new TypeError(`pid must be a pid, got ${describe(pid)}`);
  return ask(supervisor, 'terminate_child', { payload: pid, what: `cannot terminate child ${pid}` });
}
