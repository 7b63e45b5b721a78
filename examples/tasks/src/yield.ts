/** Looking whether a task has a result yet, and ending it when it takes too long. */
import { sleep } from '@coppice/core';
import { Task } from '@coppice/task';

async function processWithManualControl(ms: number): Promise<string> {
  const task = Task.async(async () => (await sleep(ms), `done after ${ms} ms`));
  const outcome = (await Task.yield(task, 100)) ?? (await Task.shutdown(task, 'brutal_kill'));
  if (outcome === undefined) return 'timeout';
  return outcome.ok ? outcome.value : 'failed';
}

console.log(await processWithManualControl(10));
console.log(await processWithManualControl(60_000));
