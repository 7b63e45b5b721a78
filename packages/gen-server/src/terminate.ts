/** The end of a server by its own doing or its parent's. OTP: `gen_server:terminate`. */
import {
  type Awaitable,
  bindSelf,
  ExitError,
  type ExitReason,
  exit,
  Gen,
  isPromiseLike,
  ProcessExited,
} from '@coppice/core';
import type { Loop } from './loop.ts';

/**
 * Calls `terminate`, then answers the call being handled if there is an `answer`, then ends the process with `reason`.
 * An error thrown in `terminate` replaces the reason; a thrown value that is no error is as good as a return.
 */
export function terminate(
  loop: Loop,
  reason: ExitReason,
  from?: Gen.From,
  answer?: readonly unknown[],
): Awaitable<void> {
  let pending: unknown;
  try {
    pending = loop.definition.terminate?.(reason, loop.state);
  } catch (thrown) {
    end(replacedBy(thrown, reason), from, answer);
  }
  if (isPromiseLike(pending)) return terminateLater(pending, reason, from, answer);
  end(reason, from, answer);
}

/** The reason with which an error that was thrown in a callback ends the process: as core has it for a body. */
export function thrownReason(error: Error): ExitReason {
  if (error instanceof ProcessExited) throw error; // this process is dead already: its code is only being stopped
  return error instanceof ExitError && error.call === undefined ? error.reason : error;
}

function terminateLater(
  pending: PromiseLike<unknown>,
  reason: ExitReason,
  from: Gen.From | undefined,
  answer: readonly unknown[] | undefined,
): Promise<void> {
  const finish = bindSelf((last: ExitReason): void => end(last, from, answer));
  return Promise.resolve(pending).then(
    () => finish(reason),
    (thrown: unknown) => finish(replacedBy(thrown, reason)),
  );
}

function replacedBy(thrown: unknown, reason: ExitReason): ExitReason {
  return thrown instanceof Error ? thrownReason(thrown) : reason;
}

function end(reason: ExitReason, from: Gen.From | undefined, answer: readonly unknown[] = []): never {
  if (from !== undefined && answer.length > 0) Gen.reply(from, answer[0]);
  exit(reason);
}
