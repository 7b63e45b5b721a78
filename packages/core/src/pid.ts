/** Process identifiers. OTP: `pid()`. A pid is an address, not a handle: it never keeps a process alive and is never reused. */
import { describe } from './format.ts';

declare const accepts: unique symbol;

/**
 * Address of a process that accepts messages of type `M`. Interned: `===` compares, and a pid can be a `Map` key.
 * `Pid<never>` is "some process": whatever never sends (link, monitor, exit) takes that. OTP: `pid()`.
 */
export interface Pid<in M> {
  /** Name of the node that the process lives on. */
  readonly node: string;
  /** Tells two nodes of one name apart: milliseconds of the node's birth. */
  readonly creation: number;
  readonly id: number;
  /** `#PID<0.12.0>`. */
  toString(): string;
  /** Type-level only; absent at run time. Makes `Pid<A | B>` usable as `Pid<A>`, not the reverse. */
  readonly [accepts]: (message: M) => void;
}

/** The node that a pid belongs to: its identity, shared by all its pids. */
export interface Home {
  readonly name: string;
  readonly creation: number;
}

/** The mailbox behind a pid is untyped: whoever makes one public says what it accepts. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- isolatedDeclarations has no syntax for a type-level brand in a class
export interface ProcessId extends Pid<unknown> {}
/** The one implementation of {@link Pid}. Which process it stands for is hidden, so that printing or comparing a pid never walks into it. */
export class ProcessId {
  static {
    printAsText(this.prototype);
  }
  readonly id: number;
  readonly #home: Home;
  #process: object | undefined;

  constructor(home: Home, id: number, process: object) {
    this.#home = home;
    this.id = id;
    this.#process = process;
  }

  get node(): string {
    return this.#home.name;
  }

  get creation(): number {
    return this.#home.creation;
  }

  toString(): string {
    return `#PID<0.${this.id}.0>`;
  }

  toJSON(): string {
    return this.toString();
  }

  /** The live process behind `pid`; `undefined` once it has exited. */
  static processOf(pid: ProcessId): object | undefined {
    return pid.#process;
  }

  static homeOf(pid: ProcessId): Home {
    return pid.#home;
  }

  /** The process has exited: from now on the pid leads nowhere. */
  static release(pid: ProcessId): void {
    pid.#process = undefined;
  }
}

/** `console.log` shows an address by its text, not by its fields. */
export function printAsText(prototype: object): void {
  Object.defineProperty(prototype, Symbol.for('nodejs.util.inspect.custom'), {
    value(this: { toString(): string }): string {
      return this.toString();
    },
  });
}

/** Whether `value` is a pid of this copy of the library. */
export function isPid(value: unknown): value is Pid<never> {
  return value instanceof ProcessId;
}

/** Checks a pid given by a caller. Throws `TypeError` that names the parameter. */
export function requirePid(value: unknown, parameter: string): asserts value is ProcessId {
  if (!(value instanceof ProcessId)) {
    throw new TypeError(`${parameter} must be a pid, got ${describe(value)}`);
  }
}
