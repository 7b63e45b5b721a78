import {
  ExitError,
  exit,
  isAlive,
  isReply,
  type Outcome,
  type Pid,
  receive,
  self,
  send,
  sleep,
  spawn,
  trapExit,
} from '@coppice/core';
import { type SpawnedTask, Task, TaskConsumedError } from '@coppice/task';
import { simulate, simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { failure } from './failure.ts';
import { mailbox } from './mailbox.ts';

const napping = <T>(ms: number, value: T): SpawnedTask<T> => Task.async(() => sleep(ms).then(() => value));

/** What a process that is not the owner gets from `look`. */
async function elsewhere(look: () => Promise<unknown>): Promise<unknown> {
  const me = self<{ readonly got: unknown }>();
  spawn(async () => send(me, { got: await failure(look()) }));
  const { got } = await receive<{ readonly got: unknown }>();
  return got;
}

describe('Task.yield', () => {
  it(
    'gives the value that is there, and clears the DOWN behind it [task-044]',
    simulated(async () => {
      const there = Task.async(() => 'value');
      await sleep(5);
      expect(await Task.yield(there, 0)).toEqual({ ok: true, value: 'value' });
      const coming = napping(5, 'later');
      expect(await Task.yield(coming)).toEqual({ ok: true, value: 'later' });
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'gives undefined when the time is up, by default 5 s; then it can be looked at again [semantics 60] [task-045]',
    simulated(async ({ now }) => {
      const task = napping(6_000, 'value');
      expect(await Task.yield(task, 0)).toBeUndefined();
      expect(await Task.yield(task, 100)).toBeUndefined();
      expect(now()).toBe(100);
      expect(await Task.yield(task)).toBeUndefined();
      expect(now()).toBe(5_100);
      expect(await Task.await(task)).toBe('value');
    }),
  );

  it(
    'gives the reason of a task that ended without a value [task-046]',
    simulated(async () => {
      expect(await Task.yield(Task.async(() => exit('normal')))).toEqual({ ok: false, reason: 'normal' });
      trapExit(true);
      expect(await Task.yield(Task.async(() => exit('shutdown')))).toEqual({ ok: false, reason: 'shutdown' });
    }),
  );

  it(
    'refuses a caller that is not the owner [task-048]',
    simulated(async () => {
      const task = napping(5, 1);
      expect(await elsewhere(() => Task.yield(task))).toMatchObject({
        name: 'TypeError',
        message: expect.stringContaining('owner'),
      });
      await Task.await(task);
    }),
  );

  it(
    'waits in vain for what was taken, and refuses to wait for ever',
    simulated(async ({ now }) => {
      const task = Task.async(() => 1);
      await Task.await(task);
      expect(await Task.yield(task, 30)).toBeUndefined();
      expect(now()).toBe(30);
      expect(await failure(Task.yield(task, 'infinity'))).toBeInstanceOf(TaskConsumedError);
    }),
  );

  it(
    'exits with nodedown where the connection to the task is lost',
    simulated(async ({ node, expectCrash }) => {
      trapExit(true);
      expectCrash('noconnection');
      const error = await failure(Task.yield(Task.async(() => exit('noconnection'))));
      expect(error).toBeInstanceOf(ExitError);
      expect(error).toMatchObject({
        reason: { nodedown: node.name },
        call: { module: 'Task', function: 'yield' },
      });
    }),
  );

  it(
    'refuses bad arguments',
    simulated(async () => {
      const task = napping(5, 1);
      expect(await failure(Task.yield(task, -1))).toBeInstanceOf(RangeError);
      expect(await failure(Task.yield(task, Number.NaN))).toBeInstanceOf(RangeError);
      expect(await failure(Task.yield({} as never))).toBeInstanceOf(TypeError);
      await Task.await(task);
    }),
  );
});

describe('Task.yieldMany', () => {
  it(
    'gives what is there, and clears the DOWN behind it [task-049]',
    simulated(async () => {
      const task = Task.async(() => 'value');
      await sleep(5);
      expect(await Task.yieldMany([task], { timeout: 0 })).toEqual([{ ok: true, value: 'value' }]);
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'gives undefined for what runs on when the time is up, and leaves it alone [task-050]',
    simulated(async ({ now }) => {
      const tasks = [napping(10, 'soon'), napping(6_000, 'late')] as const;
      expect(await Task.yieldMany(tasks, { timeout: 0 })).toEqual([undefined, undefined]);
      expect(await Task.yieldMany(tasks)).toEqual([{ ok: true, value: 'soon' }, undefined]);
      expect(now()).toBe(5_000);
      expect(await Task.await(tasks[1])).toBe('late');
    }),
  );

  it(
    'kills what runs on where that is asked for [task-051]',
    simulated(async ({ down, now }) => {
      const tasks = [napping(10, 'soon'), napping(60_000, 'never')] as const;
      const ended = down(tasks[1].pid);
      expect(await Task.yieldMany(tasks, { timeout: 20, onTimeout: 'kill_task' })).toEqual([
        { ok: true, value: 'soon' },
        undefined,
      ]);
      expect(await ended).toBe('killed');
      expect(now()).toBe(20);
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'lets go of what runs on where that is asked for [task-052]',
    simulated(async ({ down }) => {
      const tasks = [napping(10, 'soon'), napping(100, 'ignored')] as const;
      expect(await Task.yieldMany(tasks, { timeout: 20, onTimeout: 'ignore' })).toEqual([
        { ok: true, value: 'soon' },
        undefined,
      ]);
      expect(isAlive(tasks[1].pid)).toBe(true);
      expect(await down(tasks[1].pid)).toBe('normal');
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'gives the reason of a task that ended without a value [task-053]',
    simulated(async () => {
      expect(await Task.yieldMany([Task.async(() => exit('normal'))])).toEqual([
        { ok: false, reason: 'normal' },
      ]);
    }),
  );

  it(
    'refuses a caller that is not the owner of each [task-055]',
    simulated(async () => {
      const task = napping(5, 1);
      expect(await elsewhere(() => Task.yieldMany([task]))).toMatchObject({
        name: 'TypeError',
        message: expect.stringContaining('tasks[0]'),
      });
      await Task.await(task);
    }),
  );

  it(
    'gives values, failures and nothing in the order of the tasks [task-056]',
    simulated(async () => {
      trapExit(true);
      const tasks = [
        napping(60_000, 'never'),
        Task.async(() => exit('shutdown')),
        napping(5, 'value'),
      ] as const;
      const outcomes: readonly [
        Outcome<string> | undefined,
        Outcome<never> | undefined,
        Outcome<string> | undefined,
      ] = await Task.yieldMany(tasks, { timeout: 10 });
      expect(outcomes).toEqual([undefined, { ok: false, reason: 'shutdown' }, { ok: true, value: 'value' }]);
    }),
  );

  it(
    'returns as soon as so many have ended [task-057]',
    simulated(async ({ now }) => {
      const tasks = [napping(100, 1), napping(10, 2), napping(20, 3)] as const;
      const outcomes = await Task.yieldMany(tasks, { limit: 2, onTimeout: 'kill_task' });
      expect(outcomes).toEqual([undefined, { ok: true, value: 2 }, { ok: true, value: 3 }]);
      expect(now()).toBe(20);
      // The limit is no time that is up: what runs on is left alone.
      expect(await Task.await(tasks[0])).toBe(1);
    }),
  );

  it(
    'takes what came first of what is there, up to the limit',
    simulated(async () => {
      const tasks = [napping(2, 'second'), napping(1, 'first')] as const;
      await sleep(10);
      expect(await Task.yieldMany(tasks, { limit: 1 })).toEqual([undefined, { ok: true, value: 'first' }]);
      expect(await Task.yield(tasks[0], 0)).toEqual({ ok: true, value: 'second' });
    }),
  );

  it(
    'returns when all have ended, however high the limit [task-058]',
    simulated(async ({ now }) => {
      const tasks = [napping(10, 1), napping(20, 2)] as const;
      expect(await Task.yieldMany(tasks, { limit: 5 })).toEqual([
        { ok: true, value: 1 },
        { ok: true, value: 2 },
      ]);
      expect(now()).toBe(20);
    }),
  );

  it(
    'ends at the time if fewer than the limit have ended [task-059]',
    simulated(async ({ now, down }) => {
      const tasks = [napping(10, 1), napping(60_000, 2), napping(60_000, 3)] as const;
      const outcomes = await Task.yieldMany(tasks, { limit: 2, timeout: 50, onTimeout: 'kill_task' });
      expect(outcomes).toEqual([{ ok: true, value: 1 }, undefined, undefined]);
      expect(now()).toBe(50);
      expect(await Promise.all(tasks.map(({ pid }) => down(pid)))).toEqual(['normal', 'killed', 'killed']);
    }),
  );

  it(
    'waits for ever where it is asked to [task-060]',
    simulated(async () => {
      const tasks = [napping(100_000, 1), napping(1, 2)] as const;
      expect(await Task.yieldMany(tasks, { timeout: 'infinity' })).toEqual([
        { ok: true, value: 1 },
        { ok: true, value: 2 },
      ]);
    }),
  );

  it(
    'takes the time alone, and a task that is there twice',
    simulated(async ({ now }) => {
      const task = napping(60, 1);
      expect(await Task.yieldMany([task, task], 50)).toEqual([undefined, undefined]);
      expect(now()).toBe(50);
      expect(await Task.yieldMany([task, task], 'infinity')).toEqual([
        { ok: true, value: 1 },
        { ok: true, value: 1 },
      ]);
      expect(await Task.yieldMany([])).toEqual([]);
    }),
  );

  it(
    'waits in vain for what was taken, and refuses to wait for ever',
    simulated(async ({ now }) => {
      const task = Task.async(() => 1);
      await Task.await(task);
      expect(await Task.yieldMany([task, napping(5, 2)], { timeout: 30 })).toEqual([
        undefined,
        { ok: true, value: 2 },
      ]);
      expect(now()).toBe(30);
      expect(await failure(Task.yieldMany([task], 'infinity'))).toBeInstanceOf(TaskConsumedError);
    }),
  );

  it(
    'leaves other messages in the mailbox',
    simulated(async () => {
      send(self<string>(), 'mine');
      await Task.yieldMany([napping(5, 1)]);
      expect(await mailbox()).toEqual(['mine']);
    }),
  );

  it('refuses bad arguments', () =>
    simulate(async () => {
      const tasks = [napping(5, 1)] as const;
      for (const options of [{ timeout: -1 }, { limit: 0 }, { limit: 1.5 }])
        expect(await failure(Task.yieldMany(tasks, options))).toBeInstanceOf(RangeError);
      for (const options of [{ limit: '1' }, { onTimeout: 'kill' }, { timeout: 'soon' }, 'soon'])
        expect(await failure(Task.yieldMany(tasks, options as never))).toBeInstanceOf(TypeError);
      expect(await failure(Task.yieldMany(tasks, null as never))).toMatchObject({
        message: 'options must be an object, got null',
      });
      expect(await failure(Task.yieldMany(undefined as never))).toMatchObject({
        message: 'tasks must be an array of tasks, got undefined',
      });
      await Task.awaitMany(tasks);
    }));
});

describe('a pending yield', () => {
  it(
    'does not hinder the process from receiving',
    simulated(async () => {
      const me = self<Pid<never>>();
      const task = Task.async(async () => {
        send(me, self());
        await sleep(10);
        return 'value';
      });
      const looking = Task.yield(task);
      expect(await receive<Pid<never>>()).toBe(task.pid);
      expect(await looking).toEqual({ ok: true, value: 'value' });
      expect(isReply(await receive(undefined, { timeout: 0 }))).toBe(false);
    }),
  );
});
