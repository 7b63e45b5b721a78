/** The server of a dynamic supervisor: children come and go, each known by its pid. OTP: Elixir's `DynamicSupervisor`. */
import { GenServer, type Ignore, ignore, reply, type StopInit, stopInit } from '@coppice/gen-server';
import { bindToSelf } from './as-self.ts';
import { whenExited, whenRetryIsDue } from './child-events.ts';
import { countDynamicChildren, describeState, listDynamicChildren } from './child-listing.ts';
import { isOrderlyDynamicEnd } from './child-shutdown.ts';
import type { CompleteSpec } from './child-spec.ts';
import { refused, specOf, startNew, stopAllAtOnce, terminate } from './dynamic-children.ts';
import {
  type CompleteDynamicFlags,
  completeDynamicFlags,
  type DynamicSupervisorFlags,
} from './dynamic-flags.ts';
import { SpecError } from './errors.ts';
import type { SupervisorServer } from './protocol.ts';
import { Supervision } from './supervision.ts';
import type { ServerStart } from './supervisor-module.ts';
import { whenReady } from './when-ready.ts';

/** Makes the behaviour of the dynamic supervisors of `module`. */
export function defineDynamic(module: string): SupervisorServer<ServerStart<DynamicSupervisorFlags>> {
  return GenServer.define(module, {
    trapExit: true,
    init: (given: ServerStart<DynamicSupervisorFlags>) => initialise(module, given),
    call: {
      start_child: (state, spec: CompleteSpec) =>
        whenReady(startNew(state, spec), (outcome) => reply(outcome, state)),
      terminate_child: async (state, pid: unknown) => reply(await terminate(state, pid), state),
      restart_child: (state, _id: unknown) => reply(refused(), state),
      delete_child: (state, _id: unknown) => reply(refused(), state),
      get_childspec: (state, pid: unknown) => reply(specOf(state, pid), state),
      which_children: (state) => reply(listDynamicChildren(state.children), state),
      count_children: (state) => reply(countDynamicChildren(state.children), state),
    },
    cast: { try_again_restart: whenRetryIsDue },
    info: { EXIT: whenExited },
    terminate: (_reason, state) => stopAllAtOnce(state),
    formatStatus: ({ children }) => describeState(children),
  });
}

async function initialise(
  module: string,
  { init, name }: ServerStart<DynamicSupervisorFlags>,
): Promise<Supervision | Ignore | StopInit> {
  const asSelf = bindToSelf();
  const given = await init();
  if (given === 'ignore') return ignore();
  if (typeof given !== 'object' || given === null) return stopInit(['bad_return', [module, 'init', given]]);
  let flags: CompleteDynamicFlags;
  try {
    flags = completeDynamicFlags(given);
  } catch (error) {
    if (error instanceof SpecError) return stopInit(error.reason);
    throw error;
  }
  return new Supervision({
    asSelf,
    flags: flags.common,
    reporter: { module, name },
    maxChildren: flags.maxChildren,
    keepsStopped: false,
    extraArguments: flags.extraArguments,
    isOrderlyEnd: isOrderlyDynamicEnd,
    failureReason: ({ how, reason }) => (how === 'throw' ? { nocatch: reason } : reason),
  });
}
