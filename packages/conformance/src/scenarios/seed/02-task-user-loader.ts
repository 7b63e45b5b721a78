/** Three linked tasks, awaited in order; awaits in order hide completion order. */
import { monotonicTime, sleep } from '@coppice/core';
import { Task } from '@coppice/task';
import { KeyError } from '../../exceptions.ts';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { text } from '../../term.ts';

function repo(O: Oracle) {
  return {
    async get(id: number) {
      await sleep(60);
      O.log('user');
      return { id, name: `User ${id}` };
    },
    async getPostsByUser(id: number) {
      await sleep(10);
      O.log('posts');
      return [
        { userId: id, title: 'p1' },
        { userId: id, title: 'p2' },
      ];
    },
    async getCommentsByUser(id: number) {
      await sleep(35);
      O.log('comments');
      return [{ userId: id, text: 'c1' }];
    },
  };
}

async function loadUserWithDetails(O: Oracle, userId: number) {
  const Repo = repo(O);
  const userTask = Task.async(() => Repo.get(userId));
  const postsTask = Task.async(() => Repo.getPostsByUser(userId));
  const commentsTask = Task.async(() => Repo.getCommentsByUser(userId));
  const user = await Task.await(userTask);
  const posts = await Task.await(postsTask);
  const comments = await Task.await(commentsTask);
  return { user, posts, comments };
}

export const taskUserLoader: Scenario = scenario('seed/02_task_user_loader', async (O) => {
  const start = monotonicTime();
  const loaded = await loadUserWithDetails(O, 7);
  const elapsed = monotonicTime() - start;
  O.step('loaded', text(loaded));
  O.step('completion order', O.takeLog());
  O.step('concurrent: well under the 105 ms sum', elapsed < 100);
  O.step(
    'one of three crashes: the whole caller dies with the raw reason',
    await O.isolated(async () => {
      const a = Task.async(async () => {
        await sleep(200);
        return 'a';
      });
      Task.async(() => {
        throw new KeyError('key :k not found in: %{}');
      });
      return Task.await(a);
    }),
  );
});
