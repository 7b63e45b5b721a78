/** What is to be checked, with all that a run needs to know about it. */
import { join, relative } from 'node:path';
import type { CheckOptions } from './check.ts';
import type { CommandLine } from './cli.ts';
import { type FaultPlan, noFaults, seededFaults } from './faults.ts';
import { parseUrl } from './link.ts';
import { seededRandom } from './random.ts';
import { settingsFor } from './settings.ts';
import { freePort } from './site.ts';
import type { Source } from './source.ts';

/** From one kill to the next. */
const CHAOS_EVERY_MS = 25;

/** Others' servers don't fail at our wish, so under chaos the network to them is slow. */
const THEIR_DELAY_MS = 4 * CHAOS_EVERY_MS;

export interface Assignment {
  readonly calm: CheckOptions;
  /** The same with everything going wrong that can: kills, and where the server is ours, its faults. */
  readonly chaos: CheckOptions;
  readonly seed: number;
  /** Whole addresses. */
  readonly starts: readonly string[];
  /** How people call the page at an address: its file, where there is one. */
  readonly nameOf: (url: string) => string;
}

type UsableSource = Exclude<Source, { readonly kind: 'unusable' }>;

export async function makeAssignment(source: UsableSource, line: CommandLine): Promise<Assignment> {
  const { limits, patience } = settingsFor(source, line);
  const seed = line.seed ?? Math.ceil(Math.random() * 1_000_000);
  const random = seededRandom(seed);
  const place = source.kind === 'folder' ? await ownPlace(source.root) : theirPlace;
  const starts = source.starts.map((start) => `${place.origin}${start}`);
  const plan = { starts, external: line.external, ...patience };
  const options = (faults: FaultPlan): CheckOptions => {
    return { plan, limits, ...(place.site && { site: { ...place.site, faults } }) };
  };
  const laterMs = Math.max(8 * CHAOS_EVERY_MS, 3_000 / limits.perSecond);
  const slowed = place.site ? limits : { ...limits, delayMs: THEIR_DELAY_MS };
  return {
    calm: options(noFaults),
    chaos: {
      ...options(seededFaults(seed)),
      limits: slowed,
      chaos: { everyMs: CHAOS_EVERY_MS, laterMs, random },
    },
    seed,
    starts,
    nameOf: place.nameOf,
  };
}

interface Place {
  readonly origin: string;
  readonly site?: { readonly root: string; readonly port: number };
  readonly nameOf: (url: string) => string;
}

/** Starts are whole addresses already. */
const theirPlace: Place = { origin: '', nameOf: (url) => url };

/** A folder, served by ourselves. Its pages are called by their files, as seen from the working directory. */
async function ownPlace(root: string): Promise<Place> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    site: { root, port },
    nameOf: (url) => {
      const path = parseUrl(url)?.pathname;
      return path !== undefined && url.startsWith(`${origin}/`)
        ? relative('', join(root, decodeURIComponent(path)))
        : url;
    },
  };
}
