/** One run, as a process of its own: starts the tree, waits until the work is done, takes the books and stops the tree. */
import {
  bindSelf,
  type Context,
  type Exit,
  exit,
  formatExit,
  monotonicTime,
  type Pid,
  processTree,
  run,
  send,
  spawnLink,
  trapExit,
} from '@coppice/core';
import { Supervisor } from '@coppice/supervisor';
import type { ChaosOptions } from './chaos.ts';
import { countDeaths } from './death-toll.ts';
import * as Frontier from './frontier.ts';
import type { Limits } from './host-worker.ts';
import { KillCount } from './kill-count.ts';
import type { Plan, Results } from './ledger.ts';
import type { Screen } from './progress.ts';
import { startLink, type TreeOptions } from './root-supervisor.ts';
import type { SiteOptions } from './site.ts';

export interface CheckOptions {
  readonly plan: Plan;
  readonly limitsFor: (host: string) => Limits;
  /** The folder to serve, where it is one that is checked. */
  readonly site?: SiteOptions;
  /** Kills processes of the tree while it works. */
  readonly chaos?: Omit<ChaosOptions, 'kills'>;
  /** Shows progress. */
  readonly screen?: Screen;
  /** Gets the tree as text, once it is at work. */
  readonly onTree?: (tree: string) => void;
  /** Ends the run early. */
  readonly interrupt?: AbortSignal;
}

export interface Outcome {
  readonly results: Results;
  readonly retries: number;
  readonly restarts: number;
  /** Abnormal ends by role, of those killed and of those that died with them. */
  readonly deaths: ReadonlyMap<string, number>;
  /** Kills by role. */
  readonly kills: KillCount;
  readonly seconds: number;
  /** False when the run was interrupted. */
  readonly complete: boolean;
}

/** How long chaos goes on after the work is done, if some role was not killed often enough. */
const CHAOS_OVERTIME_MS = 10_000;

type News = { readonly type: 'complete' | 'enough' | 'interrupt' } | Exit;

/** Works from any code. Rejects with `ExitError` if the tree can't start or gives up. */
export function check(options: CheckOptions): Promise<Outcome> {
  return run((context: Context<News>) => supervise(options, context));
}

async function supervise(options: CheckOptions, context: Context<News>): Promise<Outcome> {
  trapExit(true); // the end of the tree is news, not our end
  const beganAt = monotonicTime();
  const toll = countDeaths(options.chaos !== undefined);
  const kills = new KillCount(() => send(context.self, { type: 'enough' }));
  const progress = options.screen && { screen: options.screen, restarts: toll.restarts };
  const chaos = options.chaos && { ...options.chaos, kills };
  try {
    const root = await startLink({ ...options, site: options.site, progress, chaos });
    const herald = announce(options, context, root);
    const complete = await untilDone(context, root, chaos);
    const results = await Frontier.results();
    const { retries } = await Frontier.counts();
    exit(herald, 'shutdown'); // it waits for the frontier, whose end would surprise it
    await Supervisor.stop(root);
    const seconds = (monotonicTime() - beganAt) / 1_000;
    return { results, retries, restarts: toll.restarts(), deaths: toll.deaths, kills, seconds, complete };
  } finally {
    toll.close();
  }
}

/** Has `complete` and `interrupt` sent when it is time, and the tree shown at work. Gives the process that waits for that. */
function announce(
  { interrupt, onTree }: CheckOptions,
  { self: to, signal }: Context<News>,
  root: Pid<never>,
): Pid<never> {
  const onAbort = bindSelf(() => send(to, { type: 'interrupt' }));
  interrupt?.addEventListener('abort', onAbort, { signal }); // until this process ends
  if (interrupt?.aborted) onAbort();
  return spawnLink(async () => {
    if (onTree !== undefined) {
      await Frontier.settled(1);
      onTree(processTree(root));
    }
    await Frontier.settled(Number.POSITIVE_INFINITY);
    send(to, { type: 'complete' });
  });
}

/** Resolves with whether the work was done. With chaos it goes on until everyone was killed often enough, but not for ever. */
async function untilDone(
  { receive }: Context<News>,
  root: Pid<never>,
  chaos: TreeOptions['chaos'],
): Promise<boolean> {
  const concerns = (news: News) => news.type !== 'EXIT' || news.from === root;
  for (let complete = false; ; ) {
    const news = await receive(concerns, { timeout: complete ? CHAOS_OVERTIME_MS : 'infinity' });
    switch (news?.type) {
      case 'EXIT':
        throw new Error(`the tree gave up: ${formatExit(news.reason)}`);
      case 'interrupt':
        return false;
      case 'complete':
        complete = true;
        break;
      case undefined:
        return true;
      case 'enough':
    }
    if (complete && (chaos === undefined || chaos.kills.isEnough())) return true;
  }
}
