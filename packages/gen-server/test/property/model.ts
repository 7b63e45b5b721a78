/**
 * What should happen when a random program runs: a pure simulation of one server and its clients, written from OTP's rules and not from the
 * implementation. Time is a number, the mailbox an array, each callback a step.
 */
import {
  type Action,
  limit,
  type Observation,
  type Op,
  type Outcome,
  type Program,
  reasonFor,
  TERMINATE_MS,
  timeOf,
  unique,
} from './program.ts';

/** What lies in the server's mailbox. */
type Message =
  | { readonly kind: 'work'; readonly op: Op; readonly index: number; readonly isCall: boolean }
  | { readonly kind: 'ring'; readonly index: number }
  | { readonly kind: 'EXIT' }
  | { readonly kind: 'system'; readonly index: number; readonly action: Action };

interface Event {
  readonly at: number;
  readonly run: () => void;
}

/** The observation that `program` must give. */
export function predict(program: Program): Observation {
  const model = new Model(program);
  model.run();
  return {
    outcomes: model.outcomes,
    log: model.log,
    end: model.reason === undefined ? { state: model.state } : { reason: model.reason },
  };
}

class Model {
  readonly outcomes: (Outcome | undefined)[];
  readonly log: (readonly [number, string])[] = [];
  state = 0;
  reason: string | undefined;
  readonly #program: Program;
  #now = 0;
  #events: Event[] = [];
  #mailbox: Message[] = [];
  #isBusy = false;
  #isSuspended = false;
  /** Time of the idle timeout that the last callback asked for; how often anything was handled since, so that an old one is known. */
  #idle: number | undefined;
  #epoch = 0;
  /** Who waits for the server: calls and system messages by index; what a stop wants to see. */
  readonly #waiting = new Map<number, string | undefined>();

  constructor(program: Program) {
    this.#program = program;
    this.outcomes = program.actions.map(() => undefined);
    for (const [index, action] of program.actions.entries())
      this.#at(timeOf(index), () => this.#perform(action, index));
    this.#at(timeOf(program.actions.length), () =>
      this.#send({ kind: 'system', index: -1, action: { kind: 'resume' } }),
    );
  }

  run(): void {
    for (let event = this.#nextEvent(); event !== undefined; event = this.#nextEvent()) {
      this.#now = event.at;
      event.run();
      this.#pump();
    }
  }

  #nextEvent(): Event | undefined {
    this.#events.sort((a, b) => a.at - b.at);
    return this.#events.shift();
  }

  #at(at: number, run: () => void): void {
    this.#events.push({ at, run });
  }

  // ------------------------------------------------------------------ clients

  #perform(action: Action, index: number): void {
    switch (action.kind) {
      case 'call':
        if (!this.#wait(index, undefined)) return;
        if (action.timeout !== 'infinity')
          this.#at(this.#now + limit(index, action.timeout), () =>
            this.#settle(index, { reason: 'timeout' }),
          );
        return this.#send({ kind: 'work', op: action.op, index, isCall: true });
      case 'cast':
      case 'info':
        return this.#send({ kind: 'work', op: action.op, index, isCall: false });
      case 'kill':
        return this.#die('killed');
      case 'shutdown':
        return this.#program.trapExit ? this.#send({ kind: 'EXIT' }) : this.#die('shutdown');
      case 'stop':
        if (this.#wait(index, action.reason)) this.#send({ kind: 'system', index, action });
        return;
      default:
        if (this.#wait(index, undefined)) this.#send({ kind: 'system', index, action });
    }
  }

  /** `false` if there is nobody to wait for. */
  #wait(index: number, wanted: string | undefined): boolean {
    this.#waiting.set(index, wanted);
    if (this.reason === undefined) return true;
    this.#settle(index, { reason: 'noproc' });
    return false;
  }

  /** The first answer counts. */
  #settle(index: number, result: { readonly value?: unknown; readonly reason?: unknown }): void {
    if (!this.#waiting.delete(index)) return;
    this.outcomes[index] = { at: this.#now, ...result };
  }

  #send(message: Message): void {
    if (this.reason === undefined) this.#mailbox.push(message);
  }

  // ------------------------------------------------------------------ the server's loop

  #pump(): void {
    while (!this.#isBusy && this.reason === undefined) {
      const index = this.#isSuspended ? this.#mailbox.findIndex(({ kind }) => kind === 'system') : 0;
      const [message] = index === -1 ? [] : this.#mailbox.splice(index, 1);
      if (message === undefined) return;
      this.#epoch += 1;
      this.#handle(message);
    }
  }

  #handle(message: Message): void {
    switch (message.kind) {
      case 'work':
        return this.#work(message.op, message.index, message.isCall);
      case 'ring':
        this.#note(`ring ${message.index}`);
        this.#settle(message.index, { value: this.state });
        return this.#follow(undefined);
      case 'EXIT':
        this.#note('EXIT');
        return this.#follow(undefined);
      case 'system':
        return this.#system(message.action, message.index);
    }
  }

  #work(op: Op, index: number, isCall: boolean): void {
    this.#note(`${op.do} ${index}`);
    const next = this.state + op.add;
    const ms = unique(index, op.ms);
    const done = (idle?: number): void => {
      this.state = next;
      if (isCall) this.#settle(index, { value: next });
      this.#follow(idle);
    };
    switch (op.do) {
      case 'add':
      case 'hibernate':
      case 'thrown_reply':
        return done();
      case 'slow':
        return this.#busyFor(ms, done);
      case 'later':
        if (isCall) this.#at(this.#now + ms, () => this.#send({ kind: 'ring', index }));
        this.state = next;
        return this.#follow(undefined);
      case 'twice':
        if (isCall) this.#settle(index, { value: 'first' });
        return done();
      case 'idle':
        return done(ms);
      case 'continue':
        done();
        this.#note(`continue ${index}`);
        return this.#busyFor(ms, () => {
          this.state += 10 * op.add;
          this.#follow(undefined);
        });
      case 'throw':
        return this.#terminate(reasonFor(index, 'throw'));
      case 'slow_throw':
        return this.#busyFor(ms, () => this.#terminate(reasonFor(index, 'throw')));
      case 'exit':
        return this.#terminate(reasonFor(index, 'exit'));
      case 'stop':
        return this.#terminate(reasonFor(index, 'stop'));
      case 'stop_reply':
        return this.#terminate(reasonFor(index, 'stop'), isCall ? index : undefined);
      case 'bad':
        return this.#terminate(JSON.stringify({ bad_return_value: { bad: index } }));
    }
  }

  #system(action: Action, index: number): void {
    switch (action.kind) {
      case 'suspend':
        this.#isSuspended = true;
        break;
      case 'resume':
        this.#isSuspended = false;
        break;
      case 'replace_state':
        if (action.throws) {
          this.#settle(index, {
            reason: `the function given to replaceState threw in the server: Error: ${reasonFor(index, 'replace')}`,
          });
          return this.#follow(this.#idle);
        }
        this.state += action.add;
        break;
      case 'stop':
        return this.#terminate(action.reason);
      default:
        break;
    }
    const gives = action.kind === 'get_state' || action.kind === 'replace_state' ? this.state : undefined;
    this.#settle(index, { value: gives });
    this.#follow(this.#idle);
  }

  /** A callback is done. `idle`: the time after which, if nothing comes, there is a timeout. */
  #follow(idle: number | undefined): void {
    this.#idle = idle;
    if (idle === undefined || this.#isSuspended) return;
    const epoch = this.#epoch;
    this.#at(this.#now + idle, () => {
      if (this.#epoch !== epoch || this.#isBusy || this.reason !== undefined) return;
      this.#epoch += 1;
      this.#note('timeout');
      this.state += 1_000;
      this.#follow(undefined);
    });
  }

  #busyFor(ms: number, then: () => void): void {
    this.#isBusy = true;
    this.#at(this.#now + ms, () => {
      if (this.reason !== undefined) return;
      this.#isBusy = false;
      then();
    });
  }

  #terminate(reason: string, answerTo?: number): void {
    this.#note(`terminate ${reason}`);
    const end = (): void => {
      if (answerTo !== undefined) this.#settle(answerTo, { value: 'bye' });
      this.#die(this.#program.terminate === 'throws' ? 'from terminate' : reason);
    };
    if (this.#program.terminate === 'slow') this.#busyFor(TERMINATE_MS, end);
    else end();
  }

  #die(reason: string): void {
    if (this.reason !== undefined) return;
    this.reason = reason;
    this.#mailbox = [];
    for (const [index, wanted] of [...this.#waiting])
      this.#settle(index, wanted === reason ? { value: undefined } : { reason });
  }

  #note(what: string): void {
    this.log.push([this.#now, what]);
  }
}
