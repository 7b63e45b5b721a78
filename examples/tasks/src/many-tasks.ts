/** One task for each item, awaited together. */
import { ExitError, formatExit, sleep } from '@coppice/core';
import { Task } from '@coppice/task';
import { findUser } from './repository.ts';

/** The time limit (default 5 s) is one for all tasks together, not one for each. */
const fetchAllUsers = (ids: readonly number[]) =>
  Task.awaitMany(ids.map((id) => Task.async(() => findUser(id))));

console.log((await fetchAllUsers([1, 2, 3, 4, 5])).map((user) => user.name).join(', '));

const slow = [10, 20, 30].map((ms) => Task.async(async () => (await sleep(ms), ms)));
console.log(await Task.awaitMany(slow, 10_000));

const unequal = [Task.async(() => sleep(5)), Task.async(() => sleep(60_000))];
try {
  await Task.awaitMany(unequal, 50);
} catch (error) {
  if (!(error instanceof ExitError)) throw error;
  console.log(`too slow together: ${formatExit(error.reason)}`);
  // Whoever goes on after a time-out still has the tasks: they run on, and would hold the program.
  for (const task of unequal) await Task.shutdown(task, 'brutal_kill');
}
