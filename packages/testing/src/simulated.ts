/** Bodies as functions that a test runner takes. */
import type { Awaitable, Context } from '@coppice/core';
import { type SimulateOptions, type Simulation, simulate } from './simulate.ts';
import type { TestNode } from './test-run.ts';
import { type WithNodeOptions, withNode } from './with-node.ts';

/** A test in virtual time, for a test runner: `it('restarts', simulated(async ({ down }) => { … }))`. See `simulate`. */
export function simulated<M = never>(
  body: (simulation: Simulation, context: Context<M>) => Awaitable<unknown>,
  options?: SimulateOptions,
): () => Promise<void> {
  return async () => {
    await simulate(body, options);
  };
}

/** A test in real time, for a test runner: `it('answers', onNode(async ({ down }) => { … }))`. See `withNode`. */
export function onNode<M = never>(
  body: (test: TestNode, context: Context<M>) => Awaitable<unknown>,
  options?: WithNodeOptions,
): () => Promise<void> {
  return async () => {
    await withNode(body, options);
  };
}
