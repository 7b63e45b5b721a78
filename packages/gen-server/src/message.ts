/** The messages by which clients reach a server: plain data, told by `type`. OTP: `'$gen_call'`, `'$gen_cast'`, `system`. */
import { type Exit, type ExitReason, type Gen, isExit, type Pid } from '@coppice/core';
import type { Definition } from './definition.ts';

/** A request that wants a reply. */
export interface CallMessage {
  readonly type: '$gen_call';
  readonly from: Gen.From;
  readonly request: unknown;
  readonly payload: unknown;
}

/** A request that wants none. */
export interface CastMessage {
  readonly type: '$gen_cast';
  readonly request: unknown;
  readonly payload: unknown;
}

/** What can be asked of a server's loop, whatever its callbacks are. */
export type SystemRequest =
  | { readonly request: 'get_state' }
  | { readonly request: 'replace_state'; readonly replace: (state: unknown) => unknown }
  | { readonly request: 'suspend' }
  | { readonly request: 'resume' }
  | { readonly request: 'get_status' }
  | { readonly request: 'trace'; readonly on: boolean }
  | { readonly request: 'statistics'; readonly flag: boolean | 'get' }
  | { readonly request: 'log'; readonly flag: boolean | number | 'get' | 'print' }
  | { readonly request: 'change_code'; readonly change: (state: unknown) => NewCode }
  | { readonly request: 'terminate'; readonly reason: ExitReason };

/** What a server goes on with after `change_code`. */
export interface NewCode {
  readonly definition: Definition;
  readonly state: unknown;
}

/** A request to a server's loop. OTP: `{system, From, Request}`. */
export type SystemMessage = SystemRequest & { readonly type: '$system'; readonly from: Gen.From };

/** The request as one term: its name, or `[name, payload]`. What `handleCall` gets and what an `ExitError` names. */
export function requestTerm(request: unknown, payload: unknown): unknown {
  return payload === undefined ? request : [request, payload];
}

/** Whether `message` is a system message. */
export function isSystemMessage(message: unknown): message is SystemMessage {
  return typeOf(message) === '$system';
}

/** Whether `message` says that `parent` has exited. */
export function isParentExit(message: unknown, parent: Pid<never> | undefined): message is Exit {
  return parent !== undefined && isExit(message) && message.from === parent;
}

/** The `type` of a message that has one. */
export function typeOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'type' in message ? message.type : undefined;
}
