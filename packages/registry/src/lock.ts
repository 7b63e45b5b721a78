/** Work that one process at a time may do. */
import { type Awaitable, ProcLib, requireFunction, termKey } from '@coppice/core';
import { GenServer } from '@coppice/gen-server';
import { type AnyRegistryName, running } from './running-registry.ts';

/**
 * Runs `fn` in the calling process while nobody else holds the lock `key` of this registry; others wait in order. Resolves or rejects as `fn` does.
 * The lock is free again when `fn` has ended, or its process has. Lock keys are apart from the keys that processes register under. It waits for
 * ever, and a holder that asks for its own lock waits for itself. Rejects with `ExitError` if the registry stops meanwhile. OTP: `Registry.lock/3`.
 */
export function lock<T>(registry: AnyRegistryName, key: unknown, fn: () => Awaitable<T>): Promise<T> {
  return ProcLib.quietly(runLocked(registry, key, fn)); // a waiting process may be killed, and nobody is there to hear of it
}

async function runLocked<T>(registry: AnyRegistryName, key: unknown, fn: () => Awaitable<T>): Promise<T> {
  requireFunction(fn, 'fn');
  const keeper = running(registry).lockKeeper;
  const ref = await GenServer.call(keeper, 'lock', termKey(key), { timeout: 'infinity' });
  try {
    return await fn();
  } finally {
    GenServer.cast(keeper, 'unlock', ref);
  }
}
