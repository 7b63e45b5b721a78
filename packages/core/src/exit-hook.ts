/** What happens in the turn of a process's exit beside OTP's signals: hooks of tables and registries, resources that the process owns. */
import { requireFunction } from './argument.ts';
import { attempt } from './attempt.ts';
import { callerOrDead, exited, runIn } from './current.ts';
import type { ExitReason } from './exit-reason.ts';
import { describe, formatExit } from './format.ts';
import { type Pid, requirePid } from './pid.ts';
import { type Process, processOf } from './process.ts';
import { writeError } from './telemetry.ts';

/**
 * Runs `hook(reason)` synchronously in the turn in which `pid` exits, at once if it is dead (with `'noproc'`). The result takes it back.
 * For tables and registries whose entries must be gone before anyone hears of the exit; a hook must not throw, and what it throws is written to stderr.
 */
export function onExit(pid: Pid<never>, hook: (reason: ExitReason) => void): () => void {
  requirePid(pid, 'pid');
  requireFunction(hook, 'hook');
  return onProcessExit(pid, hook);
}

export function onProcessExit(pid: Pid<never>, hook: (reason: ExitReason) => void): () => void {
  const process = processOf(pid);
  if (process === undefined) {
    hook('noproc');
    return () => {};
  }
  const hooks = process.rare.exitHooks ?? new Set();
  process.rare.exitHooks = hooks;
  const entry = (reason: ExitReason): void => hook(reason); // the same hook may be attached twice
  hooks.add(entry);
  return () => {
    hooks.delete(entry);
  };
}

export function runExitHooks(process: Process, reason: ExitReason): void {
  const hooks = process.extension?.exitHooks;
  if (hooks !== undefined && hooks.size > 0)
    runIn(process.host.main, () => runHooks(process, hooks, reason), undefined);
}

/** As the node's main: the process itself is dead, and what a hook calls of the runtime must know a node. */
function runHooks(
  process: Process,
  hooks: ReadonlySet<(reason: ExitReason) => void>,
  reason: ExitReason,
): void {
  const report = (error: unknown): void =>
    writeError(`an exit hook of process ${process.pid} threw: ${formatExit(error)}`);
  for (const hook of hooks) attempt(() => hook(reason), report);
}

/**
 * Ties a resource to the calling process: it is closed in the turn of the exit, before a supervisor hears of it, so that a restarted
 * process can bind the same port. A resource is a function, or has `[Symbol.dispose]`, `[Symbol.asyncDispose]`, `destroy`, `close` or `terminate`.
 * Returns it. Throws `TypeError` for anything else. In a process that has exited meanwhile the resource is closed at once, and `ProcessExited` is thrown.
 */
export function own<T>(resource: T): T {
  return ownIn(callerOrDead(), resource);
}

export function ownIn<T>(process: Process, resource: T): T {
  if (closerOf(resource) === undefined) {
    throw new TypeError(
      `resource must be a function or have close, destroy, terminate or [Symbol.dispose], got ${describe(resource)}`,
    );
  }
  if (!process.isAlive) {
    close(resource, process);
    throw exited(process);
  }
  const { rare } = process;
  rare.resources ??= new Set();
  rare.resources.add(resource);
  return resource;
}

export function closeResources(process: Process): void {
  const resources = process.extension?.resources;
  if (resources === undefined) return;
  for (const resource of [...resources].reverse()) close(resource, process);
  resources.clear();
}

function close(resource: unknown, process: Process): void {
  const report = (error: unknown): void =>
    writeError(`closing a resource of process ${process.pid} failed: ${formatExit(error)}`);
  attempt(() => closerOf(resource)?.(), report);
}

/** In this order: a server's `closeAllConnections` too, for its port is free only then. */
function closerOf(resource: unknown): (() => unknown) | undefined {
  if (typeof resource === 'function') return () => Reflect.apply(resource, undefined, []) as unknown;
  if (typeof resource !== 'object' || resource === null) return undefined;
  const methods = [Symbol.dispose, 'destroy', 'close', 'terminate', Symbol.asyncDispose];
  const method = methods.find(
    (name) => name !== undefined && typeof Reflect.get(resource, name) === 'function',
  );
  if (method === undefined) return undefined;
  return () => {
    if ('closeAllConnections' in resource && typeof resource.closeAllConnections === 'function') {
      const closed: unknown = Reflect.apply(Reflect.get(resource, method), resource, []);
      resource.closeAllConnections();
      return closed;
    }
    return Reflect.apply(Reflect.get(resource, method), resource, []);
  };
}
