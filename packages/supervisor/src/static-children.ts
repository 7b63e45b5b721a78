/** What a static supervisor does with its children, as its parent or somebody else asks. OTP: the callbacks of `supervisor`. */
import { type ExitReason, type Outcome, termKey } from '@coppice/core';
import { badCombination, type CompleteSpec } from './child-spec.ts';
import { Child } from './children.ts';
import type { RunningChild } from './protocol.ts';
import { planShutdown } from './restart-strategy.ts';
import { type Started, type Supervision, start, stop, tell } from './supervision.ts';

/**
 * Starts the children in their order. If one fails, those that run are stopped, last started first. Gives the reason of the failure, in OTP's form;
 * `undefined` when all is well.
 */
export async function startAll(
  supervision: Supervision,
  specs: readonly CompleteSpec[],
): Promise<ExitReason | undefined> {
  const refusal = admitAll(supervision, specs);
  if (refusal !== undefined) return ['start_spec', refusal];
  for (const child of [...supervision.children]) {
    const started = await start(supervision, child);
    if (started.kind !== 'failed') continue;
    tell(supervision, child, { report: 'start_error', reason: started.reason, action: 'roll_back' });
    await stopAll(supervision);
    return { shutdown: ['failed_to_start_child', child.spec.id, started.reason] };
  }
  return undefined;
}

/** Stops the children one after another, last started first, each within its own time. */
export async function stopAll(supervision: Supervision): Promise<void> {
  for (const { child } of planShutdown(supervision.children)) await stop(supervision, child);
}

/** Starts a child behind the others. Its spec is kept only if it starts, or ignores its start without being temporary. */
export async function startNew(
  supervision: Supervision,
  spec: CompleteSpec,
): Promise<Outcome<RunningChild | undefined>> {
  const { children, flags } = supervision;
  const clash = badCombination(spec, flags.autoShutdown);
  if (clash !== undefined) return { ok: false, reason: clash };
  const key = termKey(spec.id);
  const namesake = children.get(key);
  if (namesake !== undefined) {
    const isRunning = namesake.status === 'running';
    return { ok: false, reason: isRunning ? ['already_started', namesake.pid] : 'already_present' };
  }
  const child = new Child(spec, key);
  children.add(child);
  const started = await start(supervision, child);
  if (started.kind === 'failed') children.remove(child);
  return outcomeOf(started);
}

/** Stops a child; its spec stays, unless it is temporary. One that waits for its restart does not wait any longer. */
export async function terminate(supervision: Supervision, id: unknown): Promise<Outcome<undefined>> {
  const child = supervision.children.get(termKey(id));
  if (child === undefined) return notFound;
  await stop(supervision, child);
  return { ok: true, value: undefined };
}

/** Starts a child that has been stopped, has ended, or ignored its start. If it fails it stays as it was. */
export async function restart(
  supervision: Supervision,
  id: unknown,
): Promise<Outcome<RunningChild | undefined>> {
  const child = supervision.children.get(termKey(id));
  if (child === undefined) return notFound;
  if (child.status !== 'stopped') return { ok: false, reason: child.status };
  return outcomeOf(await start(supervision, child));
}

/** Removes the spec of a child that does not run. */
export function remove({ children }: Supervision, id: unknown): Outcome<undefined> {
  const child = children.get(termKey(id));
  if (child === undefined) return notFound;
  if (child.status !== 'stopped') return { ok: false, reason: child.status };
  children.remove(child);
  return { ok: true, value: undefined };
}

/** The spec of a child, with all of its fields. */
export function specOf({ children }: Supervision, id: unknown): Outcome<CompleteSpec> {
  const child = children.get(termKey(id));
  return child === undefined ? notFound : { ok: true, value: child.spec };
}

const notFound = { ok: false, reason: 'not_found' } as const;

/** Takes the specs in, in their order; gives OTP's reason for refusing one. */
function admitAll({ children, flags }: Supervision, specs: readonly CompleteSpec[]): ExitReason | undefined {
  for (const spec of specs) {
    const clash = badCombination(spec, flags.autoShutdown);
    if (clash !== undefined) return clash;
    const key = termKey(spec.id);
    if (children.get(key) !== undefined) return ['duplicate_child_name', spec.id];
    children.add(new Child(spec, key));
  }
  return undefined;
}

function outcomeOf(started: Started): Outcome<RunningChild | undefined> {
  if (started.kind === 'failed') return { ok: false, reason: started.reason };
  return { ok: true, value: started.kind === 'started' ? started.result : undefined };
}
