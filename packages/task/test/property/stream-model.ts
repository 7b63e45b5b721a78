/**
 * What should happen when a random stream is consumed: a pure simulation, written from Elixir's rules and not from the implementation. A consumer draws items
 * while fewer tasks run than may, takes what has ended one at a time, and hands it out in its turn.
 */
import {
  consumerMs,
  type ItemPlan,
  itemMs,
  killMs,
  type Moment,
  type StreamObservation,
  type StreamProgram,
  timeoutMs,
} from './stream-program.ts';
import { reasonOf, valueOf } from './task-program.ts';

interface ItemState {
  readonly index: number;
  readonly plan: ItemPlan;
  readonly began: number;
  readonly endsAt: number;
  readonly deadline: number;
  end: Moment | undefined;
  isLate: boolean;
}

/** The consumer has ended in the middle of what it did. */
class ConsumerEnded extends Error {}

/** The observation that `program` must give. */
export function predictStream(program: StreamProgram): StreamObservation {
  return new StreamModel(program).run();
}

class StreamModel {
  readonly #program: StreamProgram;
  readonly #isLinked: boolean;
  readonly #tasks: ItemState[] = [];
  readonly #moments: Moment[] = [];
  readonly #handed: Map<number, unknown> = new Map();
  #now = 0;
  /** Ends that the consumer has not looked at. */
  #unseen: ItemState[] = [];
  #consumer: Moment | undefined;
  #killAt: number;
  /** Nobody watches the tasks any more. */
  #isOver = false;

  constructor(program: StreamProgram) {
    this.#program = program;
    this.#isLinked = program.from !== 'asyncStreamNolink';
    this.#killAt = program.killedAt === undefined ? Number.POSITIVE_INFINITY : killMs(program.killedAt);
  }

  run(): StreamObservation {
    try {
      this.#consumer = { what: this.#consume(), at: this.#now };
    } catch (error) {
      if (!(error instanceof ConsumerEnded)) throw error;
    }
    this.#isOver = true;
    while (this.#step(Number.POSITIVE_INFINITY));
    const tasks = new Map<number, { began: number; end: Moment }>();
    for (const { index, began, end } of this.#tasks)
      if (end !== undefined && end.at !== began) tasks.set(index, { began, end });
    return {
      outcomes: this.#moments,
      consumer: this.#consumer ?? { at: Number.NaN, what: 'never' },
      mailbox: [],
      tasks,
    };
  }

  #consume(): unknown {
    const { items, maxConcurrency, ordered, onTimeout, leaveAfter } = this.#program;
    let seen = 0;
    let room = maxConcurrency;
    for (;;) {
      const turn = this.#moments.length;
      if (this.#handed.has(turn)) {
        this.#moments.push({ at: this.#now, what: this.#handed.get(turn) });
        if (this.#moments.length === leaveAfter) return this.#killAll('left');
        this.#pass(this.#now + consumerMs(this.#program, turn));
        continue;
      }
      for (; room > 0 && this.#tasks.length < items.length; room -= 1) this.#begin();
      const ended = this.#unseen.shift();
      if (ended !== undefined) {
        room += 1;
        if (ended.isLate && onTimeout === 'exit') return this.#killAll({ exit: 'timeout' });
        this.#handed.set(ordered ? ended.index : seen, this.#outcomeOf(ended));
        seen += 1;
      } else if (this.#moments.length === items.length) return 'done';
      else this.#step(Number.POSITIVE_INFINITY);
    }
  }

  #begin(): void {
    const index = this.#tasks.length;
    const plan = this.#program.items[index];
    if (plan === undefined) throw new Error(`no item ${index}`);
    const limit = timeoutMs(this.#program.timeout);
    this.#tasks.push({
      index,
      plan,
      began: this.#now,
      endsAt: this.#now + itemMs(index, plan),
      deadline: limit === 'infinity' ? Number.POSITIVE_INFINITY : this.#now + limit,
      end: undefined,
      isLate: false,
    });
  }

  #outcomeOf({ index, plan, end, isLate }: ItemState): unknown {
    if (!isLate && plan.ending === 'value') return { ok: true, value: valueOf(index) };
    const failure = { ok: false, reason: isLate ? 'timeout' : end?.what };
    return this.#program.zipInputOnExit ? { ...failure, input: index } : failure;
  }

  #killAll(what: unknown): unknown {
    for (const task of this.#running()) task.end = { at: this.#now, what: 'killed' };
    return what;
  }

  // ------------------------------------------------------------------ events

  #running(): ItemState[] {
    return this.#tasks.filter(({ end }) => end === undefined);
  }

  #pass(deadline: number): void {
    while (this.#step(deadline));
    this.#now = deadline;
  }

  /** The next event until `deadline`; `false` if there is none. */
  #step(deadline: number): boolean {
    const times = this.#running().map((task) => ({
      task,
      at: this.#isOver ? task.endsAt : Math.min(task.endsAt, task.deadline),
    }));
    const [next] = times.sort((a, b) => a.at - b.at);
    const killAt = this.#isOver ? Number.POSITIVE_INFINITY : this.#killAt;
    const at = Math.min(next?.at ?? Number.POSITIVE_INFINITY, killAt);
    if (at > deadline || at === Number.POSITIVE_INFINITY) return false;
    this.#now = at;
    if (at === killAt) this.#endConsumer('killed');
    else if (next !== undefined) this.#endTask(next.task);
    return true;
  }

  #endTask(task: ItemState): void {
    task.isLate = !this.#isOver && task.deadline < task.endsAt;
    const reason = task.isLate ? 'killed' : reasonFor(task);
    task.end = { at: this.#now, what: reason };
    if (this.#isOver) return;
    // One that is late was unlinked before it was killed.
    const isFatal = this.#isLinked && !this.#program.trapsExits && !task.isLate && reason !== 'normal';
    if (isFatal) this.#endConsumer(reason);
    this.#unseen.push(task);
  }

  #endConsumer(reason: string): never {
    this.#consumer = { at: this.#now, what: reason };
    if (this.#isLinked)
      for (const task of this.#running())
        if (!task.plan.trapsExits) task.end = { at: this.#now, what: reason };
    throw new ConsumerEnded();
  }
}

function reasonFor({ index, plan }: ItemState): string {
  switch (plan.ending) {
    case 'value':
    case 'exit_normal':
      return 'normal';
    case 'throw':
      return `Error: ${reasonOf(index, 'throw')}`;
    case 'exit':
      return reasonOf(index, 'exit');
    case 'shutdown':
      return 'shutdown';
  }
}
