/**
 * Running one callback, and doing what it returned. A callback that is not async runs without any promise; one that is
 * holds the mailbox until it settles. OTP: `try_handle_call` and `handle_common_reply` of `gen_server`.
 */
import { type Awaitable, bindSelf, Gen, hibernate, isPromiseLike, ProcLib, self } from '@coppice/core';
import { type CallbackResult, isCallbackResult, type Step } from './callback-result.ts';
import type { Handler } from './definition.ts';
import type { Loop } from './loop.ts';
import { terminate, thrownReason } from './terminate.ts';
import { observeResult } from './trace.ts';

/** Runs `handler`; `from` is where the reply goes, if it handles a call. */
export function runCallback(
  loop: Loop,
  handler: Handler,
  payload: unknown,
  from: Gen.From | undefined,
): Awaitable<void> {
  let result: unknown;
  try {
    result = handler(loop.state, payload, from);
  } catch (thrown) {
    return caught(loop, thrown, from);
  }
  return isPromiseLike(result) ? settle(loop, result, from) : obey(loop, result, from);
}

/** Sees to what follows a callback. OTP: the `Timeout | hibernate | {continue, Term}` of its result. */
export function proceed(loop: Loop, step: Step | undefined): void {
  loop.step = step;
  if (step === undefined) return sleepWhenIdle(loop);
  if (step === 'hibernate') return hibernate();
  if ('continue' in step) return ProcLib.continueNext();
  ProcLib.receiveTimeout(step.timeout);
}

/** Holds the mailbox until `pending` settles. Should the process be killed meanwhile, it neither replies nor calls `terminate`. */
function settle(loop: Loop, pending: PromiseLike<unknown>, from: Gen.From | undefined): Promise<void> {
  const resume = bindSelf((act: typeof obey, value: unknown): Awaitable<void> => {
    self(); // throws if this process has exited
    return act(loop, value, from);
  });
  return Promise.resolve(pending).then(
    (result) => resume(obey, result),
    (thrown: unknown) => resume(caught, thrown),
  );
}

/** An error ends the server. Any other thrown value is what the callback returned: OTP's `throw`. */
function caught(loop: Loop, thrown: unknown, from: Gen.From | undefined): Awaitable<void> {
  return thrown instanceof Error ? terminate(loop, thrownReason(thrown)) : obey(loop, thrown, from);
}

function obey(loop: Loop, result: unknown, from: Gen.From | undefined): Awaitable<void> {
  if (!isCallbackResult(result) || (from === undefined && answers(result))) {
    return terminate(loop, { bad_return_value: result });
  }
  loop.state = result.state;
  if (loop.system !== undefined) observeResult(loop, result, from);
  if (result.kind === 'stop') return terminate(loop, result.reason, from, result.reply);
  if (result.kind === 'reply' && from !== undefined) {
    try {
      Gen.reply(from, result.value);
    } catch (thrown) {
      return caught(loop, thrown, from); // a value that can't be sent, such as a promise
    }
  }
  proceed(loop, result.step);
}

function answers(result: CallbackResult): boolean {
  return result.kind === 'reply' || (result.kind === 'stop' && result.reply.length > 0);
}

function sleepWhenIdle(loop: Loop): void {
  const hibernateAfter = loop.system?.hibernateAfter ?? 'infinity';
  if (hibernateAfter !== 'infinity') ProcLib.receiveTimeout(hibernateAfter);
}
