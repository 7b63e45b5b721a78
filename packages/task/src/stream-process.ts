/**
 * The process behind one iteration of a stream. It starts the tasks, so that they are linked to it and not to the consumer, times them, and tells the
 * consumer how each has ended when it asks. So leaving a loop is one message, and ends all that runs; and in a consumer that traps exits no EXIT of a task
 * is left behind. OTP: the monitor process of `Task.async_stream`.
 */
import {
  type Awaitable,
  type Behaviour,
  type Down,
  exit,
  Gen,
  isPromiseLike,
  type MonitorRef,
  monitor,
  monotonicTime,
  type Outcome,
  type Pid,
  type Ref,
  self,
  sendAfter,
  type Timeout,
  trapExit,
  unlink,
} from '@coppice/core';
import { type AsSelf, bindToSelf } from './as-self.ts';
import { MaxChildrenError } from './errors.ts';

/** A process that works on one item, monitored by the stream's process. */
export interface StartedItem {
  readonly pid: Pid<never>;
  readonly ref: MonitorRef;
}
/** Starts the process for one item, as the stream's process. Rejects with `MaxChildrenError` if a supervisor has no room for it. */
export type StartItem = (item: unknown) => Awaitable<StartedItem>;

/** How the task of one item has ended. */
export interface Ended {
  /** Number of the item, from 0, in the order in which they came. */
  readonly position: number;
  readonly outcome: Outcome<unknown>;
  /** It was killed because its time was up. */
  readonly isLate: boolean;
}
/** Answer to `'next'`. */
export interface Progress {
  /** In the order of their ends; at least one, unless there is a failure. */
  readonly ended: readonly Ended[];
  /** Why an item could not be started. */
  readonly failure: MaxChildrenError | undefined;
}

/** What the consumer sends. */
export type StreamRequest =
  /** Starts tasks for `items`, then answers with what has ended, as soon as something has. */
  | { readonly type: 'next'; readonly from: Gen.From; readonly items: readonly unknown[] }
  | { readonly type: 'start'; readonly items: readonly unknown[] }
  /** Kills what runs, then answers and ends. */
  | { readonly type: 'stop'; readonly from: Gen.From };

type Message = StreamRequest | Gen.Answer | { readonly type: 'expired' };

interface Running extends StartedItem {
  readonly position: number;
  /** When its time is up, by the node's clock. */
  readonly deadline: number;
  isLate: boolean;
  reply: { readonly value: unknown } | undefined;
}

/** How a stream's process works. */
export interface StreamProcessOptions {
  readonly owner: Pid<never>;
  readonly start: StartItem;
  /** Per item. */
  readonly timeout: Timeout;
  /** Whether the tasks end with the consumer, however it ends. */
  readonly isLinked: boolean;
}

export class StreamProcess implements Behaviour {
  readonly module = 'Task.asyncStream';
  readonly #options: StreamProcessOptions;
  /** In the order of their starts, which is that of their deadlines: one timer at a time serves them all. */
  readonly #running = new Map<Ref, Running>();
  #hasTimer = false;
  #asSelf: AsSelf = (work) => work();
  #ownerRef: MonitorRef | undefined;
  #position = 0;
  #ended: Ended[] = [];
  #failure: MaxChildrenError | undefined;
  /** Where the answer to `'next'` goes, until there is one. */
  #asked: Gen.From | undefined;
  #stopped: Gen.From | undefined;

  constructor(options: StreamProcessOptions) {
    this.#options = options;
  }

  init(): void {
    this.#asSelf = bindToSelf();
    this.#ownerRef = monitor(this.#options.owner);
  }

  handle(received: unknown): Awaitable<void> {
    // Only the consumer, the tasks and the runtime know this process. What else should come is dropped.
    const message = received as Message | null | undefined;
    switch (message?.type) {
      case 'next':
        this.#asked = message.from;
        return this.#startAll(message.items, 0);
      case 'start':
        return this.#startAll(message.items, 0);
      case 'reply':
        return this.#replied(message.ref, message.value);
      case 'DOWN':
        return message.ref === this.#ownerRef ? this.#ownerEnded(message) : this.#taskEnded(message);
      case 'expired':
        return this.#killLate();
      case 'stop':
        return this.#stop(message.from);
      case undefined:
        return;
    }
  }

  #startAll(items: readonly unknown[], from: number): Awaitable<void> {
    for (let index = from; index < items.length; index += 1) {
      const started = this.#options.start(items[index]);
      if (isPromiseLike(started)) return this.#startRest(started, items, index + 1);
      this.#add(started);
    }
    this.#tell();
  }

  /** The mailbox is held meanwhile, so that tasks are started in the order of their items. */
  async #startRest(
    starting: PromiseLike<StartedItem>,
    items: readonly unknown[],
    next: number,
  ): Promise<void> {
    try {
      const started = await starting;
      await this.#asSelf(() => {
        this.#add(started);
        return this.#startAll(items, next);
      });
    } catch (error) {
      if (!(error instanceof MaxChildrenError)) throw error;
      this.#failure = error;
      this.#asSelf(() => this.#tell());
    }
  }

  #add({ pid, ref }: StartedItem): void {
    const { timeout } = this.#options;
    const deadline = timeout === 'infinity' ? Number.POSITIVE_INFINITY : monotonicTime() + timeout;
    this.#running.set(ref, { pid, ref, position: this.#position, deadline, isLate: false, reply: undefined });
    this.#position += 1;
    if (!this.#hasTimer) this.#startTimer(deadline);
  }

  /** A task counts until its process has ended, so that no more of them run than may. */
  #replied(ref: Ref, value: unknown): void {
    const task = this.#running.get(ref);
    if (task !== undefined) task.reply = { value };
  }

  #taskEnded({ ref, reason }: Down): void {
    const task = this.#running.get(ref);
    if (task === undefined) return;
    this.#running.delete(ref);
    const { position, isLate, reply } = task;
    // A reply that came before the end counts, however the process ended.
    const outcome: Outcome<unknown> =
      reply === undefined ? { ok: false, reason } : { ok: true, value: reply.value };
    this.#ended.push({ position, outcome, isLate: isLate && !outcome.ok });
    this.#tell();
    this.#endIfStopped();
  }

  #killLate(): void {
    this.#hasTimer = false;
    const now = monotonicTime();
    for (const task of this.#running.values()) {
      if (task.deadline > now) return this.#startTimer(task.deadline);
      if (task.isLate) continue;
      task.isLate = true;
      unlink(task.pid);
      exit(task.pid, 'kill');
    }
  }

  #startTimer(deadline: number): void {
    if (deadline === Number.POSITIVE_INFINITY) return;
    this.#hasTimer = true;
    sendAfter(self<Message>(), { type: 'expired' }, Math.max(0, deadline - monotonicTime()));
  }

  #tell(): void {
    if (this.#asked === undefined || (this.#ended.length === 0 && this.#failure === undefined)) return;
    const progress: Progress = { ended: this.#ended, failure: this.#failure };
    Gen.reply(this.#asked, progress);
    this.#ended = [];
    this.#asked = undefined;
  }

  #stop(from: Gen.From): void {
    trapExit(true); // the ends of linked tasks must not be that of this process
    this.#stopped = from;
    for (const { pid } of this.#running.values()) exit(pid, 'kill');
    this.#endIfStopped();
  }

  #endIfStopped(): void {
    if (this.#stopped === undefined || this.#running.size > 0) return;
    Gen.reply(this.#stopped, undefined);
    exit('normal');
  }

  /** Where this process does not trap exits it has ended by its link with the owner already, unless that ended `'normal'`. */
  #ownerEnded({ reason }: Down): void {
    if (this.#options.isLinked) for (const { pid } of this.#running.values()) exit(pid, reason);
    trapExit(false);
    exit(self(), reason); // as by a signal: it is no crash of this process
  }
}
