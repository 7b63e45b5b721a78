/**
 * Feature flags, or any configuration that changes while the program runs. Reading asks no process and always works; one server makes the changes, one
 * after another and each as a whole or not at all, and tells those who have subscribed to a flag.
 */
import { type ChildSpec, Ets, GenServer, Registry, reply, Supervisor, send } from 'coppice';
import { defaults, type Flags, problemIn } from './flags.ts';

/** What subscribers get. It has no value: who reads the flag has the latest one. */
export interface FlagChanged {
  readonly type: 'flag_changed';
  readonly flag: keyof Flags;
}

export type Updated =
  | { readonly ok: true; readonly flags: Flags }
  | { readonly ok: false; readonly problem: string };

const table = Ets.name<'flags', Flags>('feature_flags');
const subscribers = Registry.duplicate<keyof Flags, undefined, FlagChanged>('feature_flags.subscribers');

const Server = GenServer.define('FeatureFlags', {
  init: () => undefined,
  call: {
    update: (state, change: (flags: Flags) => Flags) => reply(apply(change), state),
  },
});
const server = Server.name('feature_flags.server');

/** Owns the table: it does nothing but start its children, so it outlives what goes wrong in the server. */
const FlagsSupervisor = Supervisor.define('FeatureFlags.Supervisor', () => {
  Ets.new(table, { protection: 'public' });
  Ets.insert(table, 'flags', defaults);
  return {
    strategy: 'one_for_one',
    children: [Registry.childSpec(subscribers), Server.childSpec(undefined, { name: server })],
  };
});

export const childSpec = (): ChildSpec => FlagsSupervisor.childSpec(undefined, { name: 'feature_flags' });

export function get<F extends keyof Flags>(flag: F): Flags[F] {
  return Ets.lookupElement(table, 'flags', { element: flag });
}

/**
 * Changes flags. What `change` gives is checked: if something is wrong with it, nothing changes, and the result says what. If `change` throws, the server
 * crashes, nothing changes, and this rejects with `ExitError`.
 */
export function update(change: (flags: Flags) => Flags): Promise<Updated> {
  return Server.call(server, 'update', change);
}

/** The caller is sent a `FlagChanged` at each change of `flag`. Subscribe first, then read: the other way round, a change in between is missed. */
export function subscribe(flag: keyof Flags): void {
  Registry.register(subscribers, flag);
}

function apply(change: (flags: Flags) => Flags): Updated {
  const before = Ets.lookupElement(table, 'flags');
  const after = change(before);
  const problem = problemIn(after);
  if (problem !== undefined) return { ok: false, problem };
  Ets.insert(table, 'flags', Object.freeze({ ...after })); // one object: nobody sees half of a change
  for (const flag of Object.keys(after) as (keyof Flags)[]) // checked: there are no others
    if (after[flag] !== before[flag]) tell(flag);
  return { ok: true, flags: after };
}

function tell(flag: keyof Flags): void {
  Registry.dispatch(subscribers, flag, (entries) => {
    for (const { pid } of entries) send(pid, { type: 'flag_changed', flag });
  });
}
