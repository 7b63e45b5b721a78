/** Running an application's `start` and its start phases, and folding the ways in which they can end. OTP: `start_the_app` of `application_master`, `application_starter`. */
import {
  CoppiceError,
  ExitError,
  type ExitReason,
  isPid,
  type Outcome,
  type Pid,
  ProcessExited,
} from '@coppice/core';
import type { AsSelf } from './as-self.ts';
import type { Definition } from './definition.ts';

/** A tree that runs, and the state that the other callbacks get. */
export interface Tree {
  readonly top: Pid<never>;
  readonly state: unknown;
}

/** Runs `start` as the calling process. A failure's reason is OTP's. Rejects only if the process has been killed meanwhile. */
export async function startTop(asSelf: AsSelf, { start }: Definition, env: object): Promise<Outcome<Tree>> {
  try {
    const result = await asSelf(() => start({ type: 'normal', env }));
    const tree = treeIn(result);
    return tree === undefined ? { ok: false, reason: ['bad_return', result] } : { ok: true, value: tree };
  } catch (error) {
    const { refused, reason } = fold(error);
    if (refused) return { ok: false, reason };
    return { ok: false, reason: reason === 'normal' ? ['EXIT', 'normal'] : ['bad_return', ['EXIT', reason]] };
  }
}

/** Runs the start phases in their order; stops at the first that fails, and resolves with why. */
export async function runPhases(
  asSelf: AsSelf,
  { startPhases }: Definition,
  env: object,
  { state }: Tree,
): Promise<Outcome<undefined>> {
  for (const [phase, run] of startPhases) {
    try {
      await asSelf(() => run({ type: 'normal', env, state }));
    } catch (error) {
      const { refused, reason } = fold(error);
      const where = ['start_phase', phase];
      return {
        ok: false,
        reason: refused ? [reason, where] : ['bad_return_value', [where, ['EXIT', reason]]],
      };
    }
  }
  return { ok: true, value: undefined };
}

/** What a callback that throws comes to. */
interface Thrown {
  /** A `StartError` or its like: what is returned as `{error, Reason}` in OTP. */
  readonly refused: boolean;
  readonly reason: ExitReason;
}

/** What a callback threw, as an exit reason. A process that has been killed stops here. */
export function fold(error: unknown): Thrown {
  if (error instanceof ProcessExited) throw error;
  if (error instanceof ExitError) {
    return { refused: false, reason: error.call === undefined ? error.reason : error };
  }
  if (error instanceof CoppiceError)
    return { refused: true, reason: 'reason' in error ? error.reason : error };
  return { refused: false, reason: error instanceof Error ? error : { nocatch: error } };
}

function treeIn(result: unknown): Tree | undefined {
  if (isPid(result)) return { top: result, state: undefined };
  if (typeof result !== 'object' || result === null || !('pid' in result)) return undefined;
  return isPid(result.pid)
    ? { top: result.pid, state: 'state' in result ? result.state : undefined }
    : undefined;
}
