/**
 * One test on a node of its own: what a body is given, and what is looked at when it has ended. In this order a test fails with: a failed
 * assertion of any process, what ended the body, a crash that nobody declared, a declared crash that never came, a leak.
 */
import {
  type Awaitable,
  type Context,
  type CoppiceNode,
  ExitError,
  type ExitEvent,
  type ExitReason,
  formatCrash,
  Gen,
  type LingeringCode,
  monitor,
  type Pid,
  realClock,
} from '@coppice/core';
import { AbandonedError, LeakError, MissingCrashError, UndeclaredCrashError } from './errors.ts';
import {
  type CrashMatch,
  ExitWatch,
  failedAssertion,
  formatMatch,
  matches,
  requireMatch,
} from './exit-watch.ts';
import { listProcesses } from './process-list.ts';

/** How a test's end is judged. */
export interface TestOptions {
  /** `'allowed'`: no crash fails the test, a failed `expect` aside. For one crash that must come, see `expectCrash`. Default: each crash fails it. */
  readonly crashes?: 'allowed';
  /** `'allowed'`: code of exited processes may still run or wait at the end. Default: it fails the test. */
  readonly lingering?: 'allowed';
  /** When it aborts, the test is given up with an `AbandonedError` that lists its processes: a test runner's time limit. */
  readonly signal?: AbortSignal | undefined;
}

/** What the body of a test gets. */
export interface TestNode {
  readonly node: CoppiceNode;
  /** Resolves with the reason when `pid` ends, also if it has ended already; of a process of another node that is dead, with `'noproc'`. */
  readonly down: (pid: Pid<never>) => Promise<ExitReason>;
  /** Declares a crash: those that match do not fail the test, and one of them must come. Without argument: any. Before or after the crash. */
  readonly expectCrash: (match?: CrashMatch) => void;
}

/** The kind of time that a test has. */
export interface TestTime {
  /** Runs until nothing is runnable, unless that never comes. */
  quiesce(): Promise<void>;
  /** The body has ended; what is left is being stopped. */
  stopping(): void;
  /** All has stopped. */
  stopped(): void;
}

/** Virtual or real milliseconds that what is left has to stop. */
const STOP_WITHIN_MS = 5_000;
/** Code of exited processes is stopped at each of its calls of the runtime, fifteen times at most, a round of the event loop each. */
const ROUNDS_TO_END = 32;
/** Real milliseconds that aborted work of the real world, such as a `fetch`, has to end. */
const REAL_MS_TO_END = 500;

export class TestRun {
  readonly handle: TestNode;
  readonly #node: CoppiceNode;
  readonly #options: TestOptions;
  readonly #time: TestTime;
  readonly #watch: ExitWatch;
  readonly #expected: (CrashMatch | undefined)[] = [];
  readonly #failed: Promise<never>;
  /** Ends the test: nothing will come of its body. */
  fail: (error: Error) => void = () => {};
  /** Crashes that count: those until the body had returned and nothing was runnable. */
  #crashes: readonly ExitEvent[] | undefined;
  #body: Pid<never> | undefined;

  constructor(node: CoppiceNode, options: TestOptions, time: TestTime) {
    this.#node = node;
    this.#options = options;
    this.#time = time;
    this.#watch = new ExitWatch(node.main);
    this.#failed = new Promise<never>((_resolve, reject) => {
      this.fail = reject;
    });
    this.#failed.catch(() => {}); // it may come when the body has ended
    this.handle = {
      node,
      down: (pid) => this.#down(pid),
      expectCrash: (match) => {
        if (match !== undefined) requireMatch(match);
        this.#expected.push(match);
      },
    };
  }

  /** Runs `body` as the node's main work, stops what it left, and judges. */
  async run<T, M>(body: (context: Context<M>) => Awaitable<T>): Promise<T> {
    const { signal } = this.#options;
    const abandon = (): void =>
      this.fail(new AbandonedError(`the test did not end in time\n${listProcesses(this.#node)}`));
    signal?.addEventListener('abort', abandon);
    if (signal?.aborted === true) abandon();
    try {
      const outcome = await this.#attempt(body);
      this.#time.stopping();
      await this.#stop();
      return this.#judge(outcome);
    } finally {
      signal?.removeEventListener('abort', abandon);
      this.#time.stopped();
      this.#watch.stop();
    }
  }

  async #attempt<T, M>(
    body: (context: Context<M>) => Awaitable<T>,
  ): Promise<{ readonly value: T } | { readonly error: unknown }> {
    let result: { readonly value: T } | undefined;
    const test = async (context: Context<M>): Promise<never> => {
      this.#body = context.self;
      const value = await body(context);
      await this.#time.quiesce(); // what the body has started has its say
      this.#crashes = [...this.#watch.crashes];
      result = { value };
      throw new ExitError('shutdown'); // what is linked to the body stops with it
    };
    try {
      return await Promise.race([this.#node.run(test), this.#failed]);
    } catch (error) {
      return result ?? { error: rawError(error) };
    }
  }

  async #stop(): Promise<void> {
    await this.#time.quiesce();
    await this.#node.stop({ timeout: STOP_WITHIN_MS });
    this.#time.stopped();
    if (this.#options.lingering === 'allowed') return;
    for (let left = ROUNDS_TO_END; left > 0 && this.#isLingering; left -= 1) await this.#time.quiesce();
    for (let left = REAL_MS_TO_END; left > 0 && this.#isLingering; left -= 1) {
      await new Promise<void>((resolve) => {
        realClock.schedule(1, resolve);
      });
    }
  }

  get #isLingering(): boolean {
    return this.#node.statistics().lingering > 0;
  }

  #judge<T>(outcome: { readonly value: T } | { readonly error: unknown }): T {
    const counted = this.#crashes ?? this.#watch.crashes;
    const others = counted.filter(({ pid }) => pid !== this.#body);
    const failure = this.#watch.crashes.map(({ reason }) => failedAssertion(reason)).find(Boolean);
    const undeclared = others.filter((crash) => !this.#isDeclared(crash));
    if (failure !== undefined || 'error' in outcome) {
      const error = failure ?? ('error' in outcome ? outcome.error : undefined);
      for (const crash of undeclared) if (crash.reason !== error) console.error(formatCrash(crash));
      throw error;
    }
    if (undeclared.length > 0) throw new UndeclaredCrashError(undeclared, this.#expected.map(formatMatch));
    this.#requireExpected(counted);
    const leaks = this.#leaks();
    if (leaks.length > 0) throw new LeakError(leaks);
    return outcome.value;
  }

  #isDeclared(crash: ExitEvent): boolean {
    if (this.#options.crashes === 'allowed') return true;
    return this.#expected.some((match) => match === undefined || matches(crash, match));
  }

  #requireExpected(crashes: readonly ExitEvent[]): void {
    for (const match of this.#expected) {
      if (crashes.some((crash) => match === undefined || matches(crash, match))) continue;
      const wanted = match === undefined ? 'a crash' : `a crash that matches ${formatMatch(match)}`;
      const came =
        crashes.length === 0 ? 'none came' : `what came was\n${crashes.map(formatCrash).join('\n')}`;
      throw new MissingCrashError(`the test declared ${wanted}, and ${came}`);
    }
  }

  #leaks(): string[] {
    const { processes, names, timers } = this.#node.statistics();
    const lingering = this.#options.lingering === 'allowed' ? [] : this.#node.lingering();
    const leaks = lingering.map(describeLingering);
    if (processes > 1) leaks.push(`processes that do not end: ${processes - 1}`);
    if (names > 0) leaks.push(`names of no process: ${names}`);
    const subscribers = this.#watch.subscribersLeft;
    if (subscribers > 0) leaks.push(`subscribers of telemetry channels: ${subscribers}`);
    if (timers > 0 && !this.#isLingering) leaks.push(`timers of no process: ${timers}`);
    return leaks;
  }

  async #down(pid: Pid<never>): Promise<ExitReason> {
    const before = this.#watch.ended(pid);
    if (before !== undefined) return before.reason;
    const down = await Gen.wait(monitor(pid), 'infinity');
    return this.#watch.ended(pid)?.reason ?? (down?.type === 'DOWN' ? down.reason : undefined);
  }
}

/** What the body threw: the runtime wraps a reason into an `ExitError`. */
function rawError(error: unknown): unknown {
  const isWrapped = error instanceof ExitError && error.call === undefined && error.reason instanceof Error;
  return isWrapped ? error.reason : error;
}

function describeLingering({ pid, initialCall, spawnedAt }: LingeringCode): string {
  const where = spawnedAt === undefined ? '' : `, spawned ${spawnedAt.trim()}`;
  return `code of process ${pid} (${initialCall}${where}), which has exited and still waits for something that is not of the runtime`;
}
