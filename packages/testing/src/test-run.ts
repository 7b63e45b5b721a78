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
  monitor,
  type Pid,
} from '@coppice/core';
import { nextRound } from './clock.ts';
import { LeakError, MissingCrashError, UndeclaredCrashError } from './errors.ts';
import { type CrashMatch, ExitWatch, failedAssertion, matches } from './exit-watch.ts';

/** How a test's end is judged. */
export interface TestOptions {
  /** `'allowed'`: no crash fails the test, a failed `expect` aside. For one crash that must come, see `expectCrash`. Default: each crash fails it. */
  readonly crashes?: 'allowed';
  /** `'allowed'`: code of exited processes may still run or wait at the end. Default: it fails the test. */
  readonly lingering?: 'allowed';
}

/** What the body of a test gets. */
export interface TestNode {
  readonly node: CoppiceNode;
  /** Resolves with the reason when `pid` ends, also if it has ended already; of a process of another node that is dead, with `'noproc'`. */
  readonly down: (pid: Pid<never>) => Promise<ExitReason>;
  /** Declares a crash: those that match do not fail the test, and one of them must come. Without argument: any. Before or after the crash. */
  readonly expectCrash: (match?: CrashMatch) => void;
}

/** How a body is run: `quiesce` until nothing is runnable; `failed` rejects when the body can't go on. */
interface Driver {
  readonly quiesce: () => Promise<void>;
  readonly failed: Promise<never>;
  /** The body is done with; what is left is stopped. */
  readonly end: () => void;
  /** How often to look whether lingering code has ended. */
  readonly lingeringRounds: number;
}

/** Virtual or real milliseconds that what is left has to stop. */
const STOP_WITHIN_MS = 5_000;

export class TestRun {
  readonly handle: TestNode;
  readonly #node: CoppiceNode;
  readonly #options: TestOptions;
  readonly #watch: ExitWatch;
  readonly #expected: (CrashMatch | undefined)[] = [];
  /** Crashes that count: those until the body had returned and nothing was runnable. */
  #crashes: readonly ExitEvent[] | undefined;
  #body: Pid<never> | undefined;

  constructor(node: CoppiceNode, options: TestOptions) {
    this.#node = node;
    this.#options = options;
    this.#watch = new ExitWatch(node.main);
    this.handle = {
      node,
      down: (pid) => this.#down(pid),
      expectCrash: (match) => {
        this.#expected.push(match);
      },
    };
  }

  /** Runs `body` as the node's main work, stops what it left, and judges. */
  async run<T, M>(body: (context: Context<M>) => Awaitable<T>, driver: Driver): Promise<T> {
    try {
      const outcome = await this.#attempt(body, driver);
      driver.end();
      await this.#stop(driver);
      return this.#judge(outcome);
    } finally {
      this.#watch.stop();
    }
  }

  async #attempt<T, M>(
    body: (context: Context<M>) => Awaitable<T>,
    driver: Driver,
  ): Promise<{ readonly value: T } | { readonly error: unknown }> {
    let result: { readonly value: T } | undefined;
    const work = this.#node.run<never, M>(async (context) => {
      this.#body = context.self;
      const value = await body(context);
      await driver.quiesce(); // what the body has started has its say
      this.#crashes = [...this.#watch.crashes];
      result = { value };
      throw new ExitError('shutdown'); // what is linked to the body stops with it
    });
    try {
      return await Promise.race([work, driver.failed]);
    } catch (error) {
      return result ?? { error: rawError(error) };
    }
  }

  async #stop(driver: Driver): Promise<void> {
    await driver.quiesce();
    await this.#node.stop({ timeout: STOP_WITHIN_MS });
    const { lingering } = this.#options;
    for (let left = driver.lingeringRounds; left > 0 && lingering !== 'allowed'; left -= 1) {
      if (this.#node.statistics().lingering === 0) return;
      await nextRound();
    }
  }

  #judge<T>(outcome: { readonly value: T } | { readonly error: unknown }): T {
    const counted = this.#crashes ?? this.#watch.crashes;
    const others = counted.filter(({ pid }) => pid !== this.#body);
    const failure = this.#watch.crashes.map(({ reason }) => failedAssertion(reason)).find(Boolean);
    const undeclared = others.filter((crash) => !this.#isDeclared(crash));
    if (failure !== undefined || 'error' in outcome) {
      for (const crash of undeclared) console.error(formatCrash(crash));
      throw failure ?? ('error' in outcome ? outcome.error : undefined);
    }
    if (undeclared.length > 0) throw new UndeclaredCrashError(undeclared);
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
      const wanted = match === undefined ? 'a crash' : `a crash that matches ${String(match)}`;
      const came =
        crashes.length === 0 ? 'none came' : `what came was\n${crashes.map(formatCrash).join('\n')}`;
      throw new MissingCrashError(`the test declared ${wanted}, and ${came}`);
    }
  }

  #leaks(): string[] {
    const { processes, names, timers, lingering } = this.#node.statistics();
    const leaks: string[] = [];
    if (processes > 1) leaks.push(`${processes - 1} processes`);
    if (names > 0) leaks.push(`${names} names`);
    if (lingering > 0 && this.#options.lingering !== 'allowed')
      leaks.push(
        `code of ${lingering} exited processes that still runs or waits for something that never comes`,
      );
    else if (timers > 0 && lingering === 0) leaks.push(`${timers} timers`);
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
