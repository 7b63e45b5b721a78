/**
 * Sessions that end when nobody has used them for a while. They are read from a table, without asking a process; the store writes it and sweeps out, now
 * and then, what has expired. The table outlives the store.
 */
import { randomBytes } from 'node:crypto';
import {
  type ChildSpec,
  Ets,
  type EtsTransfer,
  GenServer,
  monotonicTime,
  noreply,
  reply,
  Supervisor,
  self,
  sendInterval,
} from 'coppice';
import * as TableKeeper from './table-keeper.ts';

export interface Session {
  readonly user: string;
  /** It ends so long after its last use. */
  readonly lifetimeMs: number;
  /** By `monotonicTime`: a clock that is set ends no session. */
  readonly expiresMs: number;
}

export interface Options {
  /** From one sweep to the next. */
  readonly sweepMs: number;
  /** Runs in the store, once the session is gone. */
  readonly onExpiry?: (session: Session) => void;
}

interface Sweep {
  readonly type: 'sweep';
}

const sessions = Ets.name<string, Session>('sessions');
const Keeper = TableKeeper.define(sessions);

const Store = GenServer.define('SessionStore', {
  init: async (options: Options) => {
    await Keeper.claim(self<EtsTransfer>());
    sendInterval(self<Sweep>(), { type: 'sweep' }, options.sweepMs);
    return options;
  },
  call: {
    create: (options, session: Omit<Session, 'expiresMs'>) => {
      const id = randomBytes(32).toString('base64url');
      Ets.insert(sessions, id, { ...session, expiresMs: monotonicTime() + session.lifetimeMs });
      return reply(id, options);
    },
    remove: (options, id: string) => {
      Ets.delete(sessions, id);
      return reply(undefined, options);
    },
  },
  cast: {
    renew: (options, id: string) => {
      Ets.update(sessions, id, (session) => ({
        ...session,
        expiresMs: monotonicTime() + session.lifetimeMs,
      }));
      return noreply(options);
    },
  },
  info: {
    sweep: (options, _sweep: Sweep) => {
      for (const [id, session] of Ets.match(sessions, (_id, session) => hasExpired(session))) {
        Ets.delete(sessions, id); // first: if `onExpiry` crashes the store, the next one does not find the session again
        options.onExpiry?.(session);
      }
      return noreply(options);
    },
    'ETS-TRANSFER': (options, _claimed: EtsTransfer) => noreply(options),
  },
});
const store = Store.name('session_store');

/** `rest_for_one`: a store that ends leaves the keeper alone; without its keeper it has no heir and starts anew, too. */
export function childSpec(options: Options): ChildSpec {
  const children = [Keeper.childSpec(), Store.childSpec(options, { name: store })];
  return Supervisor.childSpec(children, { name: 'sessions', strategy: 'rest_for_one' });
}

/** Gives the id of a new session. */
export function create(user: string, lifetimeMs: number): Promise<string> {
  return Store.call(store, 'create', { user, lifetimeMs });
}

/** The session, which begins its time anew; `undefined` if it has ended. Waits for nobody. */
export function find(id: string): Session | undefined {
  const session = Ets.lookup(sessions, id);
  if (session === undefined || hasExpired(session)) return undefined;
  Store.cast(store, 'renew', id);
  return session;
}

export function remove(id: string): Promise<void> {
  return Store.call(store, 'remove', id);
}

function hasExpired({ expiresMs }: Session): boolean {
  return expiresMs <= monotonicTime();
}
