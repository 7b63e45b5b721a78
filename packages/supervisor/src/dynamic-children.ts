/** What a dynamic supervisor does with its children, which are known by their pids. OTP: the callbacks of Elixir's `DynamicSupervisor`. */
import { type Awaitable, isPid, type Outcome, type Pid } from '@coppice/core';
import { endProcess, findExitReasons } from './child-shutdown.ts';
import { badCombination, type CompleteSpec } from './child-spec.ts';
import { Child } from './children.ts';
import type { RunningChild } from './protocol.ts';
import { noteEnd, type Supervision, start, stop } from './supervision.ts';
import { whenReady } from './when-ready.ts';

/** Starts a child, if there may be one more. One that ignores its start is not kept. */
export function startNew(
  supervision: Supervision,
  spec: CompleteSpec,
): Awaitable<Outcome<RunningChild | undefined>> {
  const { children, flags, options } = supervision;
  const clash = badCombination(spec, flags.autoShutdown);
  if (clash !== undefined) return { ok: false, reason: clash };
  if (children.size >= options.maxChildren) return { ok: false, reason: 'max_children' };
  const child = new Child(spec, undefined);
  children.add(child);
  return whenReady(start(supervision, child), (started): Outcome<RunningChild | undefined> => {
    if (started.kind === 'ignored') return { ok: true, value: undefined };
    if (started.kind === 'started') return { ok: true, value: started.result };
    children.remove(child);
    return { ok: false, reason: started.reason };
  });
}

/** Stops a child and forgets it; one that waits for its restart is found by its last pid. */
export async function terminate(supervision: Supervision, pid: unknown): Promise<Outcome<undefined>> {
  if (!isPid(pid)) return refused();
  const child = supervision.children.ofPid(pid);
  if (child === undefined) return { ok: false, reason: 'not_found' };
  await stop(supervision, child);
  return { ok: true, value: undefined };
}

/** The spec of a child, with all of its fields. */
export function specOf({ children }: Supervision, pid: unknown): Outcome<CompleteSpec> {
  if (!isPid(pid)) return refused();
  const child = children.ofPid(pid);
  return child === undefined ? { ok: false, reason: 'not_found' } : { ok: true, value: child.spec };
}

/** What a dynamic supervisor answers to what is asked by id. OTP: `{error, simple_one_for_one}`. */
export function refused(): Outcome<never> {
  return { ok: false, reason: 'simple_one_for_one' };
}

/** Stops all children at once: the time that it takes is that of the slowest. */
export async function stopAllAtOnce(supervision: Supervision): Promise<void> {
  const { asSelf, children } = supervision;
  const running: { readonly child: Child; readonly pid: Pid<never> }[] = [];
  for (const child of children) {
    if (child.status === 'running' && child.pid !== undefined) running.push({ child, pid: child.pid });
  }
  const reasons = await Promise.all(
    running.map(({ child, pid }) => endProcess(asSelf, pid, child.spec.shutdown)),
  );
  const wereDead = running.filter((_, index) => reasons[index] === 'noproc');
  const found = await findExitReasons(asSelf, new Set(wereDead.map(({ pid }) => pid)));
  for (const [index, { child, pid }] of running.entries()) {
    noteEnd(supervision, child, found.has(pid) ? found.get(pid) : reasons[index]);
  }
}
