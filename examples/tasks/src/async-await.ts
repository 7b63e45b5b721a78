/** Work in another process, whose value is awaited when it is needed. */
import { sleep } from '@coppice/core';
import { Task } from '@coppice/task';
import { findComments, findPosts, findUser } from './repository.ts';

const task = Task.async(async () => {
  await sleep(100);
  return 'Result';
});
console.log('Working on other things...');
console.log(await Task.await(task)); // waits 5 s at most

/** Three queries at once: it takes as long as the slowest. */
async function loadUserWithDetails(id: number) {
  const [user, posts, comments] = await Task.awaitMany([
    Task.async(() => findUser(id)),
    Task.async(() => findPosts(id)),
    Task.async(() => findComments(id)),
  ]);
  return { user, posts, comments };
}

console.log(JSON.stringify(await loadUserWithDetails(1)));
