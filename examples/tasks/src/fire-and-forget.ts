/**
 * Work whose result nobody needs. A task of `startChild` is not restarted when it crashes, since its `restart` is `'temporary'`:
 * only with `'transient'` or `'permanent'` does the supervisor handle that.
 */
import { receive, self, send, sleep } from '@coppice/core';
import { Task, TaskSupervisor } from '@coppice/task';

const me = self<string>();

// Unsupervised: nobody hears of a crash but the log.
Task.start(async () => {
  await sleep(10);
  send(me, 'email sent');
});
console.log(await receive());

// Supervised, and tried again after a crash.
const supervisor = await TaskSupervisor.startLink({ maxRestarts: 3 });
const problems = ['the disk is busy', 'the disk is still busy'];
await TaskSupervisor.startChild(
  supervisor,
  () => {
    const problem = problems.shift();
    if (problem !== undefined) {
      send(me, `failed: ${problem}`);
      throw new Error(problem); // reported on stderr, then restarted
    }
    send(me, 'cleaned up');
  },
  { restart: 'transient' },
);
for (let attempt = 1; attempt <= 3; attempt += 1)
  console.log(`attempt ${attempt}: ${await receive<string>()}`);
await TaskSupervisor.stop(supervisor);
