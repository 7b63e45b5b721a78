/**
 * A server as core runs it: starts its state, then takes one message at a time to the callback that it is for. OTP: the
 * loop of `gen_server`. One object per process, with few fields and no closures: a program may have a million of them.
 */
import {
  type Awaitable,
  type Behaviour,
  bindSelf,
  exit,
  formatValue,
  hibernate,
  isPromiseLike,
  type Pid,
  self,
} from '@coppice/core';
import { proceed, runCallback } from './callback.ts';
import { isCallbackResult, isInitResult, isStep, type Step } from './callback-result.ts';
import type { Definition, Handler } from './definition.ts';
import type { Loop, SystemState } from './loop.ts';
import {
  type CallMessage,
  type CastMessage,
  isParentExit,
  requestTerm,
  type SystemMessage,
  typeOf,
} from './message.ts';
import { formatState, handleSystem } from './system-message.ts';
import { reportUnexpected } from './telemetry.ts';
import { terminate, thrownReason } from './terminate.ts';
import { observeMessage } from './trace.ts';

export class ServerProcess implements Behaviour, Loop {
  definition: Definition;
  /** Until `init` has run: its argument. */
  state: unknown;
  parent: Pid<never> | undefined;
  step: Step | undefined;
  system: SystemState | undefined;

  constructor(
    definition: Definition,
    arg: unknown,
    parent: Pid<never> | undefined,
    system: SystemState | undefined,
  ) {
    this.definition = definition;
    this.state = arg;
    this.parent = parent;
    this.step = undefined;
    this.system = system;
  }

  get module(): string {
    return this.definition.module;
  }

  init(): Awaitable<void | 'ignore'> {
    this.parent ??= self(); // as OTP has it: one that nobody is linked to ends by a signal of its own
    let result: unknown;
    try {
      result = this.definition.init(this.state);
    } catch (thrown) {
      return initThrew(this, thrown);
    }
    return isPromiseLike(result) ? initLater(this, result) : begin(this, result);
  }

  handle(message: unknown): Awaitable<void> {
    const type = typeOf(message);
    if (this.system !== undefined && type !== '$system') observeMessage(this, message);
    // Only this package makes messages of these types, in `call.ts`, `cast.ts` and `sys.ts`.
    switch (type) {
      case '$gen_call':
        return handleCall(this, message as CallMessage);
      case '$gen_cast':
        return handleCast(this, message as CastMessage);
      case '$system':
        return handleSystem(this, message as SystemMessage);
      default:
        return handleInfo(this, message);
    }
  }

  timeout(): Awaitable<void> {
    if (this.step === undefined) return hibernate(); // the time was that of `hibernateAfter`
    const handler = this.definition.info.get('timeout');
    return handler === undefined
      ? handleInfo(this, 'timeout')
      : runCallback(this, handler, undefined, undefined);
  }

  continue(): Awaitable<void> {
    const { step } = this;
    if (typeof step !== 'object' || !('continue' in step)) return;
    const handler = this.definition.continue.get(step.continue) ?? missing(this, 'continue', step.continue);
    return runCallback(this, handler, step.payload, undefined);
  }

  crashState(): unknown {
    return formatState(this);
  }
}

function initLater(server: ServerProcess, pending: PromiseLike<unknown>): Promise<void | 'ignore'> {
  return Promise.resolve(pending).then(
    bindSelf((result: unknown) => begin(server, result)),
    bindSelf((thrown: unknown) => initThrew(server, thrown)),
  );
}

/** An error is a failed start. Any other thrown value is what `init` returned, and that can't be a bare state. */
function initThrew(server: ServerProcess, thrown: unknown): void | 'ignore' {
  if (thrown instanceof Error) exit(thrownReason(thrown));
  return isInitResult(thrown) ? begin(server, thrown) : exit({ bad_return_value: thrown });
}

function begin(server: ServerProcess, result: unknown): void | 'ignore' {
  if (isInitResult(result)) {
    if (result.kind === 'ignore') return 'ignore';
    if (result.kind === 'stop_init') return exit(result.reason);
    if (!isStep(result.step)) return exit({ bad_return_value: result });
    server.state = result.state;
    return proceed(server, result.step);
  }
  if (isCallbackResult(result))
    return exit(result.kind === 'stop' ? result.reason : { bad_return_value: result });
  server.state = result;
  proceed(server, undefined);
}

function handleCall(server: ServerProcess, { from, request, payload }: CallMessage): Awaitable<void> {
  const { call, otherCall } = server.definition;
  const handler = call.get(request);
  if (handler !== undefined) return runCallback(server, handler, payload, from);
  const term = requestTerm(request, payload);
  return runCallback(server, otherCall ?? missing(server, 'call', term), term, from);
}

function handleCast(server: ServerProcess, { request, payload }: CastMessage): Awaitable<void> {
  const { cast, otherCast } = server.definition;
  const handler = cast.get(request);
  if (handler !== undefined) return runCallback(server, handler, payload, undefined);
  const term = requestTerm(request, payload);
  return runCallback(server, otherCast ?? missing(server, 'cast', term), term, undefined);
}

function handleInfo(server: ServerProcess, message: unknown): Awaitable<void> {
  if (isParentExit(message, server.parent)) return terminate(server, message.reason);
  const { info, otherInfo, module } = server.definition;
  const handler = info.get(typeOf(message)) ?? otherInfo;
  if (handler !== undefined) return runCallback(server, handler, message, undefined);
  reportUnexpected(module, message);
  proceed(server, undefined);
}

/** In place of a handler that there is not. OTP: the error of the default `handle_call`, `handle_cast`. */
function missing(server: ServerProcess, kind: 'call' | 'cast' | 'continue', term: unknown): Handler {
  return () => {
    const handlers = [...server.definition[kind].keys()].join(', ');
    const only = handlers === '' ? '' : `, only for ${formatValue(handlers)}`;
    throw new TypeError(`${server.module} ${self()} has no ${kind} handler for ${formatValue(term)}${only}`);
  };
}
