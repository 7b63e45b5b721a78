/** Work that needs a CPU: the event loop stays free, a task that is killed takes its thread's work with it, and so does a pool. */
import { once } from 'node:events';
import { exit, monitor, receive, Supervisor, Task, TaskSupervisor, whereis } from 'coppice';
import { countPrimes } from './jobs.js';
import { type Measured, measure } from './loop-delay.ts';
import * as Threads from './threads.ts';
import { onThread } from './threads.ts';

const tasks = TaskSupervisor.name('tasks');
const children = [Threads.childSpec(2), TaskSupervisor.childSpec({ name: tasks })];
const app = await Supervisor.startLink(children, { strategy: 'one_for_one' });

// 1. The same work in the main thread and on another.
const LIMIT = 2_000_000;
const here = await measure(() => countPrimes(LIMIT));
report('in the main thread', here);
console.log(
  `in the main thread: ${here.value} primes, the loop was held all the time: ${here.heldMs >= here.tookMs}`,
);
const there = await measure(() => Task.await(Task.async((task) => onThread('countPrimes', LIMIT, task))));
report('on a thread', there);
console.log(
  `on a thread: ${there.value} primes, the loop was never held for a quarter of that: ${there.heldMs < here.heldMs / 4}`,
);

// 2. One that never ends is killed when its time is up; the others are not disturbed.
const limits = [100, Number.POSITIVE_INFINITY, 1_000];
const counts = Task.asyncStream(limits, (limit, task) => onThread('countPrimes', limit, task), {
  maxConcurrency: 2,
  timeout: 500,
  onTimeout: 'kill_task',
  zipInputOnExit: true,
});
for await (const outcome of counts) console.log(outcome.ok ? `${outcome.value} primes` : outcome);

// 3. A killed task ends its thread, which would spin for ever.
const spinning = await startSpinning();
const ended = threadEnds(await Threads.pool());
await Task.shutdown(spinning, 'brutal_kill');
console.log(`a task was killed: its thread ended with exit code ${await ended}`);

// 4. A thread that runs out of memory is a failed task.
const greedy = await TaskSupervisor.asyncNolink(tasks, (task) => onThread('hoard', undefined, task));
console.log(`a thread took too much: ${await failureOf(greedy)}`);

// 5. The pool's process is killed with a job on a thread: the job fails, the pool is there again.
const orphan = await startSpinning();
const threads = whereis('threads');
if (threads === undefined) throw new Error('the pool is not running');
monitor(threads);
exit(threads, 'kill');
await receive();
console.log(`the pool was killed: ${await failureOf(orphan)}`);
await Supervisor.countChildren(app); // answers when the restart is done
console.log(
  `and is there again: ${await Task.await(Task.async((task) => onThread('countPrimes', 100, task)))} primes`,
);

await Supervisor.stop(app);

/** A job that never ends, when it has begun. */
async function startSpinning(): Promise<Task<never>> {
  const begun = once(await Threads.pool(), 'message');
  const task = await TaskSupervisor.asyncNolink(tasks, (context) => onThread('spin', undefined, context));
  await begun;
  return task;
}

async function failureOf(task: Task<never>): Promise<string | undefined> {
  const outcome = await Task.yield(task, 'infinity');
  return outcome?.ok === false && outcome.reason instanceof Error ? outcome.reason.message : undefined;
}

/** The exit code of the next thread that ends: 1 for one that was ended. */
function threadEnds({ threads }: Threads.Pool): Promise<number> {
  return new Promise((resolve) => {
    for (const thread of threads) thread.once('exit', resolve);
  });
}

function report(where: string, { tookMs, heldMs }: Measured<unknown>): void {
  console.error(
    `${where}: ${tookMs.toFixed()} ms of work, the loop was held for at most ${heldMs.toFixed(1)} ms`,
  );
}
