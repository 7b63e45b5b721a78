/**
 * A process: what the runtime knows of one. Data only; what happens to it is in `spawn`, `delivery`, `receive`, `turn`
 * and `exit`. The fields that few processes use are in an extension that is made when first needed: a million idle
 * processes fit in memory.
 */
import type { Clock } from './clock.ts';
import type { ExitReason } from './exit-reason.ts';
import { Extension, type Lineage } from './extension.ts';
import type { Isolation } from './isolation.ts';
import type { List } from './list.ts';
import { Mailbox } from './mailbox.ts';
import type { Cursor } from './message-queue.ts';
import { type Home, type Pid, ProcessId, printAsText } from './pid.ts';
import type { LinkEnd, Monitor } from './relation.ts';
import type { Signal } from './signal.ts';
import type { TimerQueue } from './timer-queue.ts';

/** What code is entered through to run as a process: Node's `AsyncResource`, said here so that the declarations need no types of Node. */
export interface Scope {
  /** Its number; `executionAsyncId` gives it while code runs in it. */
  asyncId(): number;
  runInAsyncScope<A, R>(fn: (arg: A) => R, thisArg: undefined, arg: A): R;
}

/** A value now or later. */
export type Awaitable<T> = T | PromiseLike<T>;

/** Keeps track of processes that have exited and whose code has not come to its end. */
export interface Lingering {
  readonly size: number;
  /** The process exited while its code ran. */
  add(process: Process): void;
  /** Its code has come to its end. */
  delete(process: Process): void;
}

/** What a process needs of the node that it runs on. */
export interface Host extends Home {
  readonly clock: Clock;
  readonly timers: TimerQueue;
  readonly isolation: Isolation;
  readonly main: Process;
  /** Called when main has exited, before anyone hears of it, if another is to take its place. */
  readonly renewMain: (() => void) | undefined;
  readonly lingering: Lingering;
  /** Puts a process that has work into the run queue; nothing happens if it is in. */
  enqueue(process: Process): void;
  /** Queues a signal for a process of this node. */
  queue(signal: Signal): void;
  /** No signal is waiting: one that runs no user code may be applied at once, which is the same as queueing it. */
  readonly isQuiet: boolean;
  /** One turn at a time, in the order of a test's scheduler; the end of a wait is a turn of its own then. */
  readonly isStepped: boolean;
  /** Takes one from what a body may receive before it must give the others a turn; `false` when that is spent. */
  takeQuota(): boolean;
  /** Removes an exited process from the node's table. */
  forget(process: Process): void;
  /** Processes that an exit signal on its way will end. */
  readonly condemned: Set<Process>;
  /** Local names. */
  readonly names: Map<string, Process>;
  /** A handler that held the thread for longer is reported. */
  longScheduleMs: number;
  /** Adds a process of this node, not yet started. */
  create(parent: Process | undefined, code: Code): Process;
}

/** A process's code as callbacks: one object per process. OTP: a behaviour run by `proc_lib`. */
export interface Behaviour {
  /** Module name, for reports and `processInfo().initialCall`. */
  readonly module: string;
  /** Runs first, in the new process, its name already registered. `'ignore'`: don't start. A throw or `exit` is a failed start. */
  init(): Awaitable<void | 'ignore'>;
  /** Handles one message. While a promise that it returned is pending, the mailbox is held. */
  handle(message: unknown): Awaitable<void>;
  /** The time of `ProcLib.receiveTimeout` has ended without a message. */
  timeout?(): Awaitable<void>;
  /** What `ProcLib.continueNext` asked for: runs before any message. */
  continue?(): Awaitable<void>;
  /** State for the crash report. */
  crashState?(): unknown;
}

/** The code of a process that receives by itself; it is given the process's context. */
export type Body = (context: never) => unknown;

/** What a process does: a body or a behaviour; none is left when it has exited, and main never has one. */
export type Code = Body | Behaviour | undefined;

/** What a receive takes, and how far it has looked. */
export interface Selection {
  readonly match: (message: unknown) => boolean;
  readonly cursor: Cursor;
}

/** A pending `receive`. */
export interface Receiver {
  readonly promise: Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  /** `undefined`: takes any message. */
  readonly selection: Selection | undefined;
  /** Stops its timer, and lets the program end if it held it. */
  stop: (() => void) | undefined;
  hasTimedOut: boolean;
}

/** Who waits for a behaviour's `init`. */
export type Starter = (outcome: InitOutcome) => void;

/** What came of an `init`. */
export type InitOutcome =
  | { readonly kind: 'started' | 'ignored' }
  | { readonly kind: 'failed'; readonly reason: ExitReason; readonly isBySignal: boolean };

/** How far a process and its code are. Numbers, in this order, since a million processes keep one each. */
const NEW = 0;
const IDLE = 1;
const BUSY = 2;
const LINGERING = 3;
const ENDED = 4;

export class Process {
  static {
    printAsText(this.prototype); // on Node 20 a promise or timer that is printed shows the process that made it
  }
  readonly pid: ProcessId;
  readonly host: Host;
  readonly lineage: Lineage;
  readonly mailbox: Mailbox = new Mailbox();
  /** Neighbours in the node's table. */
  older: Process | undefined = undefined;
  newer: Process | undefined = undefined;
  isQueued = false;
  trapsExits = false;
  code: Code;
  receiver: Receiver | undefined = undefined;
  /** Who waits for its `init`. */
  starter: Starter | undefined = undefined;
  /** Entered to run code as this process; made when first needed. */
  scope: Scope | undefined = undefined;
  links: List<LinkEnd> | undefined = undefined;
  monitors: List<Monitor> | undefined = undefined;
  monitoredBy: List<Monitor> | undefined = undefined;
  extension: Extension | undefined = undefined;
  lastMessage: unknown = undefined;
  exitReason: ExitReason = undefined;
  #phase: typeof NEW | typeof IDLE | typeof BUSY | typeof LINGERING | typeof ENDED = NEW;

  constructor(host: Host, id: number, parent: Process | undefined, code: Code) {
    this.host = host;
    this.pid = new ProcessId(host, id, this);
    this.lineage = parent === undefined ? NO_LINEAGE : lineageOfChildren(parent);
    this.code = code;
  }

  toString(): string {
    return `process ${this.pid}`;
  }

  get isAlive(): boolean {
    return this.#phase <= BUSY;
  }

  /** Its body, or its behaviour's `init`, has been called. */
  get isStarted(): boolean {
    return this.#phase !== NEW;
  }

  /** Its code runs or is pending: a body until it returns, a behaviour while a callback does. Meanwhile no other message is handled. */
  get isBusy(): boolean {
    return this.#phase === BUSY || this.#phase === LINGERING;
  }

  /** The behaviour, if its code is one. */
  get behaviour(): Behaviour | undefined {
    return typeof this.code === 'object' ? this.code : undefined;
  }

  /** What its code is, for reports: a behaviour's module or a body's name. */
  get initialCall(): string {
    const { code, extension } = this;
    return extension?.initialCall ?? ((typeof code === 'function' ? code.name : code?.module) || 'anonymous');
  }

  /** How its messages are kept apart from their senders. */
  get isolation(): Isolation {
    return this.extension?.isolation ?? this.host.isolation;
  }

  /** The extension, made if there is none. */
  get rare(): Extension {
    this.extension ??= new Extension();
    return this.extension;
  }

  /** Its code begins to run. */
  begin(): void {
    this.#phase = BUSY;
  }

  /** Its code has come to its end, or back to the loop; of an exited process too. */
  settle(): void {
    if (this.#phase === BUSY) this.#phase = IDLE;
    else if (this.#phase === LINGERING) this.#phase = ENDED;
  }

  /** It has exited. Code that runs goes on until its next call of the runtime. */
  end(): void {
    this.#phase = this.#phase === BUSY ? LINGERING : ENDED;
  }
}

const NO_LINEAGE: Lineage = { parent: undefined, ancestors: [] };

function lineageOfChildren(process: Process): Lineage {
  const { rare, pid, lineage } = process;
  rare.lineageOfChildren ??= { parent: pid, ancestors: [rare.name ?? pid, ...lineage.ancestors] };
  return rare.lineageOfChildren;
}

/** The live process behind a local pid; `undefined` once it has exited. */
export function processOf(pid: Pid<never>): Process | undefined {
  return pid instanceof ProcessId ? processBehind(pid) : undefined;
}

/** {@link processOf} for what is known to be a pid. */
export function processBehind(pid: ProcessId): Process | undefined {
  return ProcessId.processOf(pid) as Process | undefined; // only the constructor of Process binds a ProcessId, and only to itself
}
