/** Shows every moment how far the run is. On a terminal one line that changes; elsewhere a new line each second. */
import { ExitError, sendInterval } from '@coppice/core';
import { GenServer, noreply } from '@coppice/gen-server';
import type { ChildSpec } from '@coppice/supervisor';
import type { Colors } from 'picocolors/types.js';
import * as Frontier from './frontier.ts';
import type { Counts } from './ledger.ts';
import * as Statistics from './statistics.ts';

/** Where progress goes. */
export interface Screen {
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly colors: Colors;
  write(text: string): void;
}

export interface ProgressOptions {
  readonly screen: Screen;
  /** Restarts in the whole tree so far. */
  readonly restarts: () => number;
}

interface Tick {
  readonly type: 'tick';
}

const GAP = '  ';
const ERASE_LINE = '\r\u001b[2K';

const Progress = GenServer.define('Progress', {
  // Traps, so that a shutdown lets it tidy up its line. A kill cannot be trapped.
  trapExit: true,
  init: (options: ProgressOptions) => {
    sendInterval(Progress.self(), { type: 'tick' }, options.screen.isTerminal ? 100 : 1_000);
    return options;
  },
  info: {
    tick: async (options, _tick: Tick) => {
      const line = progressLine(await Frontier.counts(), await statistics(), options);
      options.screen.write(options.screen.isTerminal ? `${ERASE_LINE}${line}` : `${line}\n`);
      return noreply(options);
    },
  },
  terminate: (_reason, { screen }) => {
    if (screen.isTerminal) screen.write(ERASE_LINE);
  },
});

export function childSpec(options: ProgressOptions): ChildSpec {
  return Progress.childSpec(options, { name: 'progress' });
}

/** The statistics may be dead at the moment: then the line does without. */
async function statistics(): Promise<Statistics.Statistics | undefined> {
  try {
    return await Statistics.current();
  } catch (error) {
    if (error instanceof ExitError) return undefined;
    throw error;
  }
}

/** As much as fits on a line of the screen. */
function progressLine(
  counts: Counts,
  statistics: Statistics.Statistics | undefined,
  { screen, restarts }: ProgressOptions,
): string {
  const { cyan, dim, yellow } = screen.colors;
  const parts: (readonly [text: string, color: (text: string) => string])[] = [
    [`${counts.settled}/${counts.known} addresses`, cyan],
    [`${counts.links} links`, String],
    [`${restarts()} restarts`, yellow],
    [`${counts.retries} retries`, String],
  ];
  if (statistics !== undefined) {
    parts.push([`${statistics.requests} requests, ${kilobytes(statistics.bytes)}`, dim]);
  }
  let room = screen.columns;
  const fitting = parts.filter(([text]) => {
    room -= text.length + GAP.length;
    return room > 0;
  });
  return fitting.map(([text, color]) => color(text)).join(GAP);
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_024)} kB`;
}
