/** Counts who died how often, by listening to the runtime. A subscriber is no process: nothing can kill it. */
import { isAbnormal, subscribe } from '@coppice/core';
import { formatReport } from '@coppice/supervisor';
import { isInTree, roleOf } from './tree-member.ts';

export interface DeathToll {
  /** Abnormal ends so far, by role. */
  readonly deaths: ReadonlyMap<string, number>;
  /** How often a supervisor restarted something; a group counts once. */
  readonly restarts: () => number;
  /** Stops counting. */
  readonly close: () => void;
}

/** Counts from now on, among the processes of the tree. Reports of deaths go to stderr as ever, unless they are `expected`: then they would be all one sees. */
export function countDeaths(expected: boolean): DeathToll {
  const deaths = new Map<string, number>();
  let restarts = 0;
  const subscriptions = [
    subscribe('coppice.process.exit', (event) => {
      if (!isAbnormal(event.reason) || !isInTree(event.ancestors)) return;
      const role = roleOf(event) ?? event.initialCall;
      deaths.set(role, (deaths.get(role) ?? 0) + 1);
    }),
    subscribe('coppice.supervisor.report', (event) => {
      if (event.action === 'restart') restarts += 1;
      // Fetches are the business of whoever started them: one that timed out is in the books.
      if (!expected && event.module !== 'TaskSupervisor') console.error(formatReport(event));
    }),
    ...(expected ? [subscribe('coppice.process.crash', () => {})] : []),
  ];
  return {
    deaths,
    restarts: () => restarts,
    close: () => {
      for (const unsubscribe of subscriptions) unsubscribe();
    },
  };
}
