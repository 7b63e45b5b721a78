/**
 * The whole tree. Started top to bottom, stopped bottom to top: chaos ends first, then nobody fetches any more, and the
 * books are closed last.
 */
import { type RestartLimit, Supervisor, type SupervisorPid } from '@coppice/supervisor';
import * as Chaos from './chaos.ts';
import * as CrawlSupervisor from './crawl-supervisor.ts';
import * as Frontier from './frontier.ts';
import type { Limits } from './host-worker.ts';
import type { Plan } from './ledger.ts';
import * as Progress from './progress.ts';
import * as Site from './site.ts';
import * as Statistics from './statistics.ts';
import { ROOT } from './tree-member.ts';

export interface TreeOptions {
  readonly plan: Plan;
  readonly limitsFor: (host: string) => Limits;
  /** The folder to serve, if it is one. */
  readonly site: Site.SiteOptions | undefined;
  readonly progress: Progress.ProgressOptions | undefined;
  readonly chaos: Chaos.ChaosOptions | undefined;
}

/** Links the tree to the caller. It ends by itself only if the frontier does, or if something keeps failing. */
export function startLink({ plan, limitsFor, site, progress, chaos }: TreeOptions): Promise<SupervisorPid> {
  const tolerance = toleranceFor(chaos);
  const children = [
    Frontier.childSpec(plan),
    Statistics.childSpec(),
    ...(site === undefined ? [] : [Site.childSpec(site)]),
    CrawlSupervisor.childSpec(limitsFor, tolerance),
    ...(progress === undefined ? [] : [Progress.childSpec(progress)]),
    ...(chaos === undefined ? [] : [Chaos.childSpec(chaos)]),
  ];
  return Supervisor.startLink(children, {
    name: ROOT,
    strategy: 'one_for_one',
    autoShutdown: 'any_significant', // the frontier
    ...tolerance,
  });
}

/**
 * How many restarts a supervisor takes before it gives up. The limit is there for a child that can't run: such a one fails
 * thousands of times a second. Kills come at the pace of chaos, some tens a second, and each makes a supervisor restart one
 * child, or one for each host; so a thousand in a second is out of their reach and soon passed by a child that can't start.
 * Without chaos OTP's limit holds: 3 in 5 s.
 */
function toleranceFor(chaos: Chaos.ChaosOptions | undefined): RestartLimit {
  return chaos === undefined ? {} : { maxRestarts: 1_000, maxSeconds: 1 };
}
