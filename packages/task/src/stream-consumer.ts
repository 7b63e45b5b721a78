/**
 * What one iteration of a stream knows, in the process that consumes it: draws items while fewer tasks run than may, and hands out outcomes in their turn.
 * It moves only when the next outcome is asked for, so that it does not run ahead of a slow consumer. OTP: the reduction in Elixir's `Task.Supervised`.
 */
import {
  type Awaitable,
  type CallSite,
  callers,
  ExitError,
  type ExitReason,
  type Failure,
  Gen,
  isExit,
  isReply,
  type Outcome,
  type Pid,
  ProcLib,
  receive,
  self,
  send,
  type Timeout,
  trapExit,
  unlink,
} from '@coppice/core';
import { siteOf } from './answer.ts';
import { type AsSelf, bindToSelf } from './as-self.ts';
import { type Items, StreamInput } from './stream-input.ts';
import {
  type Ended,
  type Progress,
  type StartItem,
  StreamProcess,
  type StreamRequest,
} from './stream-process.ts';

/** How an iteration works. */
export interface StreamPlan {
  readonly maxConcurrency: number;
  readonly ordered: boolean;
  readonly timeout: Timeout;
  readonly onTimeout: 'exit' | 'kill_task';
  readonly zipInputOnExit: boolean;
  /** Whether the tasks end with the consumer. */
  readonly isLinked: boolean;
  /** How the tasks of a consumer are started, given on whose behalf they work. */
  readonly starter: (onBehalfOf: readonly Pid<never>[]) => StartItem;
}

/** A failure with the item that it came of. */
export interface FailureWithInput<out I> extends Failure {
  readonly input: I;
}

/** What is handed out for one item. */
export type StreamOutcome<I> = Outcome<unknown> | FailureWithInput<I>;

export class StreamConsumer<I> {
  readonly #plan: StreamPlan;
  readonly #input: StreamInput<I>;
  readonly #asSelf: AsSelf;
  readonly #site: CallSite;
  #process: Pid<StreamRequest> | undefined;
  /** Items that are still to be sent to the stream's process. */
  #fresh: I[] = [];
  #started = 0;
  /** How many more tasks may run. */
  #room: number;
  #asking: Promise<void> | undefined;
  /** What has ended; each makes room for one task when it is looked at. */
  #ended: readonly Ended[] = [];
  #looked = 0;
  /** Outcomes by their turn. */
  readonly #outcomes = new Map<number, StreamOutcome<I>>();
  #turns = 0;
  #delivered = 0;
  /** Inputs by position, where a failure carries its own. */
  readonly #inputs = new Map<number, I>();
  /** What ends the iteration. */
  #failure: Error | undefined;

  constructor(items: Items<I>, plan: StreamPlan) {
    this.#plan = plan;
    this.#room = plan.maxConcurrency;
    this.#site = siteOf('asyncStream', plan.timeout);
    this.#asSelf = bindToSelf();
    this.#input = new StreamInput(items);
  }

  /** All has been handed out. */
  get isDone(): boolean {
    return this.#input.isExhausted && this.#delivered === this.#started;
  }

  /** An asynchronous iterable owes an item. */
  get awaitsInput(): boolean {
    return this.#input.pending !== undefined;
  }

  /** Starts the stream's process, linked to the consumer; it traps exits if the consumer does. */
  async open(): Promise<void> {
    const trapsExits = trapExit(true);
    trapExit(trapsExits); // the flag can only be read by setting it
    const { starter, timeout, isLinked } = this.#plan;
    const owner = self();
    const process = new StreamProcess({ owner, start: starter([owner, ...callers()]), timeout, isLinked });
    const pid = await ProcLib.start(process, { link: true, trapExit: trapsExits });
    this.#process = pid as Pid<StreamRequest>; // its `init` never ignores, and these are what it handles
  }

  /**
   * The next outcome, if it is there. Draws what there is room for before it looks at one more end: so with a slow consumer as many tasks run as may. Throws
   * what ends the iteration. `undefined`: wait, unless all is done.
   */
  advance(): StreamOutcome<I> | undefined {
    for (;;) {
      const outcome = this.#take();
      if (outcome !== undefined) return outcome;
      if (this.#failure !== undefined) throw this.#failure;
      this.#draw();
      const ended = this.#ended[this.#looked];
      if (ended === undefined) return undefined;
      this.#sendFresh();
      this.#look(ended);
    }
  }

  /** Asks the stream's process what has ended, looks at the first of it, and gives its outcome to `then` if it is its turn. `then` runs as nobody. */
  ask<T>(then: (outcome: StreamOutcome<I> | undefined) => Awaitable<T>): Promise<T> {
    return this.#request(() => {
      const ended = this.#ended[0];
      if (ended !== undefined) this.#look(ended);
      return then(this.#take());
    });
  }

  /** Waits until something has happened: an end, or an item of an iterable that owes one. */
  async wait(): Promise<void> {
    this.#sendFresh();
    if (this.#room < this.#plan.maxConcurrency) {
      this.#asking ??= this.#request(() => {
        this.#asking = undefined;
      });
    }
    // An iterable may take its time: what has ended meanwhile is handed out.
    await Promise.race([this.#asking, this.#input.pending].filter((waiting) => waiting !== undefined));
  }

  /** Kills what runs, waits until it has ended, then closes the iterable. */
  async close(): Promise<void> {
    try {
      await this.#stop();
    } finally {
      await this.#asSelf(() => this.#input.close());
    }
  }

  #take(): StreamOutcome<I> | undefined {
    const outcome = this.#outcomes.get(this.#delivered);
    if (outcome === undefined) return undefined;
    this.#outcomes.delete(this.#delivered);
    this.#delivered += 1;
    return outcome;
  }

  #draw(): void {
    if (this.#room === 0 || this.#input.isExhausted) return;
    for (const item of this.#asSelf(() => this.#input.take(this.#room))) {
      if (this.#plan.zipInputOnExit) this.#inputs.set(this.#started, item);
      this.#started += 1;
      this.#room -= 1;
      this.#fresh.push(item);
    }
  }

  /** One task less runs. */
  #look({ position, outcome, isLate }: Ended): void {
    this.#looked += 1;
    this.#room += 1;
    if (isLate && this.#plan.onTimeout === 'exit') {
      this.#failure = new ExitError('timeout', this.#site);
      return;
    }
    const turn = this.#plan.ordered ? position : this.#turns;
    this.#turns += 1;
    this.#outcomes.set(
      turn,
      outcome.ok ? outcome : this.#failed(isLate ? 'timeout' : outcome.reason, position),
    );
    this.#inputs.delete(position);
  }

  #failed(reason: ExitReason, position: number): StreamOutcome<I> {
    if (!this.#plan.zipInputOnExit) return { ok: false, reason };
    return { ok: false, reason, input: this.#inputs.get(position) as I }; // kept since it was drawn
  }

  #sendFresh(): void {
    if (this.#fresh.length === 0) return;
    this.#asSelf(() => send(this.#opened(), { type: 'start', items: this.#takeFresh() }));
  }

  #takeFresh(): readonly I[] {
    const items = this.#fresh;
    this.#fresh = [];
    return items;
  }

  #request<T>(then: () => Awaitable<T>): Promise<T> {
    const items = this.#takeFresh();
    return this.#asSelf(() => {
      const ref = Gen.sendRequest(this.#opened(), (from): StreamRequest => ({ type: 'next', from, items }));
      return Gen.receiveResponse(ref, 'infinity', (answer) => {
        this.#note(answer);
        return then();
      });
    });
  }

  #note(answer: Gen.Answer | undefined): void {
    this.#looked = 0;
    this.#ended = [];
    if (isReply(answer)) {
      const progress = answer.value as Progress; // its answer to `'next'`
      this.#ended = progress.ended;
      this.#failure = progress.failure;
    } else this.#failure = new ExitError(answer?.reason, this.#site);
  }

  #opened(): Pid<StreamRequest> {
    if (this.#process === undefined) throw new Error('the stream is not open');
    return this.#process;
  }

  async #stop(): Promise<void> {
    const process = this.#process;
    if (process === undefined) return;
    const stop = (from: Gen.From): StreamRequest => ({ type: 'stop', from });
    try {
      await this.#asSelf(() => {
        unlink(process);
        return Gen.call(process, stop, 'infinity', () => this.#site);
      });
    } catch (error) {
      if (!(error instanceof ExitError)) throw error;
      // It was ended by someone else; in a consumer that traps exits its EXIT is there, unless a receive elsewhere takes what comes.
      await this.#asSelf(() =>
        receive((message) => isExit(message) && message.from === process, { timeout: 0 }),
      ).catch(() => {});
    }
  }
}
