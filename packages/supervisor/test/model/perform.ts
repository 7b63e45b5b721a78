/** Performs a plan on Coppice, in virtual time, and tells what was observed. */
import {
  type ExitReason,
  exit,
  formatValue,
  isDown,
  isPid,
  isShutdown,
  monitor,
  type Pid,
  receive,
  StartError,
  self,
  sleep,
  subscribe,
  trapExit,
} from '@coppice/core';
import { GenServer, ignore, noreply, type Server, type ServerPid, stop, stopInit } from '@coppice/gen-server';
import {
  ChildError,
  type ChildSpec,
  DynamicSupervisor,
  type DynamicSupervisorPid,
  Supervisor,
  type SupervisorPid,
} from '@coppice/supervisor';
import { simulate } from '@coppice/testing';
import type { DynamicNode, DynamicOperation, DynamicPlan } from './dynamic-plan.ts';
import {
  type Operation,
  type Plan,
  type Reason,
  SHORT_MS,
  type SupervisorNode,
  type TreeNode,
  type WorkerNode,
} from './plan.ts';
import type { Observed } from './transcript.ts';

/** Reports have a listener, so that they are not written to stderr. */
subscribe('coppice.supervisor.report', () => {});

/** `seed` fixes the order in which the processes have their turns. */
export function perform(plan: Plan | DynamicPlan, seed: number): Promise<readonly Observed[]> {
  return simulate(() => new Performance().perform(plan), { seed, crashes: 'allowed', lingering: 'allowed' });
}

interface WorkerState {
  readonly node: WorkerNode;
  /** It ends by itself: its `ending` is for when it is told to stop. */
  readonly isLeaving: boolean;
}
interface WorkerProtocol {
  readonly cast: { exit(reason: ExitReason): void };
}

class Performance {
  #log: string[] = [];
  #ends: string[] = [];
  readonly #attempts = new Map<string, number>();
  readonly #lives = new Map<string, number>();
  /** Live processes: what their life is called; and the last one of each id. */
  readonly #running = new Map<Pid<never>, string>();
  readonly #latest = new Map<string, Pid<never>>();
  readonly #worker: Server<WorkerProtocol, [WorkerNode], never> = this.#defineWorker();
  #root: SupervisorPid | undefined;
  /** How the root has ended. */
  #end = '';

  async perform({ root, operations }: Plan | DynamicPlan): Promise<readonly Observed[]> {
    trapExit(true);
    const stopWatching = subscribe('coppice.process.exit', ({ pid, reason }) => this.#noteEnd(pid, reason));
    try {
      await this.#startRoot(root);
      const steps = [await this.#observe('ok')];
      for (const operation of operations) {
        if (this.#root === undefined) break;
        steps.push(await this.#observe(await this.#apply(operation)));
      }
      return steps;
    } finally {
      stopWatching();
    }
  }

  async #startRoot(root: SupervisorNode | DynamicNode): Promise<void> {
    if (root.kind === 'dynamic') {
      this.#root = (await this.#startDynamic(root)) as SupervisorPid; // asked only as what it is
      return;
    }
    try {
      this.#root = (await this.#specOf(root).start()) as SupervisorPid; // the spec of a supervisor
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      this.#end = `did not start: ${text(error.reason)}`;
    }
  }

  async #observe(answer: string): Promise<Observed> {
    const tree = await this.#settle();
    const step = { answer, log: this.#log, ends: this.#ends.toSorted(), tree };
    this.#log = [];
    this.#ends = [];
    return step;
  }

  async #apply(operation: Operation | DynamicOperation): Promise<string> {
    switch (operation.kind) {
      case 'wait':
        await sleep(operation.ms);
        return 'ok';
      case 'exit':
        return this.#exit(operation.id, (pid) =>
          GenServer.cast(pid as ServerPid<WorkerProtocol>, 'exit', reasonOf(operation.reason)),
        ); // only workers are told to exit
      case 'kill':
        return this.#exit(operation.id, (pid) => exit(pid, 'kill'));
      case 'start':
        return this.#ask(operation.supervisor, (supervisor) =>
          Supervisor.startChild(supervisor, this.#specOf(operation.node)),
        );
      case 'terminate':
        return this.#ask(operation.supervisor, (supervisor) =>
          Supervisor.terminateChild(supervisor, operation.id).then(() => 'done'),
        );
      case 'restart':
        return this.#ask(operation.supervisor, (supervisor) =>
          Supervisor.restartChild(supervisor, operation.id),
        );
      case 'delete':
        return this.#ask(operation.supervisor, (supervisor) =>
          Supervisor.deleteChild(supervisor, operation.id).then(() => 'done'),
        );
      case 'start_dynamic':
        return this.#ask(operation.supervisor, (supervisor) =>
          DynamicSupervisor.startChild(asDynamic(supervisor), this.#specOf(operation.node)),
        );
      case 'terminate_dynamic': {
        const pid = this.#latest.get(operation.id);
        if (pid === undefined) return 'skipped';
        return this.#ask(operation.supervisor, (supervisor) =>
          DynamicSupervisor.terminateChild(asDynamic(supervisor), pid).then(() => 'done'),
        );
      }
    }
  }

  async #exit(id: string, end: (pid: Pid<never>) => void): Promise<string> {
    const pid = this.#latest.get(id);
    if (pid === undefined || !this.#running.has(pid)) return 'skipped';
    const ended = untilEnd(pid);
    end(pid);
    await ended;
    return 'ok';
  }

  async #ask(id: string, ask: (supervisor: SupervisorPid) => Promise<unknown>): Promise<string> {
    const pid = this.#latest.get(id);
    if (pid === undefined || !this.#running.has(pid)) return 'skipped';
    try {
      return (await ask(pid as SupervisorPid)) === undefined ? 'ok undefined' : 'ok'; // only supervisors are asked
    } catch (error) {
      if (error instanceof ChildError) return text(error.reason);
      throw error;
    }
  }

  /** Waits until no supervisor has anything left to do and nobody without a supervisor is left; then the tree. */
  async #settle(): Promise<string> {
    for (;;) {
      const [anyone] = this.#running.keys();
      if (this.#root === undefined) {
        if (anyone === undefined) return this.#end;
        await untilEnd(anyone);
        continue;
      }
      const seen = new Set<Pid<never>>([this.#root]);
      const tree = await this.#look(this.#root, seen);
      const orphan = [...this.#running.keys()].find((pid) => !seen.has(pid));
      if (tree === undefined) await this.#letPass();
      else if (orphan === undefined) return tree;
      else await untilEnd(orphan);
    }
  }

  /** `undefined`: something is still going on. */
  async #look(supervisor: Pid<never>, seen: Set<Pid<never>>): Promise<string | undefined> {
    try {
      const children = await Supervisor.whichChildren(supervisor as SupervisorPid); // only supervisors are looked at
      const { specs, active, supervisors, workers } = await Supervisor.countChildren(
        supervisor as SupervisorPid,
      );
      const inside: string[] = [];
      for (const { id, child, type } of children) {
        if (child === 'restarting') return undefined;
        if (isPid(child)) seen.add(child);
        const below = isPid(child) && type === 'supervisor' ? await this.#look(child, seen) : '';
        if (below === undefined) return undefined;
        inside.push(isPid(child) ? `${this.#running.get(child)}${below}` : `${String(id)}=undefined`);
      }
      return `(${inside.join(' ')} | ${specs} ${active} ${supervisors} ${workers})`;
    } catch {
      return undefined; // it has just ended
    }
  }

  async #letPass(): Promise<void> {
    await receive((message) => message === 'nothing', { timeout: 0 });
  }

  #noteEnd(pid: Pid<never>, reason: ExitReason): void {
    const life = this.#running.get(pid);
    if (life === undefined) return;
    this.#running.delete(pid);
    this.#ends.push(`${life} ${text(reason)}`);
    if (pid !== this.#root) return;
    this.#root = undefined;
    this.#end = `ended: ${text(reason)}`;
  }

  #specOf(node: TreeNode): ChildSpec {
    const { id, restart, significant } = node;
    const common = { id, restart, significant };
    if (node.kind === 'worker') {
      const shutdown = node.shutdown === 'short' ? SHORT_MS : node.shutdown;
      return { ...common, shutdown, start: () => this.#worker.startLink(node) };
    }
    return { ...common, shutdown: node.shutdown, type: 'supervisor', start: () => this.#startTree(node) };
  }

  async #startTree(node: SupervisorNode): Promise<SupervisorPid> {
    const { strategy, autoShutdown, maxRestarts, maxSeconds } = node;
    const children = node.children.map((child) => this.#specOf(child));
    const pid = await Supervisor.startLink(children, { strategy, autoShutdown, maxRestarts, maxSeconds });
    this.#begin(node.id, pid);
    return pid;
  }

  async #startDynamic({ id, maxRestarts, maxSeconds, maxChildren }: DynamicNode): Promise<Pid<never>> {
    const pid = await DynamicSupervisor.startLink({ maxRestarts, maxSeconds, maxChildren });
    this.#begin(id, pid);
    return pid;
  }

  #begin(id: string, pid: Pid<never>): string {
    const count = (this.#lives.get(id) ?? 0) + 1;
    const life = `${id}#${count}`;
    this.#lives.set(id, count);
    this.#running.set(pid, life);
    this.#latest.set(id, pid);
    return life;
  }

  #defineWorker(): Server<WorkerProtocol, [WorkerNode], never> {
    const server = GenServer.define('PlannedWorker', {
      init: (node: WorkerNode): WorkerState => this.#initWorker(node),
      cast: { exit: ({ node }, reason: ExitReason) => stop(reason, { node, isLeaving: true }) },
      handleInfo: (_: unknown, state) => noreply(state),
      terminate: (reason, state) => this.#terminateWorker(reason, state),
    });
    return server as unknown as Server<WorkerProtocol, [WorkerNode], never>; // as far as plans use it
  }

  #initWorker(node: WorkerNode): WorkerState {
    if (node.traps) trapExit(true);
    const attempt = this.#attempts.get(node.id) ?? 0;
    this.#attempts.set(node.id, attempt + 1);
    const outcome = node.starts[attempt] ?? 'ok';
    if (outcome === 'ok') this.#log.push(`+${this.#begin(node.id, self())}`);
    else this.#log.push(`${outcome === 'fail' ? '?' : '~'}${node.id}`);
    if (outcome === 'ok') return { node, isLeaving: false };
    return (outcome === 'fail' ? stopInit('nope') : ignore()) as unknown as WorkerState; // results of `init` that are no state
  }

  async #terminateWorker(reason: ExitReason, { node, isLeaving }: WorkerState): Promise<void> {
    this.#log.push(`-${this.#running.get(self())} ${text(reason)}`);
    if (isLeaving || node.ending === 'plain') return;
    if (node.ending !== 'hang') exit(node.ending);
    if (reason === 'shutdown') await sleep('infinity');
  }
}

function asDynamic(supervisor: Pid<never>): DynamicSupervisorPid {
  return supervisor as DynamicSupervisorPid; // only dynamic supervisors have dynamic operations
}

async function untilEnd(pid: Pid<never>): Promise<void> {
  const ref = monitor(pid);
  await receive((message) => isDown(message) && message.ref === ref, { timeout: 'infinity' });
}

function reasonOf(reason: Reason): ExitReason {
  return reason === 'shutdown_term' ? { shutdown: 'x' } : reason;
}

/** A reason as Erlang would write it, without its pids. */
function text(reason: ExitReason): string {
  if (Array.isArray(reason))
    return reason[0] === 'already_started' ? 'already_started' : `{${reason.map(text).join(',')}}`;
  if (!isShutdown(reason)) return formatValue(reason);
  return reason.shutdown === 'x' ? 'shutdown_term' : `{shutdown,${text(reason.shutdown)}}`;
}
