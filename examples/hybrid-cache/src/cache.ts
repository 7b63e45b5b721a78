/**
 * A cache whose hits ask no process: they are read from a table. A miss asks the server that owns the table. It has each key loaded once, however many
 * ask meanwhile, by a task, so that a slow key holds up no other. What was loaded is kept for a time; what failed is not kept.
 */
import {
  type ChildSpec,
  demonitor,
  Ets,
  ExitError,
  type From,
  GenServer,
  type MonitorRef,
  monotonicTime,
  noreply,
  type Outcome,
  reply,
  Supervisor,
  sendAfter,
  TaskSupervisor,
} from 'coppice';

export interface CacheOptions<V> {
  /** Runs in a task. */
  readonly load: (key: string) => Promise<V>;
  /** How long a value is kept. */
  readonly ttlMs: number;
}

interface Entry<V> {
  readonly value: V;
  readonly expiresMs: number;
}
/** What is being loaded, by the reference of its task. */
type Loads<V> = ReadonlyMap<MonitorRef, Load<V>>;
interface Load<V> {
  readonly key: string;
  readonly callers: readonly From<Outcome<V>>[];
}
/** A task's value comes as a message. */
interface Loaded<V> {
  readonly type: 'reply';
  readonly ref: MonitorRef;
  readonly value: V;
}
interface Expired {
  readonly type: 'expired';
  readonly key: string;
}

/** A cache as a module. Its supervisor has its name. */
export function define<V>(name: string, { load, ttlMs }: CacheOptions<V>) {
  const table = Ets.name<string, Entry<V>>(name);
  const tasks = TaskSupervisor.name(`${name}.tasks`);
  const Server = GenServer.define('Cache', {
    init: (): Loads<V> => {
      Ets.new(table);
      return new Map();
    },
    call: {
      fetch: async (loads, key: string, from: From<Outcome<V>>) => {
        const kept = lookup(key); // since the caller looked
        if (kept !== undefined) return reply(kept, loads);
        const ref = taskFor(loads, key) ?? (await TaskSupervisor.asyncNolink(tasks, () => load(key))).ref;
        const callers = [...(loads.get(ref)?.callers ?? []), from];
        return noreply(new Map(loads).set(ref, { key, callers }));
      },
    },
    info: {
      reply: (loads, { ref, value }: Loaded<V>) => {
        demonitor(ref, { flush: true });
        const key = loads.get(ref)?.key;
        if (key !== undefined) keep(key, value);
        return noreply(answer(loads, ref, { ok: true, value }));
      },
      DOWN: (loads, { ref, reason }) => noreply(answer(loads, ref, { ok: false, reason })),
      expired: (loads, { key }: Expired) => {
        if (lookup(key) === undefined) Ets.delete(table, key);
        return noreply(loads);
      },
    },
  });
  const server = Server.name(`${name}.server`);

  function childSpec(): ChildSpec {
    const children = [
      TaskSupervisor.childSpec({ name: tasks }),
      Server.childSpec(undefined, { name: server }),
    ];
    return Supervisor.childSpec(children, { name, strategy: 'one_for_one' });
  }

  /** Waits for a value that must be loaded. If the load fails, or the server ends meanwhile, the outcome says so. */
  async function get(key: string): Promise<Outcome<V>> {
    const kept = lookup(key);
    if (kept !== undefined) return kept;
    try {
      return await Server.call(server, 'fetch', key, { timeout: 'infinity' });
    } catch (error) {
      if (error instanceof ExitError) return { ok: false, reason: error.reason };
      throw error;
    }
  }

  /** Between the end of its owner and the restart there is no table. */
  function lookup(key: string): Outcome<V> | undefined {
    const entry = Ets.whereis(table) && Ets.lookup(table, key);
    return entry && entry.expiresMs > monotonicTime() ? { ok: true, value: entry.value } : undefined;
  }

  function keep(key: string, value: V): void {
    Ets.insert(table, key, { value, expiresMs: monotonicTime() + ttlMs });
    sendAfter(Server.self(), { type: 'expired', key }, ttlMs);
  }

  return { childSpec, get, server };
}

function taskFor<V>(loads: Loads<V>, key: string): MonitorRef | undefined {
  return [...loads.keys()].find((ref) => loads.get(ref)?.key === key);
}

/** Tells all who wait for a load, and forgets it. */
function answer<V>(loads: Loads<V>, ref: MonitorRef, outcome: Outcome<V>): Loads<V> {
  for (const caller of loads.get(ref)?.callers ?? []) GenServer.reply(caller, outcome);
  return new Map([...loads].filter(([other]) => other !== ref));
}
