/** A real pino that writes into memory. */
import type { LoggerOptions } from '@coppice/logger';
import { Logger } from '@coppice/logger';
import { pino } from 'pino';

export interface Line {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface Log {
  /** The lines so far, parsed. */
  readonly lines: () => readonly Line[];
  readonly detach: () => void;
}

/** Attaches the logger to a pino whose stream is `write`, or memory alone. */
export function attachLog(options: LoggerOptions = {}, write: (line: string) => void = () => {}): Log {
  const written: string[] = [];
  const stream = {
    write(line: string): void {
      written.push(line);
      write(line);
    },
  };
  const detach = Logger.attach({ pino: pino({ level: 'debug' }, stream), ...options });
  return { lines: () => written.map(parse), detach };
}

/** pino's numbers. */
export const LEVEL = { debug: 20, info: 30, warn: 40, error: 50 };

/** The most lines in any second. */
export function mostInAnySecond(times: readonly number[]): number {
  const counts = times.map((start) => times.filter((time) => time >= start && time < start + 1_000).length);
  return Math.max(...counts);
}

/** What the summaries say was not written. */
export function heldBack(lines: readonly Line[]): number {
  const counts = lines.map(({ msg }) => Number(/^held back (\d+)/.exec(msg)?.[1] ?? 0));
  return counts.reduce((sum, count) => sum + count, 0);
}

export function parse(line: string): Line {
  const parsed: unknown = JSON.parse(line);
  return parsed as Line; // what pino writes has a level and a message
}
