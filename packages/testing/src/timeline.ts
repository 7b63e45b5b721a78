/**
 * When virtual time moves. The node says when nothing is runnable; then either someone waits for time to pass here, or all wait, and time
 * goes to the next timer by itself. It stands still while the code of a process awaits the real world: its timeouts are virtual.
 *
 * A promise tells nobody what it waits for. While the code of a process awaits one that is not of the runtime, and Node has work pending
 * that it had not when the simulation began, that is taken for the reason; without such work it is taken to wait for another process.
 */
import { type CoppiceNode, type Pid, realClock } from '@coppice/core';
import { ForeignWork } from './foreign-work.ts';
import { type MoveKind, Moves } from './moves.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** Rounds of the event loop in which a promise that needs no other process would have settled. */
const QUIET_ROUNDS = 8;
/** The same, while it asks for one round after another, as by `setImmediate`. */
const YIELDING_ROUNDS = 1_000;
/** How often the real world is looked at while a process awaits it. */
const LOOK_EVERY_MS = 1;
/** Real time in which nothing happens before a deadlock is told, if all processes wait in the runtime. */
const DEADLOCK_AFTER_MS = 50;
/** The same if one awaits something else: a module that is loaded shows nowhere. */
const DOUBTFUL_DEADLOCK_AFTER_MS = 1_000;
/** Turns without a pause after which what is being stopped is killed. */
const TURNS_TO_STOP = 10_000;

/** Why a test can't go on. */
export type Standstill = 'deadlock' | 'livelock';

export class Timeline {
  readonly #clock: VirtualClock;
  readonly #fail: (standstill: Standstill) => void;
  readonly #maxTurns: number;
  readonly #foreign = new ForeignWork();
  readonly #moves: Moves;
  /** Processes that had a turn since they were last looked at, and those whose code awaited something that is not of the runtime then. */
  readonly #suspects = new Set<Pid<never>>();
  #node: CoppiceNode | undefined;
  #phase: 'running' | 'stopping' | 'stopped' = 'running';
  #again: () => void = () => {};
  #isManual = false;
  #quietRounds = 0;
  #turns = 0;
  #stuckSince: number | undefined;

  /** `fail` is told when nothing can wake the test, or when `maxTurns` were taken without a rest. */
  constructor(clock: VirtualClock, maxTurns: number, fail: (standstill: Standstill) => void) {
    this.#clock = clock;
    this.#maxTurns = maxTurns;
    this.#fail = fail;
    this.#moves = new Moves(clock);
  }

  /** Whether time moves by `advance` and `settle` alone. */
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
    this.#turns += 1;
    this.#moves.turned();
    if (this.#turns === this.#maxTurns && this.#phase === 'running') this.#fail('livelock');
    if (this.#turns > TURNS_TO_STOP && this.#phase === 'stopping') this.#clock.fireNext();
  };

  /** Nothing is runnable. */
  readonly idle = (again: () => void): void => {
    this.#again = again;
    this.#turns = 0;
    const awaitsMore = this.#phase === 'running' && this.#awaitsMore();
    if (awaitsMore && this.#holdsStill(again)) return;
    if (this.#moves.follow() || this.#moveByItself()) again();
    else if (this.#phase === 'running') this.#stand(again, awaitsMore);
  };

  /** Runs until nothing is runnable, then lets `ms` pass; from now on time never moves by itself. */
  advance(ms: number): Promise<void> {
    this.#isManual = true;
    return this.#move('advance', ms);
  }

  /** Runs until nothing is runnable and no timer is pending, for at most `ms`. */
  settle(ms: number): Promise<void> {
    return this.#move('settle', ms);
  }

  /** Runs until nothing is runnable, without moving time; gives up on what never comes to rest. */
  quiesce(): Promise<void> {
    return this.#move('quiesce', 0);
  }

  /** The body is done: time moves by itself, so that what is left comes to its end. */
  stopping(): void {
    this.#phase = 'stopping';
  }

  /** All has stopped: time stands, whatever timers there are. */
  stopped(): void {
    this.#phase = 'stopped';
    this.#foreign.stop();
  }

  #move(kind: MoveKind, ms: number): Promise<void> {
    const moved = this.#moves.add(kind, ms);
    this.#again();
    return moved;
  }

  #moveByItself(): boolean {
    const isFree = this.#phase === 'stopping' || (this.#phase === 'running' && !this.#isManual);
    return isFree && this.#clock.fireNext();
  }

  /** Whether to look again later, because a process awaits the real world; between two pieces of its work nothing may be pending for a round. */
  #holdsStill(again: () => void): boolean {
    if (this.#foreign.isPending && !this.#moves.isQuiescing) this.#lookLater(again);
    else if (this.#isQuiet) return false;
    else {
      this.#quietRounds += 1;
      again();
    }
    return true;
  }

  /** Whether enough rounds have passed in which no process had a turn. */
  get #isQuiet(): boolean {
    if (this.#quietRounds < QUIET_ROUNDS) return false;
    return this.#quietRounds >= YIELDING_ROUNDS || !this.#foreign.isYielding;
  }

  #lookLater(again: () => void): void {
    this.#quietRounds = 0;
    this.#stuckSince = undefined;
    realClock.schedule(LOOK_EVERY_MS, again);
  }

  /** Nothing moves time: a deadlock, unless the real world may still wake someone. */
  #stand(again: () => void, awaitsMore: boolean): void {
    if (this.#foreign.isExpected) return this.#lookLater(again);
    this.#stuckSince ??= realClock.now();
    const limit = awaitsMore ? DOUBTFUL_DEADLOCK_AFTER_MS : DEADLOCK_AFTER_MS;
    if (realClock.now() - this.#stuckSince > limit) this.#fail('deadlock');
    else realClock.schedule(LOOK_EVERY_MS, again);
  }

  /** Whether the code of a process awaits something that is neither of the runtime nor of this timeline. */
  #awaitsMore(): boolean {
    for (const pid of this.#suspects) {
      const isRunning = this.#node?.info(pid)?.status === 'running';
      if (!isRunning || this.#moves.isAwaitedBy(pid)) this.#suspects.delete(pid);
    }
    return this.#suspects.size > 0;
  }
}
