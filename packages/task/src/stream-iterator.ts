/**
 * The iterator of one iteration of a stream. Nothing runs before the first `next`. The end, an error and `return` close the iteration: what runs is killed.
 * One call at a time is served, in their order, as by an async generator, which would cost three promises more for each outcome.
 */
import { ProcLib } from '@coppice/core';
import { StreamConsumer, type StreamOutcome, type StreamPlan } from './stream-consumer.ts';
import type { Items } from './stream-input.ts';

type Step<I> = IteratorResult<StreamOutcome<I>, undefined>;

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

export class StreamIterator<I> implements AsyncIterator<StreamOutcome<I>, undefined, void> {
  readonly #items: Items<I>;
  readonly #plan: StreamPlan;
  #consumer: StreamConsumer<I> | undefined;
  #hasEnded = false;
  /** What is being served. */
  #current: Promise<unknown> | undefined;

  constructor(items: Items<I>, plan: StreamPlan) {
    this.#items = items;
    this.#plan = plan;
  }

  next(): Promise<Step<I>> {
    if (this.#current !== undefined) return this.#queue(() => this.next());
    const consumer = this.#consumer;
    if (this.#hasEnded || consumer === undefined) return this.#serve(() => this.#start());
    try {
      const outcome = consumer.advance();
      if (outcome !== undefined) return Promise.resolve({ done: false, value: outcome });
      if (consumer.isDone || consumer.awaitsInput) return this.#serve(() => this.#goOn(consumer));
      const step = consumer.ask((answer) => this.#answered(consumer, answer));
      this.#current = step;
      return step;
    } catch (error) {
      return this.#serve(() => this.#fail(consumer, error));
    }
  }

  return(): Promise<Step<I>> {
    if (this.#current !== undefined) return this.#queue(() => this.return());
    return this.#serve(() => this.#end());
  }

  /** The commonest end of a wait: the outcome whose turn it is has come, and nothing else is to be done. */
  #answered(consumer: StreamConsumer<I>, outcome: StreamOutcome<I> | undefined): Step<I> | Promise<Step<I>> {
    if (outcome === undefined) return this.#serve(() => this.#goOn(consumer));
    this.#current = undefined;
    return { done: false, value: outcome };
  }

  async #start(): Promise<Step<I>> {
    if (this.#hasEnded) return DONE;
    const consumer = new StreamConsumer(this.#items, this.#plan);
    this.#consumer = consumer;
    try {
      await consumer.open();
    } catch (error) {
      return this.#fail(consumer, error);
    }
    return this.#goOn(consumer);
  }

  async #goOn(consumer: StreamConsumer<I>): Promise<Step<I>> {
    try {
      for (;;) {
        const outcome = consumer.advance();
        if (outcome !== undefined) return { done: false, value: outcome };
        if (consumer.isDone) break;
        await consumer.wait();
      }
    } catch (error) {
      return this.#fail(consumer, error);
    }
    return this.#end();
  }

  async #fail(consumer: StreamConsumer<I>, error: unknown): Promise<never> {
    this.#hasEnded = true;
    await consumer.close();
    throw error;
  }

  async #end(): Promise<Step<I>> {
    const consumer = this.#consumer;
    const isOpen = consumer !== undefined && !this.#hasEnded;
    this.#hasEnded = true;
    if (isOpen) await consumer.close();
    return DONE;
  }

  #serve(work: () => Promise<Step<I>>): Promise<Step<I>> {
    const step = this.#finish(work);
    this.#current = step;
    return ProcLib.quietly(step);
  }

  async #finish(work: () => Promise<Step<I>>): Promise<Step<I>> {
    try {
      return await work();
    } finally {
      this.#current = undefined;
    }
  }

  async #queue(call: () => Promise<Step<I>>): Promise<Step<I>> {
    const current = this.#current;
    try {
      await current;
    } catch {
      // That is for who made the call that is being served. A call that the consumer's exit rejected is served no more.
      if (this.#current === current) this.#current = undefined;
    }
    return call();
  }
}
