/** In real time: threads are the point. */
import { once } from 'node:events';
import { onNode } from '@coppice/testing';
import { exit, monitor, receive, Supervisor, subscribe, Task, whereis } from 'coppice';
import { describe, expect, it } from 'vitest';
import * as Threads from '../src/threads.ts';
import { onThread } from '../src/threads.ts';

subscribe('coppice.supervisor.report', () => {}); // else on stderr

const start = (count: number) =>
  Supervisor.startLink([Threads.childSpec(count)], { strategy: 'one_for_one' });

/** The exit codes of all threads of a pool, when they have ended. */
const endOf = ({ threads }: Threads.Pool) =>
  Promise.all(threads.map((thread) => new Promise((resolve) => thread.once('exit', resolve))));

async function startSpinning(): Promise<Task<never>> {
  const begun = once(await Threads.pool(), 'message');
  const task = Task.async((context) => onThread('spin', undefined, context));
  await begun;
  return task;
}

describe('onThread', () => {
  it(
    'gives what the job returns',
    onNode(async () => {
      await start(2);
      const tasks = [10, 100, 1_000].map((limit) =>
        Task.async((context) => onThread('countPrimes', limit, context)),
      );
      expect(await Task.awaitMany(tasks)).toEqual([4, 25, 168]);
    }),
  );

  it(
    'ends its thread with its task, and the next job has another',
    onNode(async () => {
      await start(1);
      const task = await startSpinning();
      const ended = endOf(await Threads.pool());
      expect(await Task.shutdown(task, 'brutal_kill')).toBeUndefined();
      expect(await ended).toEqual([1]);
      expect(await Task.await(Task.async((context) => onThread('countPrimes', 10, context)))).toBe(4);
    }),
  );

  it(
    'leaves the queue with its task, and the thread to the job that has it',
    onNode(async () => {
      await start(1);
      const first = await startSpinning();
      const pool = await Threads.pool();
      const [thread] = pool.threads;
      const second = Task.async((context) => onThread('countPrimes', 10, context));
      while (pool.queueSize === 0) await Threads.pool(); // until the second task has had its answer, too
      expect(await Task.shutdown(second)).toBeUndefined();
      expect(pool.queueSize).toBe(0);
      expect(pool.threads).toEqual([thread]);
      await Task.shutdown(first, 'brutal_kill');
    }),
  );
});

describe('the pool', () => {
  it(
    'ends all its threads with its process, and is started again',
    onNode(async () => {
      const app = await start(2);

      const before = await Threads.pool();
      const ended = endOf(before);
      const threads = whereis('threads');
      if (threads === undefined) throw new Error('the pool is not running');
      monitor(threads);
      exit(threads, 'kill');
      await receive();
      expect(await ended).toHaveLength(2);
      await Supervisor.countChildren(app); // answers when the restart is done
      expect(await Threads.pool()).not.toBe(before);
      expect(await Task.await(Task.async((context) => onThread('countPrimes', 10, context)))).toBe(4);
    }),
  );

  it(
    'starts anew when a thread fails that has no job, and once only',
    onNode(async ({ expectCrash }) => {
      const app = await start(1);
      const before = await Threads.pool();
      const threads = whereis('threads');
      if (threads === undefined) throw new Error('the pool is not running');
      monitor(threads);
      const failure = new Error('a thread failed');
      expectCrash(failure.message);
      before.emit('error', failure);
      expect(await receive()).toMatchObject({ type: 'DOWN', reason: failure });
      before.emit('error', new Error('another one'));
      await Supervisor.countChildren(app); // answers when the restart is done
      expect(await Task.await(Task.async((context) => onThread('countPrimes', 10, context)))).toBe(4);
      expect(await Threads.pool()).toBe(await Threads.pool());
    }),
  );
});
