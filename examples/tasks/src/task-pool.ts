/** `map` in parallel, with a bound. */
import { ExitError } from '@coppice/core';
import { type Items, Task } from '@coppice/task';

async function parallelMap<I, O>(
  items: Items<I>,
  fn: (item: I) => O,
  maxConcurrency: number,
): Promise<Awaited<O>[]> {
  const results: Awaited<O>[] = [];
  for await (const outcome of Task.asyncStream(items, (item: I) => fn(item), { maxConcurrency })) {
    if (!outcome.ok) throw new ExitError(outcome.reason);
    results.push(outcome.value);
  }
  return results;
}

function* range(from: number, to: number): Generator<number> {
  for (let n = from; n <= to; n += 1) yield n;
}

const squares = await parallelMap(range(1, 1_000), async (n) => n * n, 20);
console.log(`${squares.length} squares, the last is ${squares.at(-1)}`);
