/** Kills processes of a large tree at random, and looks at what is left of it. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  type CoppiceNode,
  createNode,
  exit,
  isPid,
  monotonicTime,
  type NodeStatistics,
  type Pid,
  processInfo,
  sleep,
  subscribe,
} from '@coppice/core';
import { Registry } from '@coppice/registry';
import { Supervisor, type SupervisorPid } from '@coppice/supervisor';
import { askId, find, Keys, type Place, plantTree, rootOptions, type Tree } from './tree.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

export interface ChaosOptions {
  readonly workers: number;
  readonly kills: number;
  /** Whole numbers from 0 to `bound - 1`, the same for the same seed. */
  readonly random: (bound: number) => number;
}

/** The tree at rest. */
export interface Rest {
  readonly statistics: Omit<NodeStatistics, 'longestSliceMs'>;
  /** Entries of the registry. */
  readonly keys: number;
  /** Links of the processes of the registry: one for each registered process, and one to their supervisor. */
  readonly registryLinks: number;
  /** Workers that answer under their name, each to its own id. */
  readonly workers: number;
  /** Bytes in use after a collection. */
  readonly heap: number;
}

export interface Chaos {
  readonly before: Rest;
  /** At each fifth of the kills. */
  readonly during: readonly Rest[];
  readonly starts: number;
  readonly ms: number;
}

/** One of so many kills is that of a supervisor, of a filler or of the registry. */
const RARE = 500;
/** After so many bursts, in the mean, the tree is left in peace until it has healed. */
const BURSTS_UNTIL_PEACE = 100;
const BURST = 64;

/** Grows the tree, kills, and tells how it was before and at each fifth of the kills. Always of the same processes for the same seed. */
export async function unleash({ workers, kills, random }: ChaosOptions): Promise<Chaos> {
  const node = createNode();
  const tree = plantTree(workers);
  let starts = 0;
  const listeners = [
    subscribe('coppice.supervisor.progress', () => {
      starts += 1;
    }),
    // So that they are not written to stderr.
    subscribe('coppice.supervisor.report', () => {}),
    subscribe('coppice.process.crash', () => {}),
  ];
  try {
    return await node.run(async () => {
      const root = await Supervisor.startLink(tree.children, rootOptions);
      const before = await examine(node, root, tree);
      starts = 0;
      const [beganAt, during]: [number, Rest[]] = [monotonicTime(), []];
      for (let fifth = 0; fifth < 5; fifth += 1) {
        await killSome(root, tree, { kills: Math.floor(kills / 5), random });
        during.push(await examine(node, root, tree));
      }
      const ms = monotonicTime() - beganAt;
      await Supervisor.stop(root);
      return { before, during, starts, ms };
    });
  } finally {
    for (const stop of listeners) stop();
    await node.stop();
  }
}

/** Kills that many processes that were alive, in bursts that do not wait for what the last one has brought about. */
async function killSome(
  root: SupervisorPid,
  tree: Tree,
  { kills, random }: Pick<ChaosOptions, 'kills' | 'random'>,
): Promise<void> {
  let left = kills;
  while (left > 0) {
    for (let burst = 1 + random(BURST); burst > 0 && left > 0; burst -= 1) {
      const list = random(RARE) === 0 ? tree.others : tree.workers;
      const victim = findAny(list[random(list.length)]);
      if (victim === undefined) continue;
      exit(victim, 'kill');
      left -= 1;
    }
    if (random(BURSTS_UNTIL_PEACE) === 0) await heal(root, tree);
    else await Supervisor.countChildren(root);
  }
}

function findAny(place: Place | undefined): Pid<never> | undefined {
  return place && find(place);
}

async function examine(node: CoppiceNode, root: SupervisorPid, tree: Tree): Promise<Rest> {
  await heal(root, tree);
  let workers = 0;
  for (const place of tree.workers) if ((await askId(place)) === place.id) workers += 1;
  collect();
  const { longestSliceMs: _, ...statistics } = node.statistics();
  return {
    statistics,
    keys: Registry.count(Keys),
    registryLinks: await countRegistryLinks(),
    workers,
    heap: process.memoryUsage().heapUsed,
  };
}

async function countRegistryLinks(): Promise<number> {
  const partitions = await Supervisor.whichChildren(Keys.registry);
  return partitions
    .map(({ child }) => (isPid(child) ? (processInfo(child)?.links.length ?? 0) : 0))
    .reduce((sum, links) => sum + links, 0);
}

/** Waits until every supervisor has all of its children, and every name of a worker is that of one of them. */
async function heal(root: SupervisorPid, { workers }: Tree): Promise<void> {
  for (;;) {
    const alive = new Set<Pid<never>>();
    const isWhole = await walk(root, alive);
    // A pid is taken out with the name that leads to it, so that no two names lead to one.
    if (isWhole && workers.every((place) => alive.delete(find(place) ?? root))) return;
    await sleep(0); // a round of the event loop: all that is runnable has its turns
  }
}

/** Collects the workers below a supervisor; `false` if some child does not run, or the supervisor has just ended. */
async function walk(supervisor: SupervisorPid, alive: Set<Pid<never>>): Promise<boolean> {
  try {
    for (const { child, type } of await Supervisor.whichChildren(supervisor)) {
      if (!isPid(child)) return false;
      if (type === 'worker') alive.add(child);
      else if (!(await walk(child as SupervisorPid, alive))) return false; // of this type, so one
    }
    const { specs, active } = await Supervisor.countChildren(supervisor);
    return specs === active;
  } catch {
    return false;
  }
}
