/** The server of a static supervisor: its children are known by id and keep their order. OTP: `supervisor`, but for `simple_one_for_one`. */
import { GenServer, type Ignore, ignore, reply, type StopInit, stopInit } from '@coppice/gen-server';
import { bindToSelf } from './as-self.ts';
import { whenExited, whenRetryIsDue } from './child-events.ts';
import { countChildren, describeState, listChildren } from './child-listing.ts';
import { isOrderlyEnd } from './child-shutdown.ts';
import { type ChildSpecOf, type CompleteSpec, completeSpecs } from './child-spec.ts';
import { SpecError } from './errors.ts';
import type { SupervisorServer } from './protocol.ts';
import { remove, restart, specOf, startAll, startNew, stopAll, terminate } from './static-children.ts';
import { Supervision } from './supervision.ts';
import { type CompleteFlags, completeFlags, type SupervisorFlags } from './supervisor-flags.ts';
import type { ServerStart } from './supervisor-module.ts';

/** Flags and children: what a module-style supervisor's `init` gives. OTP: `Supervisor.init/2`. */
export interface SupervisorInit extends SupervisorFlags {
  readonly children: readonly ChildSpecOf[];
}

/** Makes the behaviour of the static supervisors of `module`. */
export function defineStatic(module: string): SupervisorServer<ServerStart<SupervisorInit>> {
  return GenServer.define(module, {
    trapExit: true,
    init: (given: ServerStart<SupervisorInit>) => initialise(module, given),
    call: {
      start_child: async (state, spec: CompleteSpec) => reply(await startNew(state, spec), state),
      terminate_child: async (state, id: unknown) => reply(await terminate(state, id), state),
      restart_child: async (state, id: unknown) => reply(await restart(state, id), state),
      delete_child: (state, id: unknown) => reply(remove(state, id), state),
      get_childspec: (state, id: unknown) => reply(specOf(state, id), state),
      which_children: (state) => reply(listChildren(state.children), state),
      count_children: (state) => reply(countChildren(state.children), state),
    },
    cast: { try_again_restart: whenRetryIsDue },
    info: { EXIT: whenExited },
    terminate: (_reason, state) => stopAll(state),
    formatStatus: ({ children }) => describeState(children),
  });
}

async function initialise(
  module: string,
  { init, name }: ServerStart<SupervisorInit>,
): Promise<Supervision | Ignore | StopInit> {
  const asSelf = bindToSelf();
  const given = await init();
  if (given === 'ignore') return ignore();
  if (typeof given !== 'object' || given === null) return stopInit(['bad_return', [module, 'init', given]]);
  let flags: CompleteFlags;
  let specs: readonly CompleteSpec[];
  try {
    flags = completeFlags(given);
    specs = completeSpecs(given.children);
  } catch (error) {
    if (error instanceof SpecError) return stopInit(error.reason);
    throw error;
  }
  const supervision = new Supervision({
    asSelf,
    flags,
    reporter: { module, name },
    keepsStopped: true,
    maxChildren: Number.POSITIVE_INFINITY,
    extraArguments: [],
    isOrderlyEnd,
    failureReason: ({ how, reason }) => (how === 'raise' || how === 'exit' ? ['EXIT', reason] : reason),
  });
  const failure = await startAll(supervision, specs);
  return failure === undefined ? supervision : stopInit(failure);
}
