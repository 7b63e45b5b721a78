/** Bodies as functions that a test runner takes. */
import type { Awaitable, Context } from '@coppice/core';
import { AbandonedError } from './errors.ts';
import { type SimulateOptions, type Simulation, simulate } from './simulate.ts';
import type { TestNode } from './test-run.ts';
import { type WithNodeOptions, withNode } from './with-node.ts';

/**
 * What a test runner tells a test: its signal aborts when the time limit is over. A test destructures it, as vitest's fixtures require, and gives it a default:
 * Jest, Mocha and Bun pass a callback to a function whose parameter has none, and wait until that is called.
 */
export interface RunningTest {
  readonly signal?: AbortSignal;
}

/** A test in virtual time, for a test runner: `it('restarts', simulated(async ({ down }) => { … }))`. See `simulate`. */
export function simulated<M = never>(
  body: (simulation: Simulation, context: Context<M>) => Awaitable<unknown>,
  options?: SimulateOptions,
): (test?: RunningTest) => Promise<void> {
  return async ({ signal }: RunningTest = {}) => {
    await simulate(body, { signal, ...options }).catch(tell);
  };
}

/** A test in real time, for a test runner: `it('answers', onNode(async ({ down }) => { … }))`. See `withNode`. */
export function onNode<M = never>(
  body: (test: TestNode, context: Context<M>) => Awaitable<unknown>,
  options?: WithNodeOptions,
): (test?: RunningTest) => Promise<void> {
  return async ({ signal }: RunningTest = {}) => {
    await withNode(body, { signal, ...options }).catch(tell);
  };
}

/** A test runner whose time limit is over no longer listens: what the processes were doing is told here. */
function tell(error: unknown): never {
  if (error instanceof AbandonedError) console.error(error.message);
  throw error;
}
