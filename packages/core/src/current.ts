/**
 * Who am I. The calling process follows its code through every `await`, promise and timer by AsyncLocalStorage; listeners run
 * as whoever emits. Where there is no AsyncLocalStorage (browsers), the calling process is known in synchronous code only.
 *
 * A body starts once in a clean scope; a behaviour has one scope that is entered once per turn (17 ns). `run` of the
 * storage would cost 197 ns per message on Node 24.
 */
import type { AsyncResource } from 'node:async_hooks';
import { ProcessExited } from './errors.ts';
import type { Process } from './process.ts';

type AsyncHooks = typeof import('node:async_hooks');

const hooks = loadAsyncHooks();
const storage = hooks === undefined ? undefined : new hooks.AsyncLocalStorage<Process | undefined>();
/** The number of the asynchronous scope that code runs in. */
const scopeId = hooks === undefined ? (): number => Number.NaN : hooks.executionAsyncId;

/** The scope of the scheduler's own code: nothing in it ever enters the storage, so it belongs to no process. */
const outside = makeScope();
/** Where bodies start; each enters the storage anew, so that nothing of one is seen by the next. */
const bodies = makeScope();
/** Whether scopes have numbers of their own: not in every runtime that imitates Node. */
const tellsScopes = bodies?.asyncId() !== outside?.asyncId();

/** The process whose code was entered last. Without AsyncLocalStorage: whose code runs on this stack. */
let running: Process | undefined;
/** The number of the scope that it was entered through. */
let runningScope = Number.NaN;

/** What top-level code runs as; set by the node that is the program's own. */
let ambient: (() => Process) | undefined;

export function setAmbient(main: (() => Process) | undefined): void {
  ambient = main;
}

/** The process that the calling code belongs to; `undefined` in top-level code. */
export function currentProcess(): Process | undefined {
  // In a callback of a behaviour, until it returns, its scope's number tells as well, and is asked for in less time than the storage.
  if (storage === undefined || scopeId() === runningScope) return running;
  return storage.getStore();
}

/** Whether promises of a process's own code tell whose they are. */
export const followsPromises: boolean = storage !== undefined;

/**
 * The calling process, for a call of the runtime: main for top-level code. Throws `ProcessExited` if it has exited, so that
 * the code of a dead process stops here.
 */
export function caller(): Process {
  const process = currentProcess() ?? mainProcess();
  if (!process.isAlive) throw exited(process);
  return process;
}

/** Called whenever code of a process that has exited is stopped. */
let stopping: (() => void) | undefined;

export function onLateCode(listener: () => void): void {
  stopping = listener;
}

/** The error that stops the code of a process that has exited. */
export function exited(process: Process): ProcessExited {
  stopping?.();
  return new ProcessExited(process.pid, process.exitReason);
}

/** The calling process, dead or alive. */
export function callerOrDead(): Process {
  return currentProcess() ?? mainProcess();
}

function mainProcess(): Process {
  if (ambient === undefined) {
    throw new Error(
      'called outside a process: in tests there is no main process. Run the code in one: simulate(…) of @coppice/testing, or createNode().run(…)',
    );
  }
  return ambient();
}

/** Runs `fn` as nobody: what it starts, and what that throws later, belongs to no process. For code that serves all processes, such as a logger's. */
export function runOutside(fn: () => void): void {
  if (outside === undefined) runAs(undefined, fn, undefined);
  else outside.runInAsyncScope(fn);
}

/** Runs the first part of a body as `process`; all that follows from it belongs to `process`. */
export function enterBody(process: Process, fn: (process: Process) => void): void {
  if (bodies === undefined) runAs(process, fn, process);
  else bodies.runInAsyncScope(enter, undefined, process, fn);
}

/** Runs `fn` as `process`, now. */
export function runIn<A, R>(process: Process, fn: (arg: A) => R, arg: A): R {
  if (storage === undefined) return runAs(process, fn, arg);
  process.scope ??= scopeOf(process);
  if (process.scope === undefined) return fn(arg);
  running = process;
  runningScope = tellsScopes ? process.scope.asyncId() : Number.NaN;
  return process.scope.runInAsyncScope(fn, undefined, arg);
}

function enter(process: Process, fn: (process: Process) => void): void {
  storage?.enterWith(process);
  fn(process);
}

function scopeOf(process: Process): AsyncResource | undefined {
  let scope: AsyncResource | undefined;
  const before = storage?.getStore();
  bodies?.runInAsyncScope(() => {
    storage?.enterWith(process);
    scope = makeScope();
    // Before Node 24 the first part of a body runs in this very scope: it must not go on as `process`.
    if (before !== undefined) storage?.enterWith(before);
  });
  return scope;
}

function makeScope(): AsyncResource | undefined {
  return hooks === undefined ? undefined : new hooks.AsyncResource('Coppice', { requireManualDestroy: true });
}

function runAs<A, R>(process: Process | undefined, fn: (arg: A) => R, arg: A): R {
  const before = running;
  running = process;
  try {
    return fn(arg);
  } finally {
    running = before;
  }
}

function loadAsyncHooks(): AsyncHooks | undefined {
  // `getBuiltinModule` needs no import, so that one entry serves Node and browsers.
  return globalThis.process?.getBuiltinModule?.('node:async_hooks');
}
