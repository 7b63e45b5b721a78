/** Nodes as their users see them. OTP: a node; each is an isolated world of processes, names and timers. */
import type { Body, Context } from './context.ts';
import { caller } from './current.ts';
import { route } from './delivery.ts';
import { onProcessExit } from './exit-hook.ts';
import { describe } from './format.ts';
import type { LingeringCode } from './lingering.ts';
import type { Sendable } from './message.ts';
import { type NodeOptions, NodeState } from './node.ts';
import type { Pid } from './pid.ts';
import type { Awaitable, Process } from './process.ts';
import { infoOf, type ProcessInfo } from './process-info.ts';
import { type RunOptions, runOn } from './run.ts';
import { isService } from './service.ts';
import { requireIsolation, type SpawnOptions, spawnFrom } from './spawn.ts';
import { requireTimeout, type Timeout } from './timeout.ts';

/** An isolated world of processes, names and timers. Not called `Node`: that is the DOM's global type. */
export interface CoppiceNode {
  readonly name: string;
  /** What code outside of the node's processes, such as `spawn` of this object, counts as. */
  readonly main: Pid<never>;
  spawn<M = never>(body: Body<M>, options?: SpawnOptions<NoInfer<Pid<Sendable<M>>>>): Pid<Sendable<M>>;
  /** Runs `body` as a process of this node; resolves with its value, rejects with `ExitError` when it exits without one. */
  run<T, M = never>(body: (context: Context<M>) => Awaitable<T>, options?: RunOptions): Promise<T>;
  /** Ends every process but main, the node's services first: `shutdown`, then `kill` after `timeout` ms (default 5000). Resolves when all have ended. */
  stop(options?: { readonly timeout?: Timeout }): Promise<void>;
  /** Live processes, main among them. */
  processes(): readonly Pid<never>[];
  /** A process as it is now; `undefined` when it is dead. Needs no calling process. */
  info(pid: Pid<never>): ProcessInfo | undefined;
  /** Processes that have exited and whose code has not come to its end. */
  lingering(): readonly LingeringCode[];
  /** How much of each kind there is: what a leak check compares. */
  statistics(): NodeStatistics;
}

/** Sizes of a node's tables. */
export interface NodeStatistics {
  /** Live processes, main among them. */
  readonly processes: number;
  readonly names: number;
  /** Running timers of users: sleeps, timeouts, messages to come. */
  readonly timers: number;
  /** Processes that have exited and whose code has not come to its end. */
  readonly lingering: number;
  /** Longest time for which the scheduler kept the event loop, in ms. */
  readonly longestSliceMs: number;
}

/** Makes a node. Throws `TypeError` or `RangeError` for bad options. */
export function createNode(options: NodeOptions = {}): CoppiceNode {
  requireOptions(options);
  return handleOf(new NodeState(options));
}

/** Name of the caller's node. OTP: `node/0`. */
export function nodeName(): string {
  return caller().host.name;
}

/** Identity of the caller's node, for what a package keeps per node: the key of a `WeakMap`. Two nodes may have one name. */
export function nodeKey(): object {
  return caller().host;
}

function handleOf(state: NodeState): CoppiceNode {
  return {
    name: state.name,
    main: state.main.pid,
    spawn: (body, options) => spawnFrom(state, state.main, body, options).pid,
    run: (body, options) => runOn(state, state.main, body, options),
    stop: (options) => stopAll(state, options?.timeout ?? 5_000),
    processes: () => state.processes().map((process) => process.pid),
    info: infoOf,
    lingering: () => state.lingering.list(),
    statistics: () => ({
      processes: state.population,
      names: state.names.size,
      timers: state.timers.holding,
      lingering: state.lingering.size,
      longestSliceMs: state.runQueue.longestSliceMs,
    }),
  };
}

async function stopAll(state: NodeState, timeout: Timeout): Promise<void> {
  requireTimeout(timeout, 'timeout');
  const kill = (): void => signalAll(state, others(state), 'kill');
  const timer = timeout === 'infinity' ? undefined : state.timers.start(timeout, kill, true);
  await shutDown(state, others(state).filter(isService));
  await shutDown(state, others(state));
  if (timer !== undefined) state.timers.cancel(timer);
  if (others(state).length > 0) await stopAll(state, timeout); // started meanwhile
}

async function shutDown(state: NodeState, processes: readonly Process[]): Promise<void> {
  const ended = Promise.all(processes.map(whenEnded));
  signalAll(state, processes, 'shutdown');
  await ended;
}

function others(state: NodeState): Process[] {
  return state.processes().filter((process) => process !== state.main);
}

function signalAll(state: NodeState, processes: readonly Process[], reason: 'shutdown' | 'kill'): void {
  for (const { pid } of processes)
    route({ kind: 'exit', to: pid, from: state.main.pid, reason, link: undefined });
}

function whenEnded(process: Process): Promise<void> {
  return new Promise((resolve) => onProcessExit(process.pid, () => resolve()));
}

function requireOptions(options: NodeOptions): void {
  const { name, scheduler, clock, longScheduleMs } = options;
  if (name !== undefined && (typeof name !== 'string' || name === ''))
    throw new TypeError(`name must be a non-empty string, got ${describe(name)}`);
  if (scheduler !== undefined && typeof scheduler.next !== 'function')
    throw new TypeError(`scheduler must have next(ready), got ${describe(scheduler)}`);
  if (clock !== undefined && typeof clock.schedule !== 'function')
    throw new TypeError(`clock must have now, wallTime and schedule, got ${describe(clock)}`);
  if (longScheduleMs !== undefined && !(longScheduleMs > 0))
    throw new RangeError(`longScheduleMs must be more than 0, got ${longScheduleMs}`);
  requireIsolation(options.isolation);
}
