import { simulated } from '@coppice/testing';
import { exit, Supervisor, sleep, spawn, subscribe, Task, TaskSupervisor } from 'coppice';
import { describe, expect, it } from 'vitest';
import { type RetryOptions, retry } from '../src/retry.ts';

subscribe('coppice.supervisor.report', () => {}); // else on stderr

class Down extends Error {}
const options: RetryOptions = {
  attempts: 4,
  backoff: { baseMs: 1_000, maxMs: 3_000, random: () => 1 },
  isTransient: (error) => error instanceof Down,
};

/** Fails `failures` times, and keeps the times at which it was called. */
function failing(failures: number, now: () => number, error: Error = new Down('down')) {
  const calls: number[] = [];
  const work = async (): Promise<string> => {
    calls.push(now());
    if (calls.length <= failures) throw error;
    return 'done';
  };
  return { calls, work };
}

describe('retry', () => {
  it(
    'tries again after each pause, until it succeeds',
    simulated(async ({ now }) => {
      const { calls, work } = failing(3, now);
      expect(await retry(work, options)).toBe('done');
      expect(calls).toEqual([0, 1_000, 3_000, 6_000]);
    }),
  );

  it(
    'gives up with the last error, and does not pause before that',
    simulated(async ({ now }) => {
      const { calls, work } = failing(9, now);
      await expect(retry(work, options)).rejects.toThrow(Down);
      expect([calls.length, now()]).toEqual([4, 6_000]);
    }),
  );

  it(
    'throws an error at once that is not transient',
    simulated(async ({ now }) => {
      const { calls, work } = failing(9, now, new TypeError('a bug'));
      await expect(retry(work, options)).rejects.toThrow('a bug');
      expect(calls).toEqual([0]);
    }),
  );

  it(
    'tells of each pause',
    simulated(async ({ now }) => {
      const told: number[] = [];
      await retry(failing(2, now).work, { ...options, onPause: (_error, ms) => told.push(ms) });
      expect(told).toEqual([1_000, 2_000]);
    }),
  );

  it(
    'ends with its task in the middle of a pause',
    simulated(async ({ now, settle }) => {
      const { calls, work } = failing(9, now);
      const task = Task.async(() => retry(work, options));
      await sleep(1_500);
      expect(await Task.shutdown(task)).toBeUndefined();
      expect(now()).toBe(1_500);
      await settle();
      expect(calls).toEqual([0, 1_000]);
    }),
  );

  it(
    'ends when it is killed, even if every error is taken for transient',
    simulated(async ({ now, settle }) => {
      const { calls, work } = failing(9, now);
      const pid = spawn(() => void retry(work, { ...options, isTransient: () => true }).catch(() => {}));
      await sleep(10);
      exit(pid, 'kill');
      await settle();
      expect(calls).toEqual([0]);
    }),
  );

  it(
    'begins anew when its supervisor starts it again',
    simulated(async ({ now }) => {
      await Supervisor.startLink([TaskSupervisor.childSpec({ name: 'tasks' })], { strategy: 'one_for_one' });
      const { calls, work } = failing(2, now);
      const body = async (): Promise<void> => void (await retry(work, options));
      const pid = await TaskSupervisor.startChild('tasks', body, { restart: 'transient' });
      await sleep(500);
      exit(pid, 'kill');
      await sleep(5_000);
      expect(calls).toEqual([0, 500, 1_500]);
      expect(await TaskSupervisor.children('tasks')).toEqual([]);
    }),
  );
});
