/** The order in which a simulation runs its processes. */
import type { Pid, Scheduler } from '@coppice/core';
import { seededRandom } from './random.ts';

/** Seed of first-in first-out: the order of a program that is not under test. */
export const FIFO = 0;

/** Picks by a seed, and tells `picked` of each pick. */
export function seededScheduler(seed: number, picked: (pid: Pid<never>) => void): Scheduler {
  const pick = seed === FIFO ? () => 0 : seededRandom(seed);
  return {
    next(ready) {
      const index = pick(ready.length);
      const pid = ready[index];
      if (pid !== undefined) picked(pid);
      return index;
    },
  };
}
