/**
 * A bounded pool: so many workers, each lent to one client at a time; who comes when all are lent waits in line. The pool monitors workers and clients:
 * a worker that dies is replaced, and a client that dies gives back its worker, or its place in the line. Any server can be a worker; it knows
 * nothing of the pool. Erlang: `poolboy`.
 */
import {
  type ChildSpec,
  continueWith,
  type Down,
  DynamicSupervisor,
  demonitor,
  type From,
  GenServer,
  type MonitorRef,
  monitor,
  noreply,
  ok,
  type Pid,
  reply,
  Supervisor,
} from 'coppice';

export interface PoolOptions<W extends Pid<never>> {
  /** Workers, and so clients that are served at a time. */
  readonly size: number;
  readonly worker: ChildSpec<W>;
}

interface State<W> {
  readonly free: readonly W[];
  /** Each with the monitor of its client. */
  readonly lent: ReadonlyMap<W, MonitorRef>;
  readonly line: readonly Waiting<W>[];
}
interface Lent<W> {
  readonly worker: W;
}
interface Waiting<W> {
  readonly from: From<W>;
  readonly client: MonitorRef;
}

/** A pool as a module. Its supervisor has its name. */
export function define<W extends Pid<never>>(name: string, { size, worker }: PoolOptions<W>) {
  const workers = DynamicSupervisor.name(`${name}.workers`);
  const Server = GenServer.define('Pool', {
    init: () => ok<State<W>>({ free: [], lent: new Map(), line: [] }, continueWith('fill')),
    continue: {
      fill: async (state) => {
        const missing = size - state.free.length - state.lent.size;
        const started: W[] = [];
        while (started.length < missing) started.push(await startWorker());
        return noreply(serve({ ...state, free: [...state.free, ...started] }));
      },
    },
    call: {
      checkOut: (state, _: void, from: From<W>) =>
        noreply(serve({ ...state, line: [...state.line, { from, client: monitor(from.pid) }] })),
      count: (state) =>
        reply({ free: state.free.length, lent: state.lent.size, waiting: state.line.length }, state),
    },
    cast: {
      checkIn: (state, { worker }: Lent<W>) => {
        const client = state.lent.get(worker);
        if (client === undefined) return noreply(state); // it has died and been replaced
        demonitor(client, { flush: true });
        return noreply(giveBack(state, worker));
      },
    },
    info: {
      DOWN: (state, down) => noreply(without(state, down), continueWith('fill')),
    },
  });
  const server = Server.name(`${name}.server`);

  /** `temporary`: the pool itself replaces a worker that dies, for it must know the new one. */
  async function startWorker(): Promise<W> {
    const pid = await DynamicSupervisor.startChild(workers, { ...worker, restart: 'temporary' });
    if (pid === undefined) throw new Error('a worker must not ignore its start');
    monitor(pid);
    return pid;
  }

  /** `one_for_all`: only the server knows to whom its workers are lent, so that a new one needs new workers. */
  function childSpec(): ChildSpec {
    const children = [
      DynamicSupervisor.childSpec({ name: workers }),
      Server.childSpec(undefined, { name: server }),
    ];
    return Supervisor.childSpec(children, { name, strategy: 'one_for_all' });
  }

  /**
   * Lends a worker to the caller for `use`, as soon as there is one. For a time limit, call it in a task that has one: a task that is ended
   * gives back its worker, or its place in the line.
   */
  async function withWorker<T>(use: (worker: W) => Promise<T>): Promise<T> {
    const lent = await Server.call(server, 'checkOut', undefined, { timeout: 'infinity' });
    try {
      return await use(lent);
    } finally {
      Server.cast(server, 'checkIn', { worker: lent });
    }
  }

  return { childSpec, withWorker, count: () => Server.call(server, 'count') };
}

/** Lends free workers to those who have waited longest. */
function serve<W>(state: State<W>): State<W> {
  const [worker, ...free] = state.free;
  const [first, ...line] = state.line;
  if (worker === undefined || first === undefined) return state;
  GenServer.reply(first.from, worker);
  return serve({ free, line, lent: new Map(state.lent).set(worker, first.client) });
}

function giveBack<W>(state: State<W>, worker: W): State<W> {
  const lent = new Map(state.lent);
  lent.delete(worker);
  return serve({ ...state, lent, free: [...state.free, worker] });
}

/** Forgets a worker that has ended; takes back what a client had that has. */
function without<W>(state: State<W>, { object, ref }: Down): State<W> {
  for (const [worker, client] of state.lent) {
    if (client === ref) return giveBack(state, worker);
    if (worker !== object) continue;
    demonitor(client, { flush: true });
    return { ...state, lent: new Map([...state.lent].filter(([other]) => other !== worker)) };
  }
  const free = state.free.filter((worker) => worker !== object);
  return { ...state, free, line: state.line.filter(({ client }) => client !== ref) };
}
