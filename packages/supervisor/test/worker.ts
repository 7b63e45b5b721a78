/** A worker that logs its init and its terminate, and what tests do with one. */
import {
  type Awaitable,
  type Down,
  type ExitReason,
  exit,
  formatValue,
  isDown,
  monitor,
  type Pid,
  receive,
  sleep,
  subscribe,
  trapExit,
  whereis,
} from '@coppice/core';
import { GenServer, noreply, reply, type Server, type ServerPid, stop } from '@coppice/gen-server';
import {
  type ChildSpec,
  type DynamicSupervisorRef,
  Supervisor,
  type SupervisorRef,
} from '@coppice/supervisor';

/** Reports have a listener, so that they are not written to stderr. */
subscribe('coppice.supervisor.report', () => {});

export interface WorkerOptions {
  readonly trap?: boolean;
  /** What `init` does at start number `n`, from 1; to fail, it throws or gives a `stopInit`. */
  readonly init?: (n: number) => unknown;
  /** Ms that `terminate` takes. */
  readonly hang?: number;
  readonly terminate?: (reason: ExitReason) => Awaitable<void>;
}

export interface WorkerProtocol {
  readonly call: { ping(): string };
  readonly cast: { exit(reason: ExitReason): void };
  readonly info: unknown;
  readonly state: State;
}
export type WorkerPid = ServerPid<WorkerProtocol>;

interface State extends WorkerOptions {
  readonly id: string;
}

type SpecOptions = WorkerOptions & Pick<ChildSpec, 'restart' | 'shutdown' | 'type' | 'significant'>;

/** Workers of one test, their starts and their log. */
export class Workers {
  readonly #starts = new Map<string, number>();
  #log: string[] = [];
  readonly #server: Server<WorkerProtocol, [State]>;

  constructor() {
    const started = (id: string): number => {
      const n = (this.#starts.get(id) ?? 0) + 1;
      this.#starts.set(id, n);
      return n;
    };
    const log = (event: string): number => this.#log.push(event);
    this.#server = GenServer.define('Worker', {
      init: (state: State): State => {
        if (state.trap === true) trapExit(true);
        const result = state.init?.(started(state.id)) ?? state;
        log(result === state ? `+${state.id}` : `?${state.id}`);
        return result as State; // whatever a test wants `init` to return
      },
      call: { ping: (state) => reply('pong', state) },
      cast: { exit: (state, reason: ExitReason) => stop(reason, state) },
      handleInfo: (_: unknown, state) => noreply(state),
      terminate: async (reason, { id, hang, terminate }) => {
        log(`-${id} ${formatValue(reason)}`);
        if (hang !== undefined) await sleep(hang);
        await terminate?.(reason);
      },
    });
  }

  /** Registered under its id. */
  spec(id: string, options: SpecOptions = {}): ChildSpec<WorkerPid> {
    const { restart, shutdown, type, significant, ...own } = options;
    const given = Object.entries({ restart, shutdown, type, significant }).filter(
      ([, value]) => value !== undefined,
    );
    return { ...this.#server.childSpec({ id, ...own }, { name: id }), ...Object.fromEntries(given) };
  }

  /** Without a name, for dynamic supervisors. */
  nameless(id: string, options: SpecOptions = {}): ChildSpec<WorkerPid> {
    const { restart, shutdown, type, significant, ...own } = options;
    const given = Object.entries({ restart, shutdown, type, significant }).filter(
      ([, value]) => value !== undefined,
    );
    return { ...this.#server.childSpec({ id, ...own }, { id }), ...Object.fromEntries(given) };
  }

  /** How often a worker was started. */
  starts(id: string): number {
    return this.#starts.get(id) ?? 0;
  }

  /** What was logged since the last time, as one line: `+a`: init, `?a`: init that did not start it, `-a reason`: terminate. */
  log(): string {
    const log = this.#log.join(', ');
    this.#log = [];
    return log;
  }

  /** Ends a worker from inside. Resolves with the reason when it has ended. */
  async crash(worker: string | Pid<never>, reason: ExitReason): Promise<ExitReason> {
    const pid = pidOf(worker);
    const end = ended(pid);
    GenServer.cast(pid as WorkerPid, 'exit', reason); // all workers are of this kind
    return end;
  }

  /** Crashes a worker, and waits until its supervisor has dealt with that. */
  async crashUnder(
    supervisor: SupervisorRef | DynamicSupervisorRef,
    worker: string | Pid<never>,
    reason: ExitReason,
  ): Promise<void> {
    await this.crash(worker, reason);
    await Supervisor.countChildren(supervisor);
  }
}

/** Kills a process and waits until its supervisor has dealt with that. */
export async function killUnder(
  supervisor: SupervisorRef | DynamicSupervisorRef,
  worker: string | Pid<never>,
): Promise<void> {
  const pid = pidOf(worker);
  const end = ended(pid);
  exit(pid, 'kill');
  await end;
  await Supervisor.countChildren(supervisor);
}

/** The reason for which `pid` ends. */
export async function ended(pid: Pid<never>): Promise<ExitReason> {
  const ref = monitor(pid);
  const down = await receive((message): message is Down => isDown(message) && message.ref === ref);
  return down.reason;
}

/** `[id, 'pid' | 'restarting' | undefined]` of each child, last started first. */
export async function children(
  supervisor: SupervisorRef | DynamicSupervisorRef,
): Promise<readonly unknown[]> {
  const infos = await Supervisor.whichChildren(supervisor);
  return infos.map(({ id, child }) => [id, child === undefined || child === 'restarting' ? child : 'pid']);
}

function pidOf(worker: string | Pid<never>): Pid<never> {
  const pid = typeof worker === 'string' ? whereis(worker) : worker;
  if (pid === undefined) throw new TypeError(`no worker ${String(worker)}`);
  return pid;
}
