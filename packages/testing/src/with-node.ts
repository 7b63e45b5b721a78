/** A test in real time, for what needs sockets, files and threads. */
import { type Awaitable, type Context, createNode, type Isolation } from '@coppice/core';
import { nextRound } from './clock.ts';
import { type TestNode, type TestOptions, TestRun } from './test-run.ts';

/** How a node for a test is made. */
export interface WithNodeOptions extends TestOptions {
  /** Default `'freeze'`, as in a simulation. */
  readonly isolation?: Isolation;
}

/** Rounds of the event loop in which what the body has started has its say. */
const CLOSING_ROUNDS = 16;

/**
 * Runs `body` as the main work of a fresh node in real time, and resolves with its value; for tests of real sockets and files. What the body leaves
 * running is stopped with `'shutdown'`, and killed after 5 s. Rejects as `simulate` does, but knows no deadlocks.
 */
export async function withNode<T, M = never>(
  body: (test: TestNode, context: Context<M>) => Awaitable<T>,
  options: WithNodeOptions = {},
): Promise<T> {
  if (typeof body !== 'function') throw new TypeError(`body must be a function, got ${typeof body}`);
  const node = createNode({ name: 'test', isolation: options.isolation ?? 'freeze', spawnSites: true });
  const run = new TestRun(node, options);
  return await run.run((context: Context<M>) => body(run.handle, context), {
    quiesce: async () => {
      for (let left = CLOSING_ROUNDS; left > 0; left -= 1) await nextRound();
    },
    end: () => {},
    failed: new Promise<never>(() => {}),
    lingeringRounds: 1_000,
  });
}
