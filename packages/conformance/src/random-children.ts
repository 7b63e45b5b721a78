/** What the random programs of supervisors share: children whose starts are drawn, and operations that may meet nobody. */
import { ExitError, type ExitReason, exit, isPid, whereis } from '@coppice/core';
import { ignore, stopInit } from '@coppice/gen-server';
import { Supervisor, type SupervisorRef } from '@coppice/supervisor';
import type { Oracle } from './oracle.ts';
import { asList } from './term.ts';
import type { Workers } from './workers.ts';

/** What each of the ten starts of a worker gives, by what was drawn for it. */
export function outcomeOf(drawn: number): unknown {
  if (drawn === 0) return ignore();
  return drawn === 1 ? stopInit('closed') : 'go';
}

export async function crash(W: Workers, id: string, reason: ExitReason): Promise<ExitReason> {
  return whereis(id) === undefined ? 'none' : W.crash(id, reason);
}

export async function kill(O: Oracle, id: string): Promise<'killed' | 'none'> {
  const pid = whereis(id);
  if (pid === undefined) return 'none';
  exit(pid, 'kill');
  await O.down(pid);
  return 'killed';
}

/** Asks these supervisors often enough for them to have dealt with all that came. */
export async function settle(
  supervisors: readonly SupervisorRef[],
  rest: () => Promise<void>,
): Promise<void> {
  for (let times = 3; times > 0; times--) {
    for (const supervisor of supervisors) await quietly(() => Supervisor.countChildren(supervisor));
    await rest();
  }
}

/** Waits for `fn`, be it in vain. */
export async function quietly(fn: () => Promise<unknown>): Promise<void> {
  try {
    await fn();
  } catch (error) {
    if (!(error instanceof ExitError)) throw error;
  }
}

/** What a step gives; `{:exit, why}` if the supervisor that it asks ends. */
export async function resultOf(step: () => Promise<unknown>): Promise<unknown> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof ExitError)) throw error;
    return ['exit', error.reason];
  }
}

/** `{:ok, pid | :undefined} | {:error, reason}` of a start, with `'pid'` in place of pids. */
export async function startResult(O: Oracle, start: () => Promise<unknown>): Promise<readonly unknown[]> {
  const [kind, value] = asList(await O.result(async () => (await start()) ?? 'undefined'));
  if (isPid(value)) return [kind, 'pid'];
  return [kind, Array.isArray(value) ? asList(value).map((item) => (isPid(item) ? 'pid' : item)) : value];
}
