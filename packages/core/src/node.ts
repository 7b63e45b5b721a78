/** A node: what its processes share. OTP: a node. Made by `createNode`; the program's own is made with the first process. */
import { nanoid } from 'nanoid';
import { type Clock, holdProgram, realClock } from './clock.ts';
import { apply } from './delivery.ts';
import { Fifo } from './fifo.ts';
import type { Isolation } from './isolation.ts';
import { LingeringProcesses } from './lingering.ts';
import { type Code, type Host, Process } from './process.ts';
import { ProcessTable } from './process-table.ts';
import { BatchQueue, type RunQueue, type Scheduler, SteppedQueue, type Work } from './scheduler.ts';
import type { Signal } from './signal.ts';
import { TimerQueue } from './timer-queue.ts';
import { turn } from './turn.ts';

/** How a node is made. */
export interface NodeOptions {
  /** Default: a random one. */
  readonly name?: string;
  /** A test's order; the node then runs one turn at a time. Default: first-in first-out. */
  readonly scheduler?: Scheduler;
  /** Default: real time. */
  readonly clock?: Clock;
  /** Default `'share'`. */
  readonly isolation?: Isolation;
  /** A handler that held the thread for longer is reported on `coppice.process.long_schedule`; default: none is. See `longSchedule`. */
  readonly longScheduleMs?: number;
  /** Records where each process was spawned, for reports of lingering code. Costs some microseconds per spawn; default `false`. */
  readonly spawnSites?: boolean;
  /**
   * Called when nothing is runnable and no signal is queued: where a simulation moves its time. `again` has it called once more
   * after another round of the event loop, if still nothing is.
   */
  readonly onIdle?: (again: () => void) => void;
}

export class NodeState implements Host, Work {
  readonly name: string;
  readonly creation: number;
  readonly clock: Clock;
  readonly timers: TimerQueue;
  readonly isolation: Isolation;
  readonly isStepped: boolean;
  longScheduleMs: number;
  readonly names: Map<string, Process> = new Map();
  readonly condemned: Set<Process> = new Set();
  readonly lingering: LingeringProcesses;
  readonly runQueue: RunQueue;
  /** The process that top-level code, or whoever uses the node from outside, runs as. */
  main: Process;
  renewMain: (() => void) | undefined;
  readonly #signals = new Fifo<Signal>();
  readonly #table = new ProcessTable();
  readonly #spawnSites: boolean;
  readonly #onIdle: NodeOptions['onIdle'];
  readonly #again = (): void => this.runQueue.arm();
  #lastId = 0;
  #release: (() => void) | undefined;

  constructor(options: NodeOptions) {
    this.name = options.name ?? nanoid();
    this.clock = options.clock ?? realClock;
    this.creation = this.clock.wallTime();
    this.isolation = options.isolation ?? 'share';
    this.isStepped = options.scheduler !== undefined;
    this.longScheduleMs = options.longScheduleMs ?? Number.POSITIVE_INFINITY;
    this.#spawnSites = options.spawnSites ?? false;
    this.#onIdle = options.onIdle;
    this.timers = new TimerQueue(this.clock, () => this.runQueue.arm());
    this.lingering = new LingeringProcesses(this.timers);
    this.runQueue =
      options.scheduler === undefined
        ? new BatchQueue(this, () => this.clock.now())
        : new SteppedQueue(this, options.scheduler);
    this.main = this.makeMain();
  }

  /** Makes a process that top-level code can run as. */
  makeMain(): Process {
    const main = this.create(undefined, undefined);
    main.rare.initialCall = 'main';
    main.begin(); // whoever calls from outside is its code
    return main;
  }

  /** Live processes, main among them. */
  get population(): number {
    return this.#table.size;
  }

  get isQuiet(): boolean {
    return this.#signals.length === 0;
  }

  create(parent: Process | undefined, code: Code): Process {
    this.#lastId += 1;
    const process = new Process(this, this.#lastId, parent, code);
    this.#table.add(process);
    const groupLeader = parent?.extension?.groupLeader;
    if (groupLeader !== undefined) process.rare.groupLeader = groupLeader;
    if (this.#spawnSites) process.rare.spawnSite = new Error('spawn'); // its stack is written when somebody reads it
    return process;
  }

  enqueue(process: Process): void {
    if (process.isQueued || !process.isAlive) return;
    process.isQueued = true;
    this.runQueue.push(process);
  }

  queue(signal: Signal): void {
    this.#signals.push(signal);
    this.runQueue.arm();
  }

  takeQuota(): boolean {
    return this.runQueue.takeQuota();
  }

  forget(process: Process): void {
    this.#table.delete(process);
    if (this.condemned.size > 0) this.condemned.delete(process);
    if (process.isBusy) this.lingering.add(process);
  }

  /** Live processes, oldest first. */
  processes(): Process[] {
    return this.#table.list();
  }

  drain(limit: number): boolean {
    for (let left = limit; left > 0; left -= 1) {
      const signal = this.#signals.shift();
      if (signal === undefined) break;
      apply(signal);
    }
    if (this.#signals.length === 0 && this.condemned.size > 0) this.condemned.clear();
    return this.#signals.length === 0;
  }

  turn(process: Process): void {
    turn(process);
  }

  /** All is done for now: what a user's timer or a waiting main needs of the program is settled here, once, and not at every start and stop of a timer. */
  idle(): void {
    if (this.timers.holding > 0) this.#release ??= holdProgram();
    else {
      this.#release?.();
      this.#release = undefined;
    }
    this.timers.rest();
    this.#onIdle?.(this.#again);
  }
}
