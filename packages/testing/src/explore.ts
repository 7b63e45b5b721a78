/** One body under many schedules. */
import { type Awaitable, requireFunction } from '@coppice/core';
import { ExplorationError } from './errors.ts';
import { runSimulation, type SimulateOptions, type Simulation } from './simulate.ts';

/** Which schedules are tried. */
export interface ExploreOptions extends Omit<SimulateOptions, 'seed'> {
  /** How many; default 100. */
  readonly seeds?: number;
  /** The first seed; default 0, which is first-in first-out. */
  readonly from?: number;
}

/**
 * Runs `body` once under each seed, one after another, each on a fresh node. Rejects with an `ExplorationError` for the first that fails: its
 * `seed` runs that very schedule again in `simulate`, and its `cause` is what went wrong. The body must keep its state to itself.
 */
export async function explore(
  body: (simulation: Simulation) => Awaitable<void>,
  options: ExploreOptions = {},
): Promise<void> {
  requireFunction(body, 'body');
  const { seeds = 100, from = 0, ...rest } = options;
  if (!Number.isSafeInteger(seeds) || seeds < 1)
    throw new RangeError(`seeds must be a whole number from 1, got ${String(seeds)}`);
  if (!Number.isSafeInteger(from)) throw new RangeError(`from must be a whole number, got ${String(from)}`);
  for (let seed = from; seed < from + seeds; seed += 1) {
    try {
      await runSimulation(body, { ...rest, seed });
    } catch (error) {
      throw new ExplorationError(seed, seed - from, error);
    }
  }
}
