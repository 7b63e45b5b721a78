/** A test in real time, for what needs sockets, files and threads. */
import { type Awaitable, type Context, createNode, type Isolation, realClock } from '@coppice/core';
import { type TestNode, type TestOptions, TestRun } from './test-run.ts';

/** How a node for a test is made. */
export interface WithNodeOptions extends TestOptions {
  /** Default `'freeze'`, as in a simulation. */
  readonly isolation?: Isolation;
}

/** Real time after which what runs is taken never to end. */
const ENDLESS_MS = 100;

/**
 * Runs `body` as the main work of a fresh node in real time, and resolves with its value; for tests of real sockets and files. What the body leaves
 * running is stopped with `'shutdown'`, and killed after 5 s. Rejects as `simulate` does, but knows no deadlocks.
 */
export async function withNode<T, M = never>(
  body: (test: TestNode, context: Context<M>) => Awaitable<T>,
  options: WithNodeOptions = {},
): Promise<T> {
  if (typeof body !== 'function') throw new TypeError(`body must be a function, got ${typeof body}`);
  let again = (): void => {};
  let whenIdle = new Set<() => void>();
  const node = createNode({
    name: 'test',
    isolation: options.isolation ?? 'freeze',
    spawnSites: true,
    onIdle: (lookAgain) => {
      again = lookAgain;
      for (const resolve of whenIdle) resolve();
      whenIdle = new Set();
    },
  });
  const run = new TestRun(node, options);
  return await run.run((context: Context<M>) => body(run.handle, context), {
    quiesce: () =>
      new Promise<void>((resolve) => {
        realClock.schedule(ENDLESS_MS, resolve);
        whenIdle.add(resolve);
        again();
      }),
    end: () => {},
    failed: new Promise<never>(() => {}),
  });
}
