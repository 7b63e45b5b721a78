/**
 * When virtual time moves. The node says when nothing is runnable; then either someone waits for time to pass here, or all wait, and time
 * goes to the next timer by itself. It stands still while a process waits for the real world: its timeouts are virtual.
 */
import { type CoppiceNode, onExit, type Pid, ProcessExited, realClock, self } from '@coppice/core';
import { ForeignWork } from './foreign.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** Rounds of the event loop after which a promise that still pends is taken to wait for another process. */
const QUIET_ROUNDS = 3;
/** How often the real world is looked at while a process waits for it. */
const LOOK_EVERY_MS = 1;
/** Real time for which nothing may happen before a deadlock is told: a job of Node's thread pool does not show. */
const DEADLOCK_AFTER_MS = 250;
/** Turns after which what runs is taken never to end. */
const ENDLESS_TURNS = 10_000;
/** Timers after which `settle` without a limit is taken never to end. */
const ENDLESS_TIMERS = 100_000;

/** Someone who waits for time to pass. */
interface Move {
  readonly until: number;
  /** Ends when no timer is pending, too. */
  readonly isSettling: boolean;
  readonly by: Pid<never> | undefined;
  /** Turns or timers that are left to it. */
  left: number;
  done: () => void;
  readonly fail: (error: Error) => void;
}

export class Timeline {
  readonly #clock: VirtualClock;
  readonly #onDeadlock: () => void;
  readonly #foreign = new ForeignWork();
  readonly #moves = new Set<Move>();
  /** Processes that had a turn since they were last looked at, or whose code awaited something that is not of the runtime then. */
  readonly #suspects = new Set<Pid<never>>();
  #node: CoppiceNode | undefined;
  #again: () => void = () => {};
  #isManual = false;
  #isOver = false;
  #quietRounds = 0;
  #stuckSince: number | undefined;

  constructor(clock: VirtualClock, onDeadlock: () => void) {
    this.#clock = clock;
    this.#onDeadlock = onDeadlock;
  }

  /** Whether only `advance` moves time. */
  get isManual(): boolean {
    return this.#isManual;
  }

  /** The node whose time this is. */
  attach(node: CoppiceNode): void {
    this.#node = node;
  }

  /** A process has its turn. */
  readonly picked = (pid: Pid<never>): void => {
    this.#suspects.add(pid);
    this.#quietRounds = 0;
    this.#stuckSince = undefined;
    for (const move of this.#moves) if (!move.isSettling) this.#spend(move);
  };

  /** Nothing is runnable. */
  readonly idle = (again: () => void): void => {
    this.#again = again;
    if (this.#awaitsForeign()) {
      this.#quietRounds += 1;
      if (this.#quietRounds <= QUIET_ROUNDS) return again();
      if (this.#foreign.isPending) {
        this.#quietRounds = 0;
        this.#stuckSince = undefined;
        realClock.schedule(LOOK_EVERY_MS, again);
        return;
      }
    }
    const move = this.#firstMove();
    const { nextDue } = this.#clock;
    if (move !== undefined) this.#follow(move);
    else if (nextDue !== undefined && !this.#isManual) this.#clock.fireNext();
    else return this.#stand(again);
    again();
  };

  /** Runs until nothing is runnable, then lets `ms` pass; from now on time never moves by itself. */
  advance(ms: number): Promise<void> {
    this.#isManual = true;
    return this.#move(this.#clock.now() + ms, false, Number.POSITIVE_INFINITY);
  }

  /** Runs until nothing is runnable and no timer is pending, for at most `ms`. */
  settle(ms: number): Promise<void> {
    const left = ms === Number.POSITIVE_INFINITY ? ENDLESS_TIMERS : Number.POSITIVE_INFINITY;
    return this.#move(this.#clock.now() + ms, true, left);
  }

  /** Runs until nothing is runnable, without moving time; gives up on what never ends. */
  quiesce(): Promise<void> {
    return this.#move(this.#clock.now(), false, ENDLESS_TURNS).catch((error: unknown) => {
      if (error instanceof ProcessExited) throw error;
    });
  }

  /** The test is over: what is left is stopped, and time moves for that. */
  end(): void {
    this.#isOver = true;
    this.#isManual = false;
  }

  #move(until: number, isSettling: boolean, left: number): Promise<void> {
    const node = this.#node;
    if (node === undefined) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const by = callerOf(node);
      const move: Move = { until, isSettling, by, left, done: resolve, fail: reject };
      if (by !== undefined) {
        const forget = onExit(by, (reason) => this.#drop(move, new ProcessExited(by, reason)));
        move.done = () => {
          forget();
          resolve();
        };
      }
      this.#moves.add(move);
      this.#again();
    });
  }

  #follow(move: Move): void {
    const { nextDue } = this.#clock;
    if (nextDue !== undefined && nextDue <= move.until) {
      if (move.isSettling) this.#spend(move);
      return this.#clock.fireNext();
    }
    if (!move.isSettling || nextDue !== undefined) this.#clock.moveTo(move.until);
    this.#moves.delete(move);
    if (move.by !== undefined) this.#suspects.add(move.by);
    move.done();
  }

  #spend(move: Move): void {
    move.left -= 1;
    if (move.left >= 0) return;
    const what = move.isSettling
      ? `${ENDLESS_TIMERS} timers have fired`
      : `${ENDLESS_TURNS} turns were taken`;
    this.#drop(move, new RangeError(`${what}, and there is no end: give settle a limit in milliseconds`));
  }

  #drop(move: Move, error: Error): void {
    if (this.#moves.delete(move)) move.fail(error);
  }

  #firstMove(): Move | undefined {
    let first: Move | undefined;
    for (const move of this.#moves) if (first === undefined || move.until < first.until) first = move;
    return first;
  }

  /** No time will pass: a deadlock, unless the test is over or the real world may wake someone. */
  #stand(again: () => void): void {
    if (this.#isOver) return;
    if (this.#foreign.isPending) this.#stuckSince = undefined;
    else {
      this.#stuckSince ??= realClock.now();
      if (realClock.now() - this.#stuckSince >= DEADLOCK_AFTER_MS) return this.#onDeadlock();
    }
    realClock.schedule(LOOK_EVERY_MS, again);
  }

  /** Whether the code of a process awaits something that is neither of the runtime nor of this timeline. */
  #awaitsForeign(): boolean {
    const waitHere = new Set([...this.#moves].map((move) => move.by));
    for (const pid of this.#suspects) {
      const isRunning = this.#node?.info(pid)?.status === 'running';
      if (!isRunning || waitHere.has(pid)) this.#suspects.delete(pid);
    }
    return this.#suspects.size > 0;
  }
}

/** The calling process, if it is one of the node's. */
function callerOf(node: CoppiceNode): Pid<never> | undefined {
  try {
    const pid = self();
    return node.processes().includes(pid) ? pid : undefined;
  } catch {
    return undefined; // called from outside of any process
  }
}
