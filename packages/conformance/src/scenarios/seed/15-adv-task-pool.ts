/** Advanced 1: TaskPool.parallelMap. */
import { availableParallelism } from 'node:os';
import { sleep } from '@coppice/core';
import { Task } from '@coppice/task';
import { FunctionClauseError } from '../../exceptions.ts';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';

async function parallelMap<I, T>(
  collection: Iterable<I>,
  fn: (item: I) => T,
  { maxConcurrency = availableParallelism() * 2 }: { readonly maxConcurrency?: number } = {},
): Promise<readonly Awaited<T>[]> {
  const results: Awaited<T>[] = [];
  for await (const outcome of Task.asyncStream(collection, fn, { maxConcurrency })) {
    if (!outcome.ok) throw new FunctionClauseError('expected { ok: true, value }');
    results.push(outcome.value);
  }
  return results;
}

const divide = (n: number) => 10n / BigInt(n);

export const advTaskPool: Scenario = scenario('seed/15_adv_task_pool', async (O) => {
  await bounded(O);
  O.step('empty', await parallelMap([], (x) => x));
  const tenfold = ([key, n]: readonly [string, number]) => [key, n * 10] as const;
  O.step('works on a map (items are pairs)', await parallelMap(Object.entries({ a: 1, b: 2 }), tenfold));
  O.step(
    'an item that raises ends the caller with the raw reason, not a FunctionClauseError',
    await O.isolated(() => parallelMap([1, 0], divide)),
  );
  O.step(
    'the same, caller traps: now the {:ok, result} clause fails',
    await O.isolated(
      async () => {
        const [, error] = await O.catching(() => parallelMap([1, 0], divide));
        return error;
      },
      { trap: true },
    ),
  );
  const n = availableParallelism();
  const now = { running: 0 };
  const counted = async () => {
    const running = ++now.running;
    await sleep(5);
    now.running--;
    return running;
  };
  const outcomes = await Task.asyncStream(range(n * 6), counted).toArray();
  const greatest = Math.max(
    ...outcomes.map((outcome) => (outcome.ok ? outcome.value : Number.POSITIVE_INFINITY)),
  );
  O.step('default max_concurrency is schedulers_online', greatest <= n);
});

async function bounded(O: Oracle): Promise<void> {
  let now = 0;
  const square = async (n: number) => {
    const c = ++now;
    if (n % 100 === 0) await sleep(2);
    now--;
    return [n * n, c] as const;
  };
  const results = await parallelMap(range(1000), square, { maxConcurrency: 20 });
  O.step(
    '1000 items in input order',
    results.length === 1000 && results.every(([s], i) => s === (i + 1) ** 2),
  );
  O.step('never above 20 at once', Math.max(...results.map(([, c]) => c)) <= 20);
}

function range(last: number): readonly number[] {
  return Array.from({ length: last }, (_, i) => i + 1);
}
