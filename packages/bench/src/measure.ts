/** Medians of repeated runs, and the same programs on the BEAM for comparison. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Median of nanoseconds per operation over `runs` runs, after one that is not counted. */
export async function nanoseconds(
  operations: number,
  program: () => Promise<unknown>,
  runs = 5,
): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run <= runs; run += 1) {
    const before = performance.now();
    await program();
    if (run > 0) times.push(((performance.now() - before) * 1e6) / operations);
  }
  return median(times);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** Value at a share of a sample, 0.99 for the 99th percentile. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The nanoseconds that an Elixir script prints as `name value` lines, on one scheduler; nothing where there is no Elixir. */
export function onTheBeam(script: string): ReadonlyMap<string, number> {
  const file = fileURLToPath(new URL(`../src/${script}`, import.meta.url));
  const { status, stdout } = spawnSync('elixir', ['--erl', '+S 1:1', file], { encoding: 'utf8' });
  if (status !== 0) return new Map();
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  return new Map(lines.map(([name = '', value]) => [name, Number(value)]));
}

/** One line of a comparison; a bar is the least ratio that counts as reached. */
export function compare(name: string, here: number, beam: number | undefined, bar: number): void {
  const ratio = beam === undefined ? undefined : beam / here;
  const against =
    ratio === undefined
      ? 'no Elixir here'
      : `BEAM ${beam?.toFixed(0)} ns, ${ratio.toFixed(2)} times as fast (bar ${bar})`;
  console.log(`${name.padEnd(22)} ${here.toFixed(0).padStart(6)} ns   ${against}`);
}

/** Heap in use after a collection, in bytes. */
export function heapAfterCollection(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
