/** Ending a server from outside, in order. OTP: `proc_lib:stop`, `sys:terminate`. */
import {
  type CallSite,
  demonitor,
  ExitError,
  type ExitReason,
  Gen,
  ProcLib,
  requireTimeout,
  sameTerm,
  self,
  type Timeout,
} from '@coppice/core';
import { type AnyRef, findServer, untyped } from './call.ts';
import type { SystemMessage } from './message.ts';

/**
 * Ends a server: `terminate(reason)`, then its exit, which this waits for. Messages that it already has go first.
 * Rejects with `ExitError`: `'noproc'`, `'calling_self'`, `'timeout'` (default `'infinity'`; the server is ending all
 * the same), or the reason with which it really ended, if that is another. OTP: `GenServer.stop/3`.
 */
export function stopServer(
  server: AnyRef,
  reason: ExitReason = 'normal',
  timeout: Timeout = 'infinity',
): Promise<void> {
  return ProcLib.quietly(terminate(server, reason, timeout));
}

async function terminate(server: AnyRef | undefined, reason: ExitReason, timeout: Timeout): Promise<void> {
  requireTimeout(timeout, 'timeout');
  const site: CallSite = { module: 'GenServer', function: 'stop', args: [untyped(server), reason, timeout] };
  if (server === undefined) throw new ExitError('noproc', site);
  if (findServer(server) === self()) throw new ExitError('calling_self', site);
  const ref = Gen.sendRequest(
    server,
    (from): SystemMessage => ({ type: '$system', from, request: 'terminate', reason }),
  );
  const down = await Gen.wait(ref, timeout);
  if (down === undefined) {
    demonitor(ref, { flush: true });
    throw new ExitError('timeout', site);
  }
  if (down.type === 'DOWN' && !sameTerm(down.reason, reason)) throw new ExitError(down.reason, site);
}
