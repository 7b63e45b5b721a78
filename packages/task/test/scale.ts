/** A stream over very many items: how many tasks it holds at once, and what it keeps. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createNode } from '@coppice/core';
import { Task } from '@coppice/task';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

export interface Held {
  readonly outcomes: number;
  /** Processes of tasks, at most. */
  readonly tasks: number;
  /** Bytes in use after a collection, at each tenth of the items. */
  readonly heap: readonly number[];
}

/** Main, the consumer, and the stream's own. */
const OTHERS = 3;

/** Consumes a stream over `items` items. */
export async function streamOver(items: number, maxConcurrency: number): Promise<Held> {
  const node = createNode();
  let tasks = 0;
  let outcomes = 0;
  const heap: number[] = [];
  const work = async (n: number): Promise<number> => {
    tasks = Math.max(tasks, node.statistics().processes - OTHERS);
    await Promise.resolve();
    return n;
  };
  function* source(): Generator<number> {
    for (let n = 0; n < items; n += 1) yield n;
  }
  await node.run(async () => {
    for await (const outcome of Task.asyncStream(source(), work, { maxConcurrency })) {
      if (!outcome.ok || outcome.value !== outcomes)
        throw new Error(`outcome ${outcomes} is ${JSON.stringify(outcome)}`);
      outcomes += 1;
      if (outcomes % (items / 10) !== 0) continue;
      collect();
      heap.push(process.memoryUsage().heapUsed);
    }
  });
  return { outcomes, tasks, heap };
}
