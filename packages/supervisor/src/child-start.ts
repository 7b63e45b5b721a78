/** Starting one child: runs its spec's start function and folds the ways in which that can end. OTP: `do_start_child` of `supervisor`. */
import {
  type Awaitable,
  CoppiceError,
  ExitError,
  type ExitReason,
  isPid,
  isPromiseLike,
  type Pid,
  ProcessExited,
} from '@coppice/core';
import { type AsSelf, requireAlive } from './as-self.ts';
import type { StartResult } from './child-spec.ts';

/** What came of a start. `how`: the start function said so, raised an error, exited, or threw something else. */
export type StartOutcome =
  | { readonly kind: 'started'; readonly pid: Pid<never>; readonly result: Exclude<StartResult, 'ignore'> }
  | { readonly kind: 'ignored' }
  | {
      readonly kind: 'failed';
      readonly how: 'error' | 'raise' | 'exit' | 'throw';
      readonly reason: ExitReason;
    };

/**
 * Runs `start` as the supervisor; gives at once what comes of a start that needs no promise, as that of a task does not. Throws, or rejects, only if the
 * supervisor has exited meanwhile.
 */
export function startChild(asSelf: AsSelf, start: () => unknown): Awaitable<StartOutcome> {
  try {
    const value = asSelf(start);
    return isPromiseLike(value) ? awaitStart(asSelf, value) : fold(value); // to look at it may throw, too
  } catch (thrown) {
    asSelf(requireAlive);
    return foldThrown(thrown);
  }
}

async function awaitStart(asSelf: AsSelf, starting: PromiseLike<unknown>): Promise<StartOutcome> {
  let outcome: StartOutcome;
  try {
    outcome = fold(await starting);
  } catch (thrown) {
    outcome = foldThrown(thrown);
  }
  asSelf(requireAlive);
  return outcome;
}

function fold(value: unknown): StartOutcome {
  if (isPid(value)) return { kind: 'started', pid: value, result: value };
  if (value === 'ignore') return { kind: 'ignored' };
  if (typeof value === 'object' && value !== null && 'pid' in value && 'info' in value && isPid(value.pid)) {
    return { kind: 'started', pid: value.pid, result: { pid: value.pid, info: value.info } };
  }
  return { kind: 'failed', how: 'error', reason: value };
}

/** A `StartError` and its like are OTP's `{error, Reason}`, which start functions return there. */
function foldThrown(thrown: unknown): StartOutcome {
  if (thrown instanceof ExitError) {
    return { kind: 'failed', how: 'exit', reason: thrown.call === undefined ? thrown.reason : thrown };
  }
  if (thrown instanceof CoppiceError && !(thrown instanceof ProcessExited)) {
    return { kind: 'failed', how: 'error', reason: 'reason' in thrown ? thrown.reason : thrown };
  }
  return { kind: 'failed', how: thrown instanceof Error ? 'raise' : 'throw', reason: thrown };
}
