import {
  ExitError,
  exit,
  Gen,
  isAlive,
  type MonitorRef,
  type Pid,
  processInfo,
  receive,
  self,
  send,
  sleep,
  spawn,
  spawnMonitor,
  trapExit,
} from '@coppice/core';
import { type SpawnedTask, Task } from '@coppice/task';
import { simulate, simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { failure } from './failure.ts';
import { mailbox } from './mailbox.ts';

/** A task that heeds no `shutdown`, once it says that it is ready. */
async function stubborn(): Promise<SpawnedTask<void>> {
  const me = self<'ready'>();
  const task = Task.async(async () => {
    trapExit(true);
    send(me, 'ready');
    await sleep('infinity');
  });
  await receive();
  return task;
}

/** A task that has ended with `reason`, not linked to its owner, after a reply or without one: all of it lies in the mailbox. */
async function ended(reply: boolean, reason: unknown): Promise<SpawnedTask<string>> {
  const owner = self();
  const child: { readonly pid: Pid<never>; readonly ref: MonitorRef } = spawnMonitor(
    () => {
      if (reply) Gen.reply({ pid: owner, ref: child.ref }, 'value');
      exit(reason);
    },
    { monitor: { alias: 'demonitor' } },
  );
  await sleep(1);
  return { ...child, owner } as SpawnedTask<string>; // what a task is, made by hand
}

/** What `look` gives, or throws, in a process that is not the owner. */
async function elsewhere(look: () => unknown): Promise<unknown> {
  const me = self<{ readonly got: unknown }>();
  spawn(async () => send(me, { got: await failure((async () => look())()) }));
  const { got } = await receive<{ readonly got: unknown }>();
  return got;
}

const value = { ok: true, value: 'value' };
const because = (reason: unknown): unknown => ({ ok: false, reason });

describe('Task.shutdown', () => {
  it(
    'ends a running task, at once if that does not trap exits [task-064]',
    simulated(async ({ down, now }) => {
      const task = Task.async(() => sleep(60_000));
      expect(await Task.shutdown(task)).toBeUndefined();
      expect(await down(task.pid)).toBe('shutdown');
      expect(now()).toBe(0);
      expect(processInfo(self())?.links).not.toContain(task.pid);
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'kills a running task where that is asked for, also one that traps exits [semantics 20] [task-072]',
    simulated(async ({ down }) => {
      const plain = Task.async(() => sleep(60_000));
      expect(await Task.shutdown(plain, 'brutal_kill')).toBeUndefined();
      const trapping = await stubborn();
      expect(await Task.shutdown(trapping, 'brutal_kill')).toBeUndefined();
      expect(await down(trapping.pid)).toBe('killed');
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'kills a task that does not heed it in time, and says so [semantics 20] [task-082]',
    simulated(async ({ now }) => {
      expect(await Task.shutdown(await stubborn(), 30)).toEqual(because('killed'));
      expect(now()).toBe(30);
      expect(await Task.shutdown(await stubborn())).toEqual(because('killed'));
      expect(now()).toBe(5_030);
    }),
  );

  it(
    'gives the value of a task that replies while it is being ended [semantics 20]',
    simulated(async () => {
      const me = self<'ready'>();
      const task = Task.async(async () => {
        trapExit(true);
        send(me, 'ready');
        const signal = await receive();
        return signal;
      });
      await receive();
      expect(await Task.shutdown(task)).toEqual({
        ok: true,
        value: { type: 'EXIT', from: me, reason: 'shutdown' },
      });
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'leaves nothing behind in an owner that traps exits',
    simulated(async () => {
      trapExit(true);
      expect(await Task.shutdown(Task.async(() => sleep(100)))).toBeUndefined();
      expect(
        await Task.shutdown(
          Task.async(() => sleep(100)),
          'brutal_kill',
        ),
      ).toBeUndefined();
      expect(await mailbox()).toEqual([]);
    }),
  );

  const table = [
    { row: '[task-061]', time: 5_000, reply: true, reason: 'abnormal', outcome: value },
    { row: '[task-062]', time: 5_000, reply: true, reason: 'normal', outcome: value },
    { row: '[task-063]', time: 5_000, reply: true, reason: 'shutdown', outcome: value },
    { row: '[task-065]', time: 5_000, reply: false, reason: 'abnormal', outcome: because('abnormal') },
    { row: '[task-066]', time: 5_000, reply: false, reason: 'normal', outcome: because('normal') },
    { row: '[task-067]', time: 5_000, reply: false, reason: 'shutdown', outcome: undefined },
    { row: '[task-068]', time: 5_000, reply: false, reason: 'killed', outcome: because('killed') },
    { row: '[task-074]', time: 'brutal_kill', reply: true, reason: 'abnormal', outcome: value },
    { row: '[task-075]', time: 'brutal_kill', reply: true, reason: 'normal', outcome: value },
    { row: '[task-076]', time: 'brutal_kill', reply: true, reason: 'shutdown', outcome: value },
    { row: '[task-077]', time: 'brutal_kill', reply: false, reason: 'killed', outcome: undefined },
    {
      row: '[task-078]',
      time: 'brutal_kill',
      reply: false,
      reason: 'abnormal',
      outcome: because('abnormal'),
    },
    { row: '[task-079]', time: 'brutal_kill', reply: false, reason: 'normal', outcome: because('normal') },
    {
      row: '[task-080]',
      time: 'brutal_kill',
      reply: false,
      reason: 'shutdown',
      outcome: because('shutdown'),
    },
  ] as const;
  it.each(table)(
    'of a task that has ended $reason, reply $reply, by $time $row',
    ({ time, reply, reason, outcome }) =>
      simulate(async () => {
        const task = await ended(reply, reason);
        expect(await Task.shutdown(task, time)).toEqual(outcome);
        expect(await mailbox()).toEqual([]);
      }),
  );

  it(
    'of a task whose outcome was taken: noproc [task-073] [task-083]',
    simulated(async () => {
      for (const time of [5_000, 'brutal_kill'] as const) {
        const task = Task.async(() => 1);
        await Task.await(task);
        expect(await Task.shutdown(task, time)).toEqual(because('noproc'));
      }
    }),
  );

  it(
    'of a completed task gives its value [task-070]',
    simulated(async () => {
      expect(await Task.shutdown(Task.completed('value'))).toEqual(value);
      expect(await Task.shutdown(Task.completed('value'), 'brutal_kill')).toEqual(value);
    }),
  );

  it(
    'refuses a caller that is not the owner [task-071]',
    simulated(async () => {
      const task = Task.async(() => sleep(10));
      for (const time of [5_000, 'brutal_kill'] as const)
        expect(await elsewhere(() => Task.shutdown(task, time))).toMatchObject({
          name: 'TypeError',
          message: expect.stringContaining('owner'),
        });
      expect(isAlive(task.pid)).toBe(true);
      await Task.await(task);
    }),
  );

  it(
    'exits with nodedown where the connection to the task is lost',
    simulated(
      async ({ node, expectCrash }) => {
        expectCrash();
        trapExit(true);
        const me = self<'ready'>();
        const task = Task.async(async () => {
          trapExit(true);
          send(me, 'ready');
          await receive();
          exit('noconnection');
        });
        await receive();
        const error = await failure(Task.shutdown(task));
        expect(error).toBeInstanceOf(ExitError);
        expect(error).toMatchObject({
          reason: { nodedown: node.name },
          call: { module: 'Task', function: 'shutdown', args: [task, 5_000] },
        });
      },
      { crashes: 'allowed' },
    ),
  );

  it(
    'refuses bad arguments',
    simulated(async () => {
      const task = Task.async(() => sleep(1));
      for (const time of [-1, Number.NaN])
        expect(await failure(Task.shutdown(task, time))).toBeInstanceOf(RangeError);
      expect(await failure(Task.shutdown(task, 'kill' as never))).toMatchObject({
        message: `time must be milliseconds, 'infinity' or 'brutal_kill', got "kill"`,
      });
      expect(await failure(Task.shutdown(1 as never))).toBeInstanceOf(TypeError);
      await Task.await(task);
    }),
  );
});

describe('Task.ignore', () => {
  it(
    'gives the value that is there, and clears the mailbox [task-013]',
    simulated(async () => {
      const task = Task.async(() => 'value');
      await sleep(1);
      expect(Task.ignore(task)).toEqual(value);
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'lets a running task run on, unlinked; its value comes to nobody [task-014]',
    simulated(async ({ down }) => {
      const task = Task.async(() => sleep(10).then(() => 'late'));
      expect(Task.ignore(task)).toBeUndefined();
      expect(processInfo(self())?.links).not.toContain(task.pid);
      expect(processInfo(self())?.monitors).not.toContain(task.pid);
      expect(await down(task.pid)).toBe('normal');
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'gives the reason of a task that has failed [task-015]',
    simulated(async () => {
      const task = await ended(false, 'bad');
      expect(Task.ignore(task)).toEqual(because('bad'));
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'keeps a later failure from the owner [task-016]',
    simulated(async ({ down, expectCrash }) => {
      const task = Task.async(async () => {
        await sleep(10);
        exit('bad');
      });
      expect(Task.ignore(task)).toBeUndefined();
      expectCrash('bad');
      expect(await down(task.pid)).toBe('bad');
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'of a completed task gives its value [task-018]',
    simulated(async () => {
      expect(Task.ignore(Task.completed('value'))).toEqual(value);
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'gives nothing a second time',
    simulated(async () => {
      const task = Task.async(() => 1);
      await Task.await(task);
      expect(Task.ignore(task)).toBeUndefined();
    }),
  );

  it(
    'throws for a caller that is not the owner, and for what is no task',
    simulated(async () => {
      const task = Task.async(() => sleep(5));
      expect(await elsewhere(() => Task.ignore(task))).toMatchObject({
        name: 'TypeError',
        message: expect.stringContaining('owner'),
      });
      expect(() => Task.ignore(null as never)).toThrow(new TypeError('task must be a task, got null'));
      await Task.await(task);
    }),
  );

  it(
    'exits with nodedown where the connection to the task is lost',
    simulated(async ({ node }) => {
      const task = await ended(false, 'noconnection');
      expect(() => Task.ignore(task)).toThrow(ExitError);
      expect(node.name).toBe('simulation');
    }),
  );
});
