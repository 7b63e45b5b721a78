/** Tables beside a bare `Map` that does the same, in the same process, slice by slice in turn. */
import { median } from './measure.ts';

const RUNS = 4;
const SLICE = 10_000;

/** Does the `n`th operation. */
export type Operation = (n: number) => void;

/**
 * Nanoseconds per operation of a bare `Map` and of a table: medians over slices that alternate, so that what else the machine does
 * slows both. The first of the runs over all operations is not counted.
 */
export function besideMap(operations: number, bare: Operation, table: Operation): readonly [number, number] {
  const times: [number[], number[]] = [[], []];
  for (let run = 0; run < RUNS; run += 1) {
    for (let from = 0; from < operations; from += SLICE) {
      const slice = [timeSlice(bare, from), timeSlice(table, from)] as const;
      if (run === 0) continue;
      times[0].push(slice[0]);
      times[1].push(slice[1]);
    }
  }
  return [median(times[0]), median(times[1])];
}

function timeSlice(operation: Operation, from: number): number {
  const before = performance.now();
  for (let n = from; n < from + SLICE; n += 1) operation(n);
  return ((performance.now() - before) * 1e6) / SLICE;
}

/** One line of the comparison; `bar` is the greatest ratio that counts as reached. */
export function reportBesideMap(
  name: string,
  [bare, table]: readonly [number, number],
  bar: number | undefined,
): void {
  const ratio = table / bare;
  const verdict = bar === undefined ? '' : ` (bar ${bar}${ratio <= bar ? '' : ', MISSED'})`;
  const columns = `${table.toFixed(0).padStart(6)} ns   Map ${bare.toFixed(0).padStart(5)} ns`;
  console.log(`${name.padEnd(34)} ${columns}   ${ratio.toFixed(2)} times a Map${verdict}`);
}

/** A copy in an order of its own, the same in every run. */
export function shuffled<T>(values: readonly T[], seed = 12_345): T[] {
  const copy = [...values];
  let state = seed;
  for (let last = copy.length - 1; last > 0; last -= 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    const at = state % (last + 1);
    const moved = copy[last] as T; // both indices are within the array
    copy[last] = copy[at] as T;
    copy[at] = moved;
  }
  return copy;
}
