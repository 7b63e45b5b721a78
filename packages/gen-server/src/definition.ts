/**
 * A behaviour's callbacks as the server's loop uses them: checked once, when defined, and found by name in maps, so
 * that a request called `constructor` or `__proto__` is a name like any other. OTP: the callback module.
 */
import { type ExitReason, formatValue } from '@coppice/core';

/** One callback as the loop calls it. `from` is passed to those of `call` only. */
export type Handler = (state: unknown, payload: unknown, from: unknown) => unknown;

type HandlerRecord = { readonly [name: string]: Handler };

/** `Callbacks` with its types erased. */
export interface ErasedCallbacks {
  readonly init: (arg: unknown) => unknown;
  readonly call?: HandlerRecord;
  readonly cast?: HandlerRecord;
  readonly info?: HandlerRecord;
  readonly continue?: HandlerRecord;
  readonly handleCall?: (request: unknown, from: unknown, state: unknown) => unknown;
  readonly handleCast?: (request: unknown, state: unknown) => unknown;
  readonly handleInfo?: (message: unknown, state: unknown) => unknown;
  readonly terminate?: (reason: ExitReason, state: unknown) => unknown;
  readonly formatStatus?: (state: unknown) => unknown;
  readonly trapExit?: boolean;
}

/** Callbacks under a module name. One object per `define`, shared by all its servers. */
export interface Definition extends Pick<ErasedCallbacks, 'init' | 'terminate' | 'formatStatus'> {
  readonly module: string;
  readonly call: ReadonlyMap<unknown, Handler>;
  readonly cast: ReadonlyMap<unknown, Handler>;
  readonly info: ReadonlyMap<unknown, Handler>;
  readonly continue: ReadonlyMap<unknown, Handler>;
  /** The fallbacks, with the state first. */
  readonly otherCall: Handler | undefined;
  readonly otherCast: Handler | undefined;
  readonly otherInfo: Handler | undefined;
  readonly trapExit: boolean;
}

/**
 * Checks `callbacks` and makes a definition of them. Throws `TypeError` for a missing `init`, an unknown callback, and
 * one that is not a function: code without types gets these errors here, not when the first message comes.
 */
export function toDefinition(module: string, callbacks: ErasedCallbacks): Definition {
  check(module, callbacks);
  const { handleCall, handleCast, handleInfo } = callbacks;
  return {
    module,
    init: callbacks.init,
    call: toMap(callbacks.call),
    cast: toMap(callbacks.cast),
    info: toMap(callbacks.info),
    continue: toMap(callbacks.continue),
    otherCall: handleCall && ((state, request, from) => handleCall(request, from, state)),
    otherCast: handleCast && ((state, request) => handleCast(request, state)),
    otherInfo: handleInfo && ((state, message) => handleInfo(message, state)),
    ...(callbacks.terminate && { terminate: callbacks.terminate }),
    ...(callbacks.formatStatus && { formatStatus: callbacks.formatStatus }),
    trapExit: callbacks.trapExit ?? false,
  };
}

const definitions = new WeakMap<object, Definition>();

/** Remembers what `server`, made by `define`, stands for. */
export function bindDefinition(server: object, definition: Definition): void {
  definitions.set(server, definition);
}

/** What `server` stands for. Throws `TypeError` for what `define` has not made. */
export function definitionOf(server: object): Definition {
  const definition = definitions.get(server);
  if (definition !== undefined) return definition;
  throw new TypeError(`server must be made by GenServer.define, got ${formatValue(server)}`);
}

const RECORDS: ReadonlySet<string> = new Set(['call', 'cast', 'info', 'continue']);
const FUNCTIONS: ReadonlySet<string> = new Set([
  'init',
  'handleCall',
  'handleCast',
  'handleInfo',
  'terminate',
  'formatStatus',
]);

function check(module: unknown, callbacks: unknown): void {
  if (typeof module !== 'string' || module === '') {
    throw new TypeError(`module must be a non-empty string, got ${formatValue(module)}`);
  }
  if (typeof callbacks !== 'object' || callbacks === null) {
    throw new TypeError(`callbacks of ${module} must be an object, got ${formatValue(callbacks)}`);
  }
  if (!('init' in callbacks)) throw new TypeError(`callbacks of ${module} must have 'init'`);
  for (const [key, value] of Object.entries(callbacks)) checkCallback(`${module}: ${key}`, key, value);
}

function checkCallback(path: string, key: string, value: unknown): void {
  if (value === undefined && key !== 'init') return;
  if (RECORDS.has(key)) return checkRecord(path, value);
  if (FUNCTIONS.has(key)) return checkFunction(path, value);
  if (key !== 'trapExit') throw new TypeError(`${path} is not a callback of a GenServer`);
  if (typeof value !== 'boolean') throw new TypeError(`${path} must be a boolean, got ${formatValue(value)}`);
}

function checkRecord(path: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(`${path} must be an object of handlers by name, got ${formatValue(value)}`);
  }
  for (const [name, handler] of Object.entries(value)) checkFunction(`${path}.${name}`, handler);
}

function checkFunction(path: string, value: unknown): void {
  if (typeof value !== 'function')
    throw new TypeError(`${path} must be a function, got ${formatValue(value)}`);
}

function toMap(record: HandlerRecord | undefined): ReadonlyMap<unknown, Handler> {
  return new Map(Object.entries(record ?? {}));
}
