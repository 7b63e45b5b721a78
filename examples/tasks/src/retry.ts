/** A task that tries again, with a longer pause each time. Exits are caught like any error: a failed call is worth another try too. */
import { sleep } from '@coppice/core';
import { Task } from '@coppice/task';

function asyncWithRetry<T>(fn: () => T, attempts = 3, pauseMs = 10): Task<Awaited<T>> {
  return Task.async(() => retry(fn, attempts, pauseMs));
}

async function retry<T>(fn: () => T, attempts: number, pauseMs: number): Promise<Awaited<T>> {
  try {
    return await fn();
  } catch (error) {
    if (attempts <= 1) throw error;
    console.log(`${String(error)}, again in ${pauseMs} ms`);
    await sleep(pauseMs);
    return retry(fn, attempts - 1, pauseMs * 2);
  }
}

let calls = 0;
const unreliable = (): string => {
  calls += 1;
  if (calls < 3) throw new Error(`call ${calls} failed`);
  return `call ${calls} succeeded`;
};
console.log(await Task.await(asyncWithRetry(unreliable, 5)));
