/** The functions of the `Supervisor` namespace. OTP: Elixir's `Supervisor`. */
import {
  type ExitReason,
  type Name,
  type Named,
  type Pid,
  ProcLib,
  type Timeout,
  typedName,
} from '@coppice/core';
import { GenServer } from '@coppice/gen-server';
import {
  type ChildSpecOf,
  type CompleteSpec,
  completeSpec,
  formatId,
  type PidWithInfo,
  type StartResult,
} from './child-spec.ts';
import {
  type AnySupervisor,
  ask,
  askCountChildren,
  askWhichChildren,
  type ChildCounts,
  type ChildInfo,
} from './protocol.ts';
import type { DynamicSupervisorRef, SupervisorPid, SupervisorRef } from './supervisor-ref.ts';

export { childSpec, define, startLink } from './supervisor.ts';

// All of these wait as long as it takes, since a supervisor that starts or stops a child answers after it. They reject with `ExitError` when the supervisor
// is missing (`'noproc'`) or ends meanwhile.

/** A typed name of a static supervisor. */
export function name(name: Name): Named<SupervisorPid> {
  return typedName(name);
}

/**
 * Starts a child, behind the others. Resolves with what its start gives: its pid, `{ pid, info }`, or `undefined` when that was `'ignore'` (the spec is
 * kept then, unless it is temporary). Rejects with `ChildError`: `['already_started', pid]` or `'already_present'` when there is a child of that id, or
 * the reason of a failed start, after which the spec is not kept. Rejects with `SpecError` for a spec that cannot be. OTP: `Supervisor.start_child/2`.
 */
export function startChild<R extends Exclude<StartResult, 'ignore'>>(
  supervisor: SupervisorRef,
  spec: ChildSpecOf<R>,
): Promise<R>;
/** The same of a start that may ignore: then it resolves with `undefined`. */
export function startChild<R extends StartResult>(
  supervisor: SupervisorRef,
  spec: ChildSpecOf<R>,
): Promise<Exclude<R, 'ignore'> | undefined>;
export function startChild<R>(supervisor: SupervisorRef, spec: unknown): Promise<R> {
  return ProcLib.quietly(start(supervisor, spec)) as Promise<R>; // what the start of `spec` gave
}

/**
 * Stops a child within its shutdown time. Its spec is kept, unless it is temporary; one that does not run, or waits for its restart, stays down. Rejects with
 * `ChildError('not_found')`. OTP: `Supervisor.terminate_child/2`.
 */
export function terminateChild(supervisor: SupervisorRef, id: unknown): Promise<void> {
  return ProcLib.quietly(
    ask(supervisor, 'terminate_child', { payload: id, what: `cannot terminate child ${formatId(id)}` }),
  );
}

/**
 * Starts a child that does not run. Resolves as `startChild` does; `R` is your claim about what its start gives. Rejects with `ChildError`: `'not_found'`,
 * `'running'`, `'restarting'`, or the reason of a failed start, after which it is as before. OTP: `Supervisor.restart_child/2`.
 */
export function restartChild<R extends Pid<never> | PidWithInfo = Pid<never>>(
  supervisor: SupervisorRef,
  id: unknown,
): Promise<R | undefined> {
  const answer = ProcLib.quietly(
    ask(supervisor, 'restart_child', { payload: id, what: `cannot restart child ${formatId(id)}` }),
  );
  return answer as Promise<R | undefined>; // the caller's claim
}

/** Removes the spec of a child that does not run. Rejects with `ChildError`: `'not_found'`, `'running'`, `'restarting'`. OTP: `Supervisor.delete_child/2`. */
export function deleteChild(supervisor: SupervisorRef, id: unknown): Promise<void> {
  return ProcLib.quietly(
    ask(supervisor, 'delete_child', { payload: id, what: `cannot delete child ${formatId(id)}` }),
  );
}

/** All children: those of a static supervisor last started first, those of a dynamic one first started first. OTP: `Supervisor.which_children/1`. */
export function whichChildren(
  supervisor: SupervisorRef | DynamicSupervisorRef,
): Promise<readonly ChildInfo[]> {
  return askWhichChildren(supervisor);
}

/** How many children there are. OTP: `Supervisor.count_children/1`. */
export function countChildren(supervisor: SupervisorRef | DynamicSupervisorRef): Promise<ChildCounts> {
  return askCountChildren(supervisor);
}

/** The spec of a child, with all of its fields. Rejects with `ChildError('not_found')`. OTP: `supervisor:get_childspec/2`. */
export function getChildSpec(supervisor: SupervisorRef, id: unknown): Promise<CompleteSpec> {
  return ProcLib.quietly(
    ask(supervisor, 'get_childspec', { payload: id, what: `cannot give the spec of child ${formatId(id)}` }),
  );
}

/**
 * Ends a supervisor with `reason` (default `'normal'`) and waits for it: its children are stopped, last started first, each with `'shutdown'` whatever
 * `reason` is. Rejects with `ExitError`: `'noproc'`, `'timeout'` (default `'infinity'`), or another reason with which it ended. OTP: `Supervisor.stop/3`.
 */
export function stop(
  supervisor: SupervisorRef | DynamicSupervisorRef,
  reason?: ExitReason,
  timeout?: Timeout,
): Promise<void> {
  return GenServer.stop(supervisor, reason, timeout);
}

async function start(
  supervisor: AnySupervisor,
  spec: unknown,
): Promise<Pid<never> | PidWithInfo | undefined> {
  const payload = completeSpec(spec);
  return ask(supervisor, 'start_child', { payload, what: `cannot start child ${formatId(payload.id)}` });
}
