import {
  ExitError,
  exit,
  isAlive,
  type Pid,
  processInfo,
  receive,
  self,
  send,
  sleep,
  spawn,
  trapExit,
} from '@coppice/core';
import { Task, TaskConsumedError } from '@coppice/task';
import { simulate, simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { failure } from './failure.ts';
import { mailbox } from './mailbox.ts';

const boom = new Error('boom');
/** A way in which a body can end without a value. */
interface Ending {
  readonly body: () => unknown;
  readonly reason: unknown;
}
const throwing = (value: unknown) => () => {
  throw value;
};
const normally: Ending = { body: () => exit('normal'), reason: 'normal' };
const byExit: Ending = { body: () => exit('bye'), reason: 'bye' };
const byError: Ending = { body: throwing(boom), reason: boom };
const byThrow: Ending = { body: throwing('ball'), reason: { nocatch: 'ball' } };
const byKill: Ending = { body: () => exit(self(), 'kill'), reason: 'killed' };
const byShutdown: Ending = { body: () => exit('shutdown'), reason: 'shutdown' };
const byDetailedShutdown: Ending = { body: () => exit({ shutdown: 'x' }), reason: { shutdown: 'x' } };

describe('Task.await', () => {
  it.each([
    ['exits normally [task-021]', normally],
    ['throws something else [task-022]', byThrow],
    ['throws an error [task-023]', byError],
    ['exits [task-026]', byExit],
  ])(
    'rejects with the raw reason and what was called when the task %s [semantics 2, 10]',
    (_how, { body, reason }) =>
      simulate(
        async () => {
          trapExit(true);
          const task = Task.async(body);
          const error = await failure(Task.await(task, 500));
          expect(error).toBeInstanceOf(ExitError);
          expect(error).toMatchObject({
            reason,
            call: { module: 'Task', function: 'await', args: [task, 500] },
          });
          // The link's signal comes before the DOWN, and stays in the mailbox.
          expect(await mailbox()).toEqual([{ type: 'EXIT', from: task.pid, reason }]);
        },
        { crashes: 'allowed' },
      ),
  );

  it.each([
    ['exits', byExit],
    ['exits with shutdown', byShutdown],
    ['exits with a detailed shutdown', byDetailedShutdown],
    ['throws an error', byError],
    ['throws something else', byThrow],
    ['is killed', byKill],
  ])('does not save a caller that does not trap exits, when the task %s', (_how, { body, reason }) =>
    simulate(
      async ({ down }) => {
        const caller = spawn(async () => {
          await Task.await(Task.async(body), 500).catch(() => sleep('infinity'));
        });
        expect(await down(caller)).toEqual(reason);
      },
      { crashes: 'allowed' },
    ),
  );

  it(
    'ends a caller that does not catch it with what it rejected with [semantics 1]',
    simulated(async ({ down, expectCrash }) => {
      const caller = spawn(async () => {
        await Task.await(Task.async(() => exit('normal')));
      });
      expectCrash();
      expect(await down(caller)).toMatchObject({ reason: 'normal', call: { function: 'await' } });
    }),
  );

  it(
    'rejects after its time, by default 5 s [task-020]',
    simulated(async ({ now }) => {
      const [slow, slower] = [Task.async(() => sleep(60_000)), Task.async(() => sleep(60_000))];
      expect(await failure(Task.await(slow, 0))).toMatchObject({
        reason: 'timeout',
        call: { args: [slow, 0] },
      });
      expect(now()).toBe(0);
      const error = await failure(Task.await(slower));
      expect(error).toMatchObject({
        reason: 'timeout',
        call: { module: 'Task', function: 'await', args: [slower, 5_000] },
      });
      expect(now()).toBe(5_000);
      expect(isAlive(slower.pid)).toBe(true);
    }),
  );

  it(
    'has no monitor and no late reply after its time [task-019]',
    simulated(async ({ down }) => {
      const task = Task.async(async () => {
        await sleep(20);
        return 'late';
      });
      expect(await failure(Task.await(task, 10))).toMatchObject({ reason: 'timeout' });
      expect(processInfo(self())?.monitors).not.toContain(task.pid);
      expect(await down(task.pid)).toBe('normal');
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'takes the value that came before, and leaves other messages alone',
    simulated(async () => {
      send(self<string>(), 'mine');
      const task = Task.async(() => 'value');
      await sleep(5);
      expect(await Task.await(task, 0)).toBe('value');
      expect(await mailbox()).toEqual(['mine']);
    }),
  );

  it(
    'refuses a caller that is not the owner, and names both [semantics 22] [task-029]',
    simulated(async () => {
      const task = Task.async(() => sleep(10));
      const me = self<{ readonly pid: Pid<never>; readonly error: unknown }>();
      spawn(async () => send(me, { pid: self(), error: await failure(Task.await(task)) }));
      const { pid, error } = await receive<{ readonly pid: Pid<never>; readonly error: unknown }>();
      expect(error).toBeInstanceOf(TypeError);
      expect(error).toMatchObject({
        message: `task must be a task of the calling process: the owner of the task ${task.pid} is ${self()}, the caller is ${pid}`,
      });
      await Task.await(task);
    }),
  );

  it(
    'rejects at once when the outcome was taken before, with the reason that OTP gives after the time [semantics 22]',
    simulated(async ({ now }) => {
      const task = Task.async(() => 'once');
      expect(await Task.await(task)).toBe('once');
      for (const timeout of [20, 'infinity'] as const) {
        const error = await failure(Task.await(task, timeout));
        expect(error).toBeInstanceOf(TaskConsumedError);
        expect(error).toBeInstanceOf(ExitError);
        expect(error).toMatchObject({
          reason: 'timeout',
          call: { function: 'await', args: [task, timeout] },
          message: `the outcome of the task ${task.pid} was taken before: a task is awaited once`,
        });
      }
      expect(now()).toBe(0);
    }),
  );

  it(
    'refuses to wait for one task twice at once',
    simulated(async () => {
      const task = Task.async(() => sleep(5));
      const first = Task.await(task);
      expect(await failure(Task.await(task))).toMatchObject({
        message: expect.stringContaining('is waiting for'),
      });
      await first;
    }),
  );

  it(
    'waits for several tasks at once',
    simulated(async () => {
      const tasks = [3, 1, 2].map((ms) => Task.async(() => sleep(ms).then(() => ms)));
      expect(await Promise.all(tasks.map((task) => Task.await(task)))).toEqual([3, 1, 2]);
    }),
  );

  it('refuses bad arguments', () =>
    simulate(async () => {
      const task = Task.async(() => sleep(5));
      for (const timeout of [-1, Number.NaN, Number.POSITIVE_INFINITY])
        expect(await failure(Task.await(task, timeout))).toBeInstanceOf(RangeError);
      expect(await failure(Task.await(task, 'soon' as never))).toBeInstanceOf(TypeError);
      expect(await failure(Task.await(5 as never))).toMatchObject({ message: 'task must be a task, got 5' });
      expect(await failure(Task.await(Promise.resolve() as never))).toMatchObject({
        message: 'task must be a task, got an instance of Promise: await the function that starts it first',
      });
      await Task.await(task);
    }));

  it(
    'is no unhandled rejection where nobody looks',
    simulated(async () => {
      trapExit(true);
      void Task.await(Task.async(() => exit('normal')));
      void Task.awaitMany([Task.async(() => exit('normal'))]);
      void Task.await(undefined as never);
      await sleep(5);
      expect(await mailbox()).toHaveLength(2); // what the links tell
    }),
  );

  it(
    'exits with nodedown where the connection to the task is lost',
    simulated(async ({ expectCrash, node }) => {
      trapExit(true);
      const task = Task.async(() => exit('noconnection'));
      expectCrash('noconnection');
      expect(await failure(Task.await(task))).toMatchObject({ reason: { nodedown: node.name } });
    }),
  );
});

const sleeping = (ms: number) => Task.async(() => sleep(ms).then(() => ms));

describe('Task.awaitMany', () => {
  it(
    'gives all values [task-030] [task-031]',
    simulated(async ({ now }) => {
      const tasks = [30, 10, 20].map(sleeping);
      expect(await Task.awaitMany(tasks)).toEqual([30, 10, 20]);
      expect(now()).toBe(30);
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'gives nothing for nothing, at once [task-032]',
    simulated(async () => {
      expect(await Task.awaitMany([])).toEqual([]);
      expect(await Task.awaitMany([], 0)).toEqual([]);
    }),
  );

  it(
    'leaves other messages in the mailbox [task-033]',
    simulated(async () => {
      const other = spawn(() => {});
      const strangers = [
        { type: 'DOWN', ref: 'no reference' },
        { type: 'reply', ref: other, value: 'fake' },
        'plain',
      ];
      for (const stranger of strangers) send(self<unknown>(), stranger);
      expect(await Task.awaitMany([Task.async(() => 1), sleeping(2)])).toEqual([1, 2]);
      expect(await mailbox()).toEqual(strangers);
    }),
  );

  it(
    'takes the first reply of a task, and leaves what else comes with its reference [task-034]',
    simulated(async () => {
      const tasks = [Task.async(() => sleep(500)), Task.async(() => 'b')] as const;
      const reply = (value: string) => ({ type: 'reply', ref: tasks[0].ref, value });
      for (const value of ['first', 'second']) send(self<unknown>(), reply(value));
      expect(await Task.awaitMany(tasks)).toEqual(['first', 'b']);
      expect(await mailbox()).toEqual([reply('second')]);
    }),
  );

  it(
    'rejects after one time for all, naming the tasks; they run on [semantics 22] [task-035]',
    simulated(async ({ now }) => {
      const tasks = [sleeping(80), sleeping(90), sleeping(60_000)];
      const error = await failure(Task.awaitMany(tasks, 100));
      expect(now()).toBe(100);
      expect(error).toMatchObject({
        reason: 'timeout',
        call: { module: 'Task', function: 'awaitMany', args: [tasks, 100] },
      });
      expect(tasks.map(({ pid }) => isAlive(pid))).toEqual([false, false, true]);
      expect(await mailbox()).toEqual([]);
      expect(await failure(Task.awaitMany([sleeping(60_000)]))).toMatchObject({
        call: { args: [expect.anything(), 5_000] },
      });
    }),
  );

  it(
    'gives one value twice for a task that is there twice',
    simulated(async () => {
      const task = sleeping(1);
      expect(await Task.awaitMany([task, task], 50)).toEqual([1, 1]);
    }),
  );

  it.each([
    ['exits [task-036]', byExit],
    ['exits [task-037]', byExit],
    ['is killed [task-038]', byKill],
    ['throws something else [task-039]', byThrow],
    ['throws an error [task-040]', byError],
  ])('rejects while the others run on as soon as one %s', (_how, { body, reason }) =>
    simulate(
      async ({ now }) => {
        trapExit(true);
        const tasks = [sleeping(300), Task.async(body)] as const;
        const error = await failure(Task.awaitMany(tasks, 1_000));
        expect(error).toMatchObject({ reason, call: { function: 'awaitMany', args: [tasks, 1_000] } });
        expect(now()).toBe(0);
        expect(isAlive(tasks[0].pid)).toBe(true);
        expect(await mailbox()).toEqual([{ type: 'EXIT', from: tasks[1].pid, reason }]);
        // What the other replies later is dropped.
        await sleep(500);
        expect(await mailbox()).toEqual([{ type: 'EXIT', from: tasks[0].pid, reason: 'normal' }]);
      },
      { crashes: 'allowed' },
    ),
  );

  it(
    'refuses a task of another owner [task-043]',
    simulated(async () => {
      const foreign = { ...Task.async(() => 1), owner: spawn(() => {}) };
      expect(await failure(Task.awaitMany([Task.async(() => 1), foreign], 50))).toMatchObject({
        name: 'TypeError',
        message: expect.stringContaining('tasks[1] must be a task of the calling process'),
      });
    }),
  );

  it(
    'refuses bad arguments, and a task whose outcome was taken before',
    simulated(async () => {
      expect(await failure(Task.awaitMany(5 as never))).toMatchObject({
        message: 'tasks must be an array of tasks, got 5',
      });
      expect(await failure(Task.awaitMany([1] as never))).toMatchObject({
        message: 'tasks[0] must be a task, got 1',
      });
      expect(await failure(Task.awaitMany([], -1))).toBeInstanceOf(RangeError);
      const task = Task.async(() => 1);
      await Task.await(task);
      expect(await failure(Task.awaitMany([task, sleeping(5)], 'infinity'))).toBeInstanceOf(
        TaskConsumedError,
      );
    }),
  );
});
