/** Virtual time, seeded schedules, exploration, and the checks at the end of each test. */
export {
  AbandonedError,
  DeadlockError,
  ExplorationError,
  LeakError,
  LivelockError,
  MissingCrashError,
  UndeclaredCrashError,
} from './errors.ts';
export type { CrashMatch } from './exit-watch.ts';
export { type ExploreOptions, explore } from './explore.ts';
export { type SimulateOptions, type Simulation, simulate } from './simulate.ts';
export { onNode, type RunningTest, simulated } from './simulated.ts';
export type { TestNode, TestOptions } from './test-run.ts';
export { type WithNodeOptions, withNode } from './with-node.ts';
