/**
 * `W` and `S` of `oracle/workers.exs`: a worker that logs its init and terminate in causal order, and what a supervisor says of its
 * children, without pids.
 */
import {
  type Awaitable,
  type ExitReason,
  exit,
  isAlive,
  isPid,
  type MonitorRef,
  monitor,
  type Pid,
  sleep,
  trapExit,
  whereis,
} from '@coppice/core';
import { GenServer, noreply, reply, type Server, type ServerPid, stop, stopInit } from '@coppice/gen-server';
import {
  type ChildSpec,
  type DynamicSupervisorRef,
  Supervisor,
  type SupervisorRef,
} from '@coppice/supervisor';
import type { Oracle } from './oracle.ts';

/** How often a worker was started; kept across its restarts. */
export interface Counter {
  starts: number;
}
/** Restarts of a gated worker fail until it is open. */
export class Gate {
  #isOpen = false;

  get isOpen(): boolean {
    return this.#isOpen;
  }

  open(): void {
    this.#isOpen = true;
  }
}

export interface WorkerOptions {
  readonly trap?: boolean;
  readonly counter?: Counter;
  /** What `init` returns, or resolves with, at start number `n` (from 0); `'go'`: the usual state. */
  readonly init?: (n: number) => unknown;
  /** Ms that `terminate` takes. */
  readonly hang?: number;
  readonly terminate?: (reason: ExitReason) => Awaitable<void>;
}
type SpecOptions = WorkerOptions & Pick<ChildSpec, 'restart' | 'shutdown' | 'type' | 'significant'>;
type AnySupervisor = SupervisorRef | DynamicSupervisorRef;
type State = WorkerOptions & { readonly id: string };
interface WorkerProtocol {
  readonly call: { ping(): string };
  readonly cast: { exit(reason: ExitReason): void };
  readonly info: unknown;
  readonly state: State;
}

export class Workers {
  readonly #oracle: Oracle;
  readonly #server: Server<WorkerProtocol, [State]>;

  constructor(oracle: Oracle) {
    this.#oracle = oracle;
    this.#server = defineWorker(oracle);
  }

  spec(id: string, options: SpecOptions = {}): ChildSpec<ServerPid<WorkerProtocol>> {
    const { restart, shutdown, type, significant, ...own } = options;
    const given = Object.entries({ restart, shutdown, type, significant }).filter(([, v]) => v !== undefined);
    return { ...this.#server.childSpec({ id, ...own }, { name: id }), ...Object.fromEntries(given) };
  }

  /** A worker whose first start goes well, and the others when `gate` is open. */
  gated(id: string, gate: Gate, options: SpecOptions = {}): ChildSpec<ServerPid<WorkerProtocol>> {
    const init = (n: number) => (n === 0 || gate.isOpen ? 'go' : stopInit('closed'));
    return this.spec(id, { counter: { starts: 0 }, init, ...options });
  }

  /** Ends the worker as asked; its exit reason. */
  async crash(id: string, reason: ExitReason): Promise<ExitReason> {
    const ref = this.#watch(id);
    this.#server.cast(id, 'exit', reason);
    return this.#oracle.awaitDown(ref);
  }

  /** The same, and waits for its supervisor to have dealt with it. */
  async crashSync(sup: AnySupervisor, id: string, reason: ExitReason): Promise<ExitReason> {
    const ended = await this.crash(id, reason);
    await Supervisor.countChildren(sup);
    return ended;
  }

  async killSync(sup: AnySupervisor, id: string): Promise<ExitReason> {
    const ref = this.#watch(id);
    exit(mustBeAlive(id), 'kill');
    const ended = await this.#oracle.awaitDown(ref);
    await Supervisor.countChildren(sup);
    return ended;
  }

  cast(id: string, reason: ExitReason): void {
    this.#server.cast(id, 'exit', reason);
  }

  #watch(id: string): MonitorRef {
    return monitor(mustBeAlive(id));
  }
}

/** Kills `pid` and waits for its end. */
export async function kill(O: Oracle, pid: Pid<never> | undefined): Promise<void> {
  if (pid === undefined) throw new TypeError('no process to kill');
  exit(pid, 'kill');
  await O.down(pid);
}

/** Stops a supervisor that still runs, and forgets what came of it. */
export async function drop(O: Oracle, sup: SupervisorRef & Pid<never>): Promise<void> {
  if (isAlive(sup)) await Supervisor.stop(sup);
  await O.mailbox();
  O.takeLog();
}

/** Waits until the child runs; its name is taken in a start that fails, too. */
export function isUp(O: Oracle, sup: SupervisorRef | DynamicSupervisorRef, child?: string): Promise<unknown> {
  return O.waitUntil(async () => {
    const children = await Supervisor.whichChildren(sup);
    return children.filter(({ id }) => id === child).every((info) => isPid(info.child));
  });
}

/** `which_children` with `'pid'` in place of pids, in the order returned. */
export async function which(sup: SupervisorRef): Promise<readonly unknown[]> {
  const children = await Supervisor.whichChildren(sup);
  return children.map(({ id, child, type, modules }) => [id, presence(child), type, modules]);
}

export async function ids(sup: SupervisorRef): Promise<readonly unknown[]> {
  const children = await Supervisor.whichChildren(sup);
  return children.map(({ id, child }) => [id, presence(child)]);
}

function presence(child: Pid<never> | 'restarting' | undefined): string {
  if (child === undefined) return 'undefined';
  return child === 'restarting' ? child : 'pid';
}

function mustBeAlive(id: string): Pid<never> {
  const pid = whereis(id);
  if (pid === undefined) throw new TypeError(`no worker ${id}`);
  return pid;
}

function defineWorker(O: Oracle): Server<WorkerProtocol, [State]> {
  const started = (state: State, result: unknown): State => {
    O.log([result === 'go' ? 'init' : 'init_not_ok', state.id]);
    return result === 'go' ? state : (result as State); // whatever the scenario wants `init` to return
  };
  return GenServer.define('W', {
    init(state: State): Awaitable<State> {
      if (state.trap) trapExit(true);
      const n = state.counter?.starts ?? 0;
      if (state.counter !== undefined) state.counter.starts++;
      const result = state.init === undefined ? 'go' : state.init(n);
      return result instanceof Promise
        ? result.then((later: unknown) => started(state, later))
        : started(state, result);
    },
    call: { ping: (state) => reply('pong', state) },
    cast: { exit: (state, reason: ExitReason) => stop(reason, state) },
    handleInfo: (_: unknown, state) => noreply(state),
    async terminate(reason, { id, hang, terminate }) {
      O.log(['terminate', id, reason]);
      if (hang !== undefined) {
        await sleep(hang);
        O.log(['terminate_done', id]);
      }
      await terminate?.(reason);
    },
  });
}
