/** The programs of the comparison as behaviours: their callbacks run straight from the scheduler. */
import { type Behaviour, type Pid, ProcLib, self, send } from '@coppice/core';

export interface Ping {
  readonly from: Pid<number>;
  readonly n: number;
}

/** A behaviour that does nothing but handle messages. */
abstract class Handling<M> implements Behaviour {
  abstract readonly module: string;

  init(): void {}

  abstract handle(message: unknown): void;

  /** Starts a process that runs it, as a child of the caller. */
  async start(): Promise<Pid<M>> {
    return (await ProcLib.start(this)) as Pid<M>; // its `init` ignores nothing, and nothing else is sent to it
  }
}

/** Sends back what it gets. */
export class Echo extends Handling<Ping> {
  readonly module = 'Echo';

  override handle({ from, n }: Ping): void {
    send(from, n);
  }
}

/** Tells `done` after as many messages as it is to count. */
export class Counter extends Handling<number> {
  readonly module: string = 'Counter';
  readonly #done: Pid<'done'>;
  #left: number;

  constructor(done: Pid<'done'>, left: number) {
    super();
    this.#done = done;
    this.#left = left;
  }

  override handle(): void {
    this.#left -= 1;
    if (this.#left === 0) send(this.#done, 'done');
    else this.again();
  }

  again(): void {}
}

/** Counts answers, and asks for the next after each. */
export class Pinger extends Counter {
  override readonly module: string = 'Pinger';
  readonly #echo: Pid<Ping>;

  constructor(echo: Pid<Ping>, done: Pid<'done'>, left: number) {
    super(done, left);
    this.#echo = echo;
  }

  override again(): void {
    send(this.#echo, { from: self<number>(), n: 1 });
  }
}

/** Sends one less than it gets to the next of its ring, until 0. */
export class Hop extends Handling<number> {
  readonly module = 'Hop';
  next: Pid<number> | undefined;
  readonly #done: Pid<'done'>;

  constructor(done: Pid<'done'>) {
    super();
    this.#done = done;
  }

  override handle(left: number): void {
    if (left === 0 || this.next === undefined) send(this.#done, 'done');
    else send(this.next, left - 1);
  }
}
