import {
  callers,
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
  subscribe,
  trapExit,
} from '@coppice/core';
import { GenServer, noreply, reply } from '@coppice/gen-server';
import { MaxChildrenError, Task, TaskSupervisor, type TaskSupervisorPid } from '@coppice/task';
import { simulate, simulated } from '@coppice/testing';
import { describe, expect, it, vi } from 'vitest';
import { failure } from './failure.ts';
import { mailbox } from './mailbox.ts';

const boom = new Error('boom');
const throwing = (value: unknown) => () => {
  throw value;
};
const restless = (): Promise<void> => sleep('infinity');

/** Under a supervisor that is full. */
async function full(): Promise<TaskSupervisorPid> {
  const tasks = await TaskSupervisor.startLink({ maxChildren: 1 });
  await TaskSupervisor.startChild(tasks, restless);
  return tasks;
}

/** A supervised task that heeds no `shutdown`, when it is ready. */
async function stubborn(start: (body: () => Promise<void>) => Promise<unknown>): Promise<void> {
  const me = self<'ready'>();
  await start(async () => {
    trapExit(true);
    send(me, 'ready');
    await sleep('infinity');
  });
  await receive();
}

describe('TaskSupervisor.async', () => {
  it(
    'starts a child of the supervisor that is linked to the caller too [task-sup-005]',
    simulated(async () => {
      const tasks = await TaskSupervisor.startLink();
      const task = await TaskSupervisor.async(tasks, async function look() {
        await receive((message) => message === 'go');
        return processInfo(self())?.links;
      });
      expect(task.owner).toBe(self());
      expect(await TaskSupervisor.children(tasks)).toEqual([task.pid]);
      expect(processInfo(task.pid)?.initialCall).toBe('Task look');
      send(task.pid as Pid<string>, 'go');
      expect(new Set(await Task.await(task))).toEqual(new Set([self(), tasks]));
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'gives the task the time to stop that is asked for [task-sup-006]',
    simulated(async ({ now }) => {
      const tasks = await TaskSupervisor.startLink();
      await stubborn((body) => TaskSupervisor.async(tasks, body, { shutdown: 40 }));
      trapExit(true);
      await TaskSupervisor.stop(tasks);
      expect(now()).toBe(40);
    }),
  );

  it(
    'rejects when the supervisor is full [task-sup-007]',
    simulated(async () => {
      const error = await failure(TaskSupervisor.async(await full(), () => 1));
      expect(error).toBeInstanceOf(MaxChildrenError);
      expect(error).toMatchObject({
        message: expect.stringContaining('has reached its maximum number of tasks'),
      });
    }),
  );

  it(
    'works on behalf of its caller [task-sup-008]',
    simulated(async () => {
      const tasks = await TaskSupervisor.startLink();
      const outer = await TaskSupervisor.async(tasks, async () => {
        const inner = await TaskSupervisor.async(tasks, () => callers());
        return Task.await(inner);
      });
      expect(await Task.await(outer)).toEqual([outer.pid, self()]);
    }),
  );

  it(
    'passes arguments by a closure [task-sup-009]',
    simulated(async () => {
      const tasks = await TaskSupervisor.startLink();
      const add = async (a: number, b: number): Promise<number> => a + b;
      expect(await Task.await(await TaskSupervisor.async(tasks, () => add(1, 2)))).toBe(3);
    }),
  );

  it(
    'ends a caller that does not trap exits when it crashes',
    simulated(async ({ down, expectCrash }) => {
      const tasks = await TaskSupervisor.startLink();
      const caller = spawn(async () => {
        const task = await TaskSupervisor.async(tasks, throwing(boom));
        await Task.await(task).catch(restless);
      });
      expectCrash(boom);
      expect(await down(caller)).toBe(boom);
      expect(isAlive(tasks)).toBe(true);
    }),
  );

  it(
    'ends with its caller',
    simulated(async ({ down }) => {
      const tasks = await TaskSupervisor.startLink();
      const me = self<Pid<never>>();
      spawn(async () => {
        send(me, (await TaskSupervisor.async(tasks, restless)).pid);
        exit('gone');
      });
      expect(await down(await receive<Pid<never>>())).toBe('gone');
      expect(isAlive(tasks)).toBe(true);
    }),
  );

  it(
    'rejects when there is no supervisor, and for bad arguments',
    simulated(async () => {
      const error = await failure(TaskSupervisor.async('nobody', () => 1));
      expect(error).toBeInstanceOf(ExitError);
      expect(error).toMatchObject({ reason: 'noproc' });
      const tasks = await TaskSupervisor.startLink();
      expect(await failure(TaskSupervisor.async(tasks, 5 as never))).toMatchObject({
        message: 'body must be a function, got 5',
      });
      expect(await failure(TaskSupervisor.async({} as never, () => 1))).toBeInstanceOf(TypeError);
      expect(await failure(TaskSupervisor.async(tasks, () => 1, { shutdown: -1 }))).toBeInstanceOf(
        RangeError,
      );
      expect(
        await failure(TaskSupervisor.async(tasks, () => 1, { shutdown: 'kill' as never })),
      ).toBeInstanceOf(TypeError);
      for (const options of [null, 5] as never[])
        expect(await failure(TaskSupervisor.asyncNolink(tasks, () => 1, options))).toMatchObject({
          message: `options must be an object, got ${options}`,
        });
    }),
  );
});

describe('TaskSupervisor.asyncNolink', () => {
  it(
    'starts a child of the supervisor that is not linked to the caller [task-sup-010]',
    simulated(async () => {
      const tasks = await TaskSupervisor.startLink();
      const task = await TaskSupervisor.asyncNolink(tasks, () => processInfo(self())?.links);
      expect(processInfo(self())?.monitors).toContain(task.pid);
      expect(processInfo(self())?.links).not.toContain(task.pid);
      expect(await Task.await(task)).toEqual([tasks]);
    }),
  );

  it(
    'gives the task the time to stop that is asked for [task-sup-011]',
    simulated(async ({ now }) => {
      const tasks = await TaskSupervisor.startLink();
      await stubborn((body) => TaskSupervisor.asyncNolink(tasks, body, { shutdown: 'brutal_kill' }));
      await stubborn((body) => TaskSupervisor.asyncNolink(tasks, body, { shutdown: 40 }));
      await TaskSupervisor.stop(tasks);
      expect(now()).toBe(40);
    }),
  );

  it(
    'rejects when the supervisor is full [task-sup-012]',
    simulated(async () => {
      expect(await failure(TaskSupervisor.asyncNolink(await full(), () => 1))).toBeInstanceOf(
        MaxChildrenError,
      );
    }),
  );

  it(
    'passes arguments by a closure [task-sup-013]',
    simulated(async () => {
      const tasks = await TaskSupervisor.startLink();
      const add = (a: number, b: number): number => a + b;
      expect(await Task.await(await TaskSupervisor.asyncNolink(tasks, () => add(1, 2)))).toBe(3);
    }),
  );

  it(
    'lets its caller catch a crash, and look at it [semantics 59]',
    simulated(async ({ expectCrash }) => {
      const tasks = await TaskSupervisor.startLink();
      expectCrash(boom);
      expect(
        await failure(Task.await(await TaskSupervisor.asyncNolink(tasks, throwing(boom)))),
      ).toMatchObject({ reason: boom });
      expect(await Task.yield(await TaskSupervisor.asyncNolink(tasks, throwing(boom)))).toEqual({
        ok: false,
        reason: boom,
      });
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'outlives its caller [semantics 59]',
    simulated(async ({ down }) => {
      const tasks = await TaskSupervisor.startLink();
      const me = self<Pid<never>>();
      spawn(async () => {
        send(me, (await TaskSupervisor.asyncNolink(tasks, () => sleep(50))).pid);
        exit('gone');
      });
      expect(await down(await receive<Pid<never>>())).toBe('normal');
    }),
  );

  it(
    'tells a server that does not wait: a reply or a DOWN',
    simulated(async ({ expectCrash }) => {
      const tasks = await TaskSupervisor.startLink();
      const Worker = GenServer.define('Worker', {
        init: (): readonly unknown[] => [],
        call: {
          start: async (seen, body: () => unknown) => {
            await TaskSupervisor.asyncNolink(tasks, body);
            return reply(undefined, seen);
          },
          seen: (seen) => reply(seen, seen),
        },
        info: {
          reply: (seen, message: { readonly type: 'reply'; readonly value: unknown }) =>
            noreply([...seen, message.value]),
          DOWN: (seen, { reason }) => noreply([...seen, reason]),
        },
      });
      const server = await Worker.start();
      await Worker.call(server, 'start', () => 'value');
      await sleep(1);
      await Worker.call(server, 'start', () => exit('bad'));
      expectCrash('bad');
      await sleep(1);
      expect(await Worker.call(server, 'seen')).toEqual(['value', 'normal', 'bad']);
    }),
  );
});

describe('Task.await of a supervised task', () => {
  it(
    'has no monitor and no late reply after its time [task-sup-020]',
    simulated(async ({ down }) => {
      const tasks = await TaskSupervisor.startLink();
      const task = await TaskSupervisor.async(tasks, () => sleep(20).then(() => 'late'));
      expect(await failure(Task.await(task, 10))).toMatchObject({
        reason: 'timeout',
        call: { args: [task, 10] },
      });
      expect(processInfo(self())?.monitors).not.toContain(task.pid);
      expect(await down(task.pid)).toBe('normal');
      expect(await mailbox()).toEqual([]);
    }),
  );

  it.each([
    ['throws something else [task-sup-021]', throwing('ball'), { nocatch: 'ball' }],
    ['throws an error [task-sup-022]', throwing(boom), boom],
    ['exits [task-sup-023]', () => exit('bye'), 'bye'],
  ])('rejects when the task %s', (_how, body, reason) =>
    simulate(
      async () => {
        trapExit(true);
        const tasks = await TaskSupervisor.startLink();
        const task = await TaskSupervisor.async(tasks, body);
        expect(await failure(Task.await(task, 500))).toMatchObject({
          reason,
          call: { module: 'Task', function: 'await', args: [task, 500] },
        });
        expect(await mailbox()).toEqual([{ type: 'EXIT', from: task.pid, reason }]);
      },
      { crashes: 'allowed' },
    ),
  );
});

describe('a supervised task whose owner ends before it begins', () => {
  it.each([TaskSupervisor.async, TaskSupervisor.asyncNolink])('ends with shutdown, and never runs', (start) =>
    simulate(async ({ down }) => {
      const tasks = await TaskSupervisor.startLink();
      const runs = vi.fn<() => void>();
      const owner = spawn(async () => {
        await start(tasks, runs);
      });
      const me = self<Pid<never>>();
      // The supervisor tells of the start before it answers the owner: here the owner is killed in between.
      const detach = subscribe('coppice.supervisor.progress', ({ child }) => {
        exit(owner, 'kill');
        if (child.pid !== undefined) send(me, child.pid);
      });
      const task = await receive<Pid<never>>();
      detach();
      expect(await down(owner)).toBe('killed');
      expect(await down(task)).toEqual({ shutdown: 'noproc' });
      expect(runs).not.toHaveBeenCalled();
      expect(await TaskSupervisor.children(tasks)).toEqual([]);
    }),
  );
});
