/** What is to be checked, with all that a run needs to know about it. */
import { join, relative } from 'node:path';
import type { CheckOptions } from './check.ts';
import type { CommandLine } from './cli.ts';
import { type FaultPlan, noFaults, seededFaults } from './faults.ts';
import { parseUrl } from './link.ts';
import { seededRandom } from './random.ts';
import { settingsFor } from './settings.ts';
import { freePort } from './site.ts';
import type { UsableSource } from './source.ts';

/** From one kill to the next. */
const CHAOS_EVERY_MS = 25;
/** Others' servers don't fail at our wish, so under chaos the network to them is slow. */
const CHAOS_DELAY_MS = 100;

export interface Assignment {
  readonly calm: CheckOptions;
  /** The same with everything going wrong that can. */
  readonly chaos: CheckOptions;
  readonly seed: number;
  /** Whole addresses. */
  readonly starts: readonly string[];
  /** How people call the page at an address: its file, where there is one. */
  readonly nameOf: (url: string) => string;
}

export async function makeAssignment(source: UsableSource, line: CommandLine): Promise<Assignment> {
  const { ours, others, patience } = settingsFor(source, line);
  const place = source.kind === 'folder' ? await ownPlace(source.root) : theirPlace;
  const starts = source.starts.map((start) => `${place.origin}${start}`);
  const seed = line.seed ?? Math.ceil(Math.random() * 1_000_000);
  const options = (faults: FaultPlan, delayMs: number): CheckOptions => {
    const limitsFor = (host: string) => (place.origin.endsWith(`//${host}`) ? ours : { ...others, delayMs });
    const plan = { starts, external: line.external, ...patience };
    return { plan, limitsFor, ...(place.site && { site: { ...place.site, faults } }) };
  };
  const chaos = {
    everyMs: CHAOS_EVERY_MS,
    laterMs: Math.max(8 * CHAOS_EVERY_MS, 3_000 / others.perSecond),
    random: seededRandom(seed),
  };
  return {
    calm: options(noFaults, 0),
    chaos: { ...options(seededFaults(seed), CHAOS_DELAY_MS), chaos },
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
