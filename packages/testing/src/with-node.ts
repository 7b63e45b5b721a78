/** A test in real time, for what needs sockets, files and threads. */
import {
  type Awaitable,
  type Context,
  createNode,
  type Isolation,
  realClock,
  requireFunction,
} from '@coppice/core';
import { type TestNode, type TestOptions, TestRun, type TestTime } from './test-run.ts';

/** How a node for a test is made. */
export interface WithNodeOptions extends TestOptions {
  /** Default `'freeze'`, as in a simulation. */
  readonly isolation?: Isolation;
}

/**
 * Runs `body` as the main work of a fresh node in real time, and resolves with its value: for tests of real sockets, files and threads. What the body
 * leaves running is stopped with `'shutdown'`, and killed after 5 s. Rejects as `simulate` does, but can't tell a deadlock from a long wait.
 */
export async function withNode<T, M = never>(
  body: (test: TestNode, context: Context<M>) => Awaitable<T>,
  options: WithNodeOptions = {},
): Promise<T> {
  requireFunction(body, 'body');
  const time = new RealTime();
  const isolation = options.isolation ?? 'freeze';
  const node = createNode({ name: 'test', isolation, spawnSites: true, onIdle: time.idle });
  const run = new TestRun(node, options, time);
  return await run.run((context: Context<M>) => body(run.handle, context));
}

/** Real time after which what runs is taken never to come to rest. */
const ENDLESS_MS = 100;

class RealTime implements TestTime {
  #again: () => void = () => {};
  #waiting: (() => void)[] = [];

  /** Nothing is runnable. */
  readonly idle = (again: () => void): void => {
    this.#again = again;
    for (const resolve of this.#waiting.splice(0)) resolve();
  };

  async quiesce(): Promise<void> {
    let stop = (): void => {};
    await new Promise<void>((resolve) => {
      stop = realClock.schedule(ENDLESS_MS, resolve);
      this.#waiting.push(resolve);
      this.#again();
    });
    stop();
  }

  stopping(): void {}
  stopped(): void {}
}
