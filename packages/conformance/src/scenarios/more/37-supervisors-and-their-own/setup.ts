/** What the steps are done with. */
import { type Awaitable, ancestors, ExitError, isAlive, isPid, type Pid } from '@coppice/core';
import { GenServer, type ServerPid } from '@coppice/gen-server';
import { type ChildSpec, Supervisor, type SupervisorFlags, type SupervisorPid } from '@coppice/supervisor';
import { type Doer, defineDoer } from '../../../doer.ts';
import type { Oracle } from '../../../oracle.ts';
import { Workers } from '../../../workers.ts';

/** A supervisor, asked with a timeout. */
type Asked = ServerPid<{ call: { which_children(): unknown } }>;
export interface Setup {
  readonly O: Oracle;
  readonly W: Workers;
  readonly F: Doer;
  /** A child with this name and `init`. */
  readonly child: (id: string, init: () => unknown, options?: Partial<ChildSpec>) => ChildSpec;
  /** A supervisor with these children: what the body gives is observed, what is left is stopped. */
  readonly step: (
    name: string,
    children: readonly ChildSpec[],
    body: (sup: SupervisorPid) => Awaitable<unknown>,
    flags?: Partial<SupervisorFlags>,
  ) => Promise<void>;
  /** A child asks its supervisor, which waits for it. */
  readonly ask: (ms: number) => Promise<void>;
}

export const trap = { trap: true } as const;
export const plain = (): number => 1;

export function setUp(O: Oracle): Setup {
  const F = defineDoer(O, async (reason, state) => {
    O.log(['terminate', reason]);
    if (isFunction(state)) await state();
  });
  return {
    O,
    W: new Workers(O),
    F,
    child: (id, init, options = {}) => ({ ...F.childSpec(init, { name: id }), ...options }),
    async step(name, children, body, flags = {}) {
      const sup = await Supervisor.startLink(children, { strategy: 'one_for_one', ...flags });
      O.step(name, await body(sup));
      if (isAlive(sup)) await Supervisor.stop(sup);
      await O.mailbox();
      O.takeLog();
    },
    async ask(ms) {
      try {
        await GenServer.call(parent() as Pid<never> as Asked, 'which_children', undefined, { timeout: ms });
      } catch (error) {
        if (!(error instanceof ExitError)) throw error;
        O.log(['asked', error.reason]);
      }
    },
  };
}

function isFunction(value: unknown): value is () => Awaitable<void> {
  return typeof value === 'function';
}

/** The supervisor of the calling process. */
export function parent(): SupervisorPid {
  const [first] = ancestors();
  if (!isPid(first)) throw new TypeError('the supervisor has a name');
  return first as SupervisorPid; // who started it
}
