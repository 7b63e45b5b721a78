/** What a server does on a system message. OTP: `sys:handle_system_msg`. */
import { type Awaitable, Gen, isPromiseLike, type Outcome, ProcLib } from '@coppice/core';
import { proceed } from './callback.ts';
import { type Loop, systemOf } from './loop.ts';
import { isParentExit, isSystemMessage, type NewCode, type SystemMessage } from './message.ts';
import { terminate } from './terminate.ts';
import { getLog, getStatistics, printLog, setLog, setStatistics } from './trace.ts';

/** Answer to `get_status`. */
export interface Status {
  readonly module: string;
  readonly status: 'running' | 'suspended';
  /** As `formatStatus` has it. */
  readonly state: unknown;
}

/** Handles `message`; the timeout or sleep that it interrupted begins anew. */
export function handleSystem(loop: Loop, message: SystemMessage): Awaitable<void> {
  if (message.request === 'terminate') return terminate(loop, message.reason); // not answered: the DOWN is
  Gen.reply(message.from, attempt(loop, message));
  if (loop.system?.isSuspended !== true) proceed(loop, loop.step);
}

/** The state as `formatStatus` shows it. One that throws hides the state: it may have been there to hide a secret. */
export function formatState(loop: Loop): unknown {
  const { formatStatus, module } = loop.definition;
  if (formatStatus === undefined) return loop.state;
  try {
    return formatStatus(loop.state);
  } catch {
    return { EXIT: `${module}.formatStatus threw` };
  }
}

type Request = Exclude<SystemMessage, { readonly request: 'terminate' }>;

function attempt(loop: Loop, message: Request): Outcome<unknown> {
  try {
    return { ok: true, value: obey(loop, message) };
  } catch (reason) {
    return { ok: false, reason }; // the client's function threw: nothing has changed
  }
}

function obey(loop: Loop, message: Request): unknown {
  switch (message.request) {
    case 'get_state':
      return loop.state;
    case 'get_status':
      return getStatus(loop);
    case 'replace_state':
      return replaceState(loop, message.replace);
    case 'change_code':
      return changeCode(loop, message.change);
    case 'suspend':
      return suspend(loop);
    case 'resume':
      return resume(loop);
    case 'trace':
      systemOf(loop).isTraced = message.on;
      return undefined;
    case 'log':
      return log(loop, message.flag);
    case 'statistics':
      return message.flag === 'get' ? getStatistics(loop) : setStatistics(loop, message.flag);
  }
}

function log(loop: Loop, flag: boolean | number | 'get' | 'print'): unknown {
  if (flag === 'get') return getLog(loop);
  return flag === 'print' ? printLog(loop) : setLog(loop, flag);
}

function getStatus(loop: Loop): Status {
  const status = loop.system?.isSuspended === true ? 'suspended' : 'running';
  return { module: loop.definition.module, status, state: formatState(loop) };
}

function replaceState(loop: Loop, replace: (state: unknown) => unknown): unknown {
  const state = replace(loop.state);
  if (isPromiseLike(state)) throw new TypeError('the function given to replaceState must not be async');
  loop.state = state;
  return state;
}

function changeCode(loop: Loop, change: (state: unknown) => NewCode): void {
  const { definition, state } = change(loop.state);
  if (isPromiseLike(state)) throw new TypeError('the function given to codeChange must not be async');
  loop.definition = definition;
  loop.state = state;
}

/** Until `resume`: only system messages are handled, and the parent's exit; all else waits in order. */
function suspend(loop: Loop): void {
  systemOf(loop).isSuspended = true;
  ProcLib.receiveTimeout('infinity');
  ProcLib.accept((message) => isSystemMessage(message) || isParentExit(message, loop.parent));
}

function resume(loop: Loop): void {
  systemOf(loop).isSuspended = false;
  ProcLib.accept(undefined);
}
