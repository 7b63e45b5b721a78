/** A plain process that becomes a server. OTP: `gen_server:enter_loop`. */
import {
  ExitError,
  type Name,
  type Pid,
  ProcLib,
  plainName,
  type StandsFor,
  self,
  whereis,
} from '@coppice/core';
import { requireObject } from './argument.ts';
import { proceed } from './callback.ts';
import { isStep, type Step } from './callback-result.ts';
import { definitionOf } from './definition.ts';
import { systemFor } from './loop.ts';
import type { Protocol, StateOf } from './protocol.ts';
import type { Server, StartFlags } from './server.ts';
import { ServerProcess } from './server-process.ts';

/** Options of `enterLoop`. */
export interface LoopOptions extends Pick<StartFlags, 'hibernateAfter'> {
  /** The name that the calling process claims to have. */
  readonly name?: Name | StandsFor<Pid<never>>;
  /** What follows, as after a callback. */
  readonly step?: Step;
}

/**
 * Makes the calling process a server in `state`; its `init` is not called. For a process that has something to do before it
 * can serve. Await it: the promise stays pending while the server runs. The process that spawned it is its parent, whose
 * exit ends it if it traps exits. Rejects with `ExitError` `'process_not_registered'` if `name` is not its own, with
 * `TypeError` outside of a body. OTP: `gen_server:enter_loop/5`.
 */
export function enterLoop<P extends Protocol, A extends readonly unknown[], X>(
  server: Server<P, A, X>,
  state: StateOf<P>,
  options: LoopOptions = {},
): Promise<never> {
  return ProcLib.quietly(enter(server, state, options));
}

async function enter(server: object, state: unknown, options: LoopOptions): Promise<never> {
  const definition = definitionOf(server);
  requireObject(options, 'options');
  if (!isStep(options.step)) throw new TypeError('step must be { timeout }, continueWith(…) or hibernate');
  if (options.name !== undefined) requireOwn(options.name);
  const loop = new ServerProcess(definition, state, ProcLib.parent(), systemFor(options.hibernateAfter));
  const entered = ProcLib.enterLoop(loop);
  proceed(loop, options.step);
  return entered;
}

function requireOwn(name: Name | StandsFor<Pid<never>>): void {
  const plain = plainName(name);
  if (whereis(plain) === self()) return;
  if (typeof plain === 'object' && 'global' in plain) throw new ExitError('process_not_registered_globally');
  if (typeof plain === 'object' && 'via' in plain) throw new ExitError('process_not_registered_via');
  throw new ExitError('process_not_registered');
}
