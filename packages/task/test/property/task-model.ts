/**
 * What should happen when a random program runs: a pure simulation of one owner and its tasks, written from Elixir's rules and not from the
 * implementation. Time is a number, the mailbox an array, and only the owner acts; all else are events at known times.
 */
import {
  type Action,
  actionMs,
  type Limit,
  type Observation,
  type Program,
  type Result,
  reasonOf,
  signalMs,
  type TaskPlan,
  taskMs,
  valueOf,
} from './task-program.ts';

/** What lies in the owner's mailbox. */
type Message =
  | { readonly kind: 'reply'; readonly task: number }
  | { readonly kind: 'DOWN' | 'EXIT'; readonly task: number; readonly reason: string };

type Outcome =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly reason: string };

interface Event {
  readonly at: number;
  readonly run: () => void;
}

interface TaskState {
  readonly index: number;
  readonly plan: TaskPlan;
  end: Result | undefined;
  isLinked: boolean;
  /** The owner still monitors it, and takes its reply. */
  isMonitored: boolean;
}

/** The owner has ended in the middle of an action. */
class OwnerEnded extends Error {}

/** The observation that `program` must give. */
export function predict(program: Program): Observation {
  const model = new Model(program);
  return model.run();
}

class Model {
  readonly #program: Program;
  readonly #tasks: readonly TaskState[];
  #now = 0;
  #events: Event[] = [];
  #mailbox: Message[] = [];
  #owner: Result | undefined;

  constructor(program: Program) {
    this.#program = program;
    this.#tasks = program.tasks.map((plan, index) => ({
      index,
      plan,
      end: undefined,
      isLinked: plan.isLinked,
      isMonitored: true,
    }));
    for (const task of this.#tasks) {
      this.#events.push({ at: taskMs(task.index, task.plan), run: () => this.#endByItself(task) });
      const { signal } = task.plan;
      if (signal !== undefined)
        this.#events.push({
          at: signalMs(task.index, signal.ms),
          run: () => this.#signal(task, signal.reason),
        });
    }
    this.#events.sort((a, b) => a.at - b.at);
  }

  run(): Observation {
    const results: Result[] = [];
    try {
      for (const [index, action] of this.#program.actions.entries()) {
        const gave = this.#perform(action, index);
        results.push({ at: this.#now, gave });
      }
      this.#owner = { at: this.#now, gave: 'done' };
    } catch (error) {
      if (!(error instanceof OwnerEnded)) throw error;
    }
    const owner = this.#owner ?? { at: Number.NaN, gave: 'never' };
    const mailbox = owner.gave === 'done' ? this.#mailbox.map(describe) : [];
    while (this.#step(Number.POSITIVE_INFINITY));
    return {
      results,
      owner,
      mailbox,
      tasks: this.#tasks.map(({ end }) => end ?? { at: Number.NaN, gave: 'never' }),
    };
  }

  // ------------------------------------------------------------------ events

  /** The next event until `deadline`; `false` if there is none. */
  #step(deadline: number): boolean {
    const [next] = this.#events;
    if (next === undefined || next.at > deadline) return false;
    this.#events.shift();
    this.#now = next.at;
    next.run();
    return true;
  }

  #endByItself(task: TaskState): void {
    if (task.end !== undefined) return;
    const { index } = task;
    switch (task.plan.ending) {
      case 'value':
        if (task.isMonitored && this.#owner === undefined) this.#mailbox.push({ kind: 'reply', task: index });
        return this.#end(task, 'normal');
      case 'throw':
        return this.#end(task, `Error: ${reasonOf(index, 'throw')}`);
      case 'exit':
        return this.#end(task, reasonOf(index, 'exit'));
      case 'exit_normal':
        return this.#end(task, 'normal');
      case 'shutdown':
        return this.#end(task, 'shutdown');
    }
  }

  #signal(task: TaskState, reason: string): void {
    if (reason === 'kill') this.#end(task, 'killed');
    else if (!task.plan.trapsExits) this.#end(task, reason);
  }

  #end(task: TaskState, reason: string): void {
    if (task.end !== undefined) return;
    task.end = { at: this.#now, gave: reason };
    if (this.#owner !== undefined) return;
    // The link's signal comes before the monitor's message.
    if (task.isLinked) {
      task.isLinked = false;
      if (this.#program.trapsExits) this.#mailbox.push({ kind: 'EXIT', task: task.index, reason });
      else if (reason !== 'normal') return this.#endOwner(reason);
    }
    if (task.isMonitored) {
      task.isMonitored = false;
      this.#mailbox.push({ kind: 'DOWN', task: task.index, reason });
    }
  }

  #endOwner(reason: string): void {
    this.#owner = { at: this.#now, gave: reason };
    for (const task of this.#tasks) if (task.isLinked && !task.plan.trapsExits) this.#end(task, reason);
  }

  // ------------------------------------------------------------------ the owner

  /** Lets time pass until `isDone`, or until `deadline`. */
  #until(isDone: () => boolean, deadline: number): boolean {
    while (!isDone()) {
      if (!this.#step(deadline)) {
        this.#now = deadline;
        return false;
      }
      if (this.#owner !== undefined) throw new OwnerEnded();
    }
    return true;
  }

  #perform(action: Action, index: number): unknown {
    switch (action.kind) {
      case 'await':
        return this.#await(this.#task(action.task), this.#deadline(index, action.timeout));
      case 'yield':
        return this.#yield(this.#task(action.task), this.#deadline(index, action.timeout));
      case 'shutdown':
        return this.#shutdown(
          this.#task(action.task),
          action.time === 'brutal_kill' ? 'brutal_kill' : this.#deadline(index, action.time),
        );
      case 'ignore':
        return this.#ignore(this.#task(action.task));
      case 'awaitMany':
        return this.#awaitMany(
          action.tasks.map((task) => this.#task(task)),
          this.#deadline(index, action.timeout),
        );
      case 'yieldMany':
        return this.#yieldMany(action, this.#deadline(index, action.timeout));
      case 'sleep':
        this.#until(() => false, this.#deadline(index, action.ms));
        return 'slept';
    }
  }

  #task(index: number): TaskState {
    const task = this.#tasks[index];
    if (task === undefined) throw new Error(`no task ${index}`);
    return task;
  }

  #deadline(index: number, timeout: Limit): number {
    const ms = actionMs(index, timeout);
    return ms === 'infinity' ? Number.POSITIVE_INFINITY : this.#now + ms;
  }

  /** Whether an answer may still come, or is there. */
  #isOpen(task: TaskState): boolean {
    return task.isMonitored || this.#find(task) !== undefined;
  }

  /** The reply or the DOWN that came first. */
  #find({ index }: TaskState): Message | undefined {
    return this.#mailbox.find(({ kind, task }) => task === index && kind !== 'EXIT');
  }

  #take(message: Message): void {
    this.#mailbox = this.#mailbox.filter((other) => other !== message);
  }

  /** Takes an answer, and what comes behind a reply. */
  #settle(task: TaskState, answer: Message): Outcome {
    this.#take(answer);
    if (answer.kind !== 'reply') return { ok: false, reason: answer.reason };
    this.#demonitor(task);
    return { ok: true, value: valueOf(task.index) };
  }

  #demonitor(task: TaskState): void {
    task.isMonitored = false;
    this.#mailbox = this.#mailbox.filter((message) => message.kind !== 'DOWN' || message.task !== task.index);
  }

  #await(task: TaskState, deadline: number): unknown {
    if (!this.#isOpen(task)) return 'consumed';
    this.#until(() => this.#find(task) !== undefined, deadline);
    const answer = this.#find(task);
    if (answer === undefined) {
      this.#demonitor(task);
      return { exit: 'timeout' };
    }
    const outcome = this.#settle(task, answer);
    return outcome.ok ? outcome.value : { exit: outcome.reason };
  }

  #yield(task: TaskState, deadline: number): unknown {
    if (!this.#isOpen(task) && deadline === Number.POSITIVE_INFINITY) return 'consumed';
    this.#until(() => this.#find(task) !== undefined, deadline);
    const answer = this.#find(task);
    return answer === undefined ? undefined : this.#settle(task, answer);
  }

  #ignore(task: TaskState): Outcome | undefined {
    const answer = this.#find(task);
    task.isLinked = false;
    if (answer !== undefined) return this.#settle(task, answer);
    this.#demonitor(task);
    return undefined;
  }

  #shutdown(task: TaskState, time: number | 'brutal_kill'): Outcome | undefined {
    const wasAlive = task.end === undefined;
    task.isLinked = false;
    if (time === 'brutal_kill') this.#signal(task, 'kill');
    else {
      this.#signal(task, 'shutdown');
      if (!this.#until(() => task.end !== undefined, time)) this.#signal(task, 'kill');
    }
    const down = this.#mailbox.find(({ kind, task: of }) => of === task.index && kind === 'DOWN');
    const reply = this.#mailbox.find(({ kind, task: of }) => of === task.index && kind === 'reply');
    this.#demonitor(task);
    if (reply !== undefined) return this.#settle(task, reply);
    const own = down?.kind === 'DOWN' ? down.reason : 'noproc';
    const reason = wasAlive ? String(task.end?.gave) : own;
    return reason === (time === 'brutal_kill' ? 'killed' : 'shutdown') ? undefined : { ok: false, reason };
  }

  /** Collects answers in the order in which they came, until `isEnough`, all are there, none can come, or the time is up. */
  #gather(
    tasks: ReadonlySet<TaskState>,
    deadline: number,
    isEnough: (answers: ReadonlyMap<TaskState, Message>) => boolean,
  ): Map<TaskState, Message> {
    const answers = new Map<TaskState, Message>();
    const isDone = (): boolean => {
      for (const message of this.#mailbox) {
        if (isEnough(answers)) return true;
        const task = this.#task(message.task);
        if (message.kind === 'EXIT' || !tasks.has(task) || answers.has(task)) continue;
        answers.set(task, message);
        this.#take(message);
      }
      const open = [...tasks].filter((task) => !answers.has(task) && task.isMonitored);
      return isEnough(answers) || open.length === 0;
    };
    this.#until(isDone, deadline);
    return answers;
  }

  #awaitMany(tasks: readonly TaskState[], deadline: number): unknown {
    const isDown = ({ kind }: Message): boolean => kind === 'DOWN';
    const answers = this.#gather(new Set(tasks), deadline, (given) => [...given.values()].some(isDown));
    const down = [...answers.values()].find(isDown);
    const missing = tasks.filter((task) => !answers.has(task));
    const isConsumed = missing.some((task) => !this.#isOpen(task));
    for (const task of tasks) this.#demonitor(task);
    if (down === undefined && missing.length === 0) return tasks.map(({ index }) => valueOf(index));
    // What has come behind the failure is dropped.
    this.#mailbox = this.#mailbox.filter(
      ({ kind, task }) => kind !== 'reply' || !tasks.includes(this.#task(task)),
    );
    if (down?.kind === 'DOWN') return { exit: down.reason };
    return isConsumed ? 'consumed' : { exit: 'timeout' };
  }

  #yieldMany(action: Extract<Action, { readonly kind: 'yieldMany' }>, deadline: number): unknown {
    const tasks = action.tasks.map((task) => this.#task(task));
    const enough = Math.min(action.limit ?? tasks.length, new Set(tasks).size);
    const answers = this.#gather(new Set(tasks), deadline, ({ size }) => size >= enough);
    const isTimeUp = answers.size < enough;
    if (isTimeUp) {
      if (deadline === Number.POSITIVE_INFINITY) return 'consumed';
      this.#until(() => false, deadline);
    }
    return tasks.map((task) => {
      const answer = answers.get(task);
      if (answer !== undefined) return this.#settle(task, answer);
      if (!isTimeUp || action.onTimeout === 'nothing') return undefined;
      return action.onTimeout === 'ignore' ? this.#ignore(task) : this.#shutdown(task, 'brutal_kill');
    });
  }
}

function describe(message: Message): string {
  return message.kind === 'reply'
    ? `reply ${message.task}`
    : `${message.kind} ${message.task} ${message.reason}`;
}
