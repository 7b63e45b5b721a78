import {
  callers,
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
  whereis,
} from '@coppice/core';
import {
  ChildError,
  DynamicSupervisor,
  PartitionSupervisor,
  SpecError,
  Supervisor,
} from '@coppice/supervisor';
import { MaxChildrenError, Task, TaskSupervisor } from '@coppice/task';
import { simulate, simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { failure } from './failure.ts';
import { mailbox } from './mailbox.ts';

const restless = (): Promise<void> => sleep('infinity');

describe('TaskSupervisor.childSpec', () => {
  it(
    'puts a task supervisor among the children of a supervisor [task-sup-001]',
    simulated(async () => {
      const tasks = TaskSupervisor.name('tasks');
      const supervisor = await Supervisor.startLink([TaskSupervisor.childSpec({ name: tasks })], {
        strategy: 'one_for_one',
      });
      const [child] = await Supervisor.whichChildren(supervisor);
      expect(child).toMatchObject({ id: 'tasks', type: 'supervisor', modules: ['TaskSupervisor'] });
      expect(child?.child).toBe(whereis(tasks));
      expect(await Task.await(await TaskSupervisor.async(tasks, () => 'value'))).toBe('value');
    }),
  );

  it(
    'takes its id from its name [task-sup-003]',
    simulated(async () => {
      const ids = [
        {},
        { name: 'one' },
        { name: TaskSupervisor.name('two') },
        { name: { global: 'three' } },
        { name: 'one', id: 4 },
      ].map((options) => TaskSupervisor.childSpec(options).id);
      expect(ids).toEqual(['TaskSupervisor', 'one', 'two', { global: 'three' }, 4]);
      const specs = ['one', 'two'].map((name) => TaskSupervisor.childSpec({ name }));
      const supervisor = await Supervisor.startLink(specs, { strategy: 'one_for_one' });
      expect(await Supervisor.countChildren(supervisor)).toMatchObject({ active: 2, supervisors: 2 });
    }),
  );
});

describe('TaskSupervisor.startLink', () => {
  it(
    'starts a supervisor that can be told from others',
    simulated(async () => {
      const pid = await TaskSupervisor.startLink({ name: 'tasks', label: 'my tasks' });
      expect(processInfo(pid)).toMatchObject({
        registeredName: 'tasks',
        label: 'my tasks',
        initialCall: 'TaskSupervisor',
      });
      expect(processInfo(self())?.links).toContain(pid);
      await TaskSupervisor.stop(pid);
    }),
  );

  it(
    'refuses options that cannot be, and a name that is taken',
    simulated(async () => {
      for (const options of [{ maxChildren: -1 }, { maxRestarts: -1 }, { maxSeconds: 0 }, null]) {
        expect(await failure(TaskSupervisor.startLink(options as never))).toBeInstanceOf(SpecError);
      }
      for (const name of [5, null, '', {}] as never[])
        expect(await failure(TaskSupervisor.startLink({ name }))).toMatchObject({
          message: expect.stringContaining('name must be a non-empty string'),
        });
      expect(() => TaskSupervisor.childSpec({ maxChildren: 1.5 })).toThrow(SpecError);
      trapExit(true);
      await TaskSupervisor.startLink({ name: 'tasks' });
      expect(await failure(TaskSupervisor.startLink({ name: 'tasks' }))).toMatchObject({
        code: 'already_started',
      });
    }),
  );
});

describe('TaskSupervisor.children', () => {
  it(
    'tells which tasks run [task-sup-004]',
    simulated(async ({ down }) => {
      const tasks = await TaskSupervisor.startLink();
      expect(await TaskSupervisor.children(tasks)).toEqual([]);
      const first = await TaskSupervisor.startChild(tasks, restless);
      const second = await TaskSupervisor.async(tasks, restless);
      expect(new Set(await TaskSupervisor.children(tasks))).toEqual(new Set([first, second.pid]));
      const counts = await DynamicSupervisor.countChildren(tasks as never);
      expect(counts).toEqual({ specs: 2, active: 2, supervisors: 0, workers: 2 });
      exit(first, 'kill');
      await down(first);
      expect(await TaskSupervisor.children(tasks)).toEqual([second.pid]);
      await Task.shutdown(second);
      expect(await TaskSupervisor.children(tasks)).toEqual([]);
    }),
  );
});

describe('TaskSupervisor.startChild', () => {
  it(
    'runs a task that is linked to the supervisor only [task-sup-014]',
    simulated(async ({ down, expectCrash }) => {
      const tasks = await TaskSupervisor.startLink();
      const pid = await TaskSupervisor.startChild(tasks, async function cleanUp() {
        await sleep(10);
        exit('bad');
      });
      expect(processInfo(pid)).toMatchObject({ links: [tasks], initialCall: 'Task cleanUp' });
      expectCrash('bad');
      expect(await down(pid)).toBe('bad');
      expect(await mailbox()).toEqual([]);
      expect(isAlive(tasks)).toBe(true);
    }),
  );

  it(
    'passes arguments by a closure, and drops the value [task-sup-015]',
    simulated(async ({ down }) => {
      const tasks = await TaskSupervisor.startLink();
      const seen: number[] = [];
      const add = (a: number, b: number): number => seen.push(a + b);
      expect(await down(await TaskSupervisor.startChild(tasks, () => add(1, 2)))).toBe('normal');
      expect(seen).toEqual([3]);
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'gives a task the time to stop that is asked for [task-sup-016]',
    simulated(async ({ down, now }) => {
      const tasks = await TaskSupervisor.startLink();
      const me = self<'ready'>();
      const stubborn = async () => {
        trapExit(true);
        send(me, 'ready');
        await sleep('infinity');
      };
      const patient = await TaskSupervisor.startChild(tasks, stubborn, { shutdown: 30 });
      const abrupt = await TaskSupervisor.startChild(tasks, stubborn, { shutdown: 'brutal_kill' });
      await receive();
      await receive();
      await TaskSupervisor.terminateChild(tasks, abrupt);
      expect(now()).toBe(0);
      await TaskSupervisor.stop(tasks);
      expect(now()).toBe(30);
      expect([await down(patient), await down(abrupt)]).toEqual(['killed', 'killed']);
    }),
  );

  it.each([
    ['temporary', 1, 1],
    ['transient', 3, 1],
    ['permanent', 3, 2],
    [undefined, 1, 1],
  ] as const)(
    'restarts a %s task as it should: %i runs of one that crashes twice, %i of one that ends well [task-sup-017]',
    (restart, crashing, ending) =>
      simulate(
        async () => {
          const tasks = await TaskSupervisor.startLink({ maxRestarts: 10 });
          let runs = 0;
          const options = restart === undefined ? {} : { restart };
          await TaskSupervisor.startChild(
            tasks,
            () => ((runs += 1) < 3 ? exit('again') : restless()),
            options,
          );
          await sleep(10);
          expect(runs).toBe(crashing);
          runs = 0;
          await TaskSupervisor.startChild(tasks, () => ((runs += 1) < 2 ? undefined : restless()), options);
          await sleep(10);
          expect(runs).toBe(ending);
        },
        { crashes: 'allowed' },
      ),
  );

  it(
    'works on behalf of its caller [task-sup-018]',
    simulated(async () => {
      const tasks = await TaskSupervisor.startLink();
      const me = self<readonly Pid<never>[]>();
      await TaskSupervisor.startChild(tasks, () => send(me, callers()));
      expect(await receive<readonly Pid<never>[]>()).toEqual([me]);
      const task = Task.async(() => TaskSupervisor.startChild(tasks, () => send(me, callers())));
      await Task.await(task);
      expect(await receive<readonly Pid<never>[]>()).toEqual([task.pid, me]);
    }),
  );

  it(
    'outlives its caller',
    simulated(async ({ down }) => {
      const tasks = await TaskSupervisor.startLink();
      const me = self<Pid<never>>();
      spawn(async () => {
        send(me, await TaskSupervisor.startChild(tasks, () => sleep(50)));
        exit('gone');
      });
      expect(await down(await receive<Pid<never>>())).toBe('normal');
    }),
  );

  it(
    'rejects when the supervisor is full, is not there, or is told nonsense [semantics 66]',
    simulated(async () => {
      const tasks = await TaskSupervisor.startLink({ name: 'tasks', maxChildren: 1 });
      await TaskSupervisor.startChild(tasks, restless);
      const error = await failure(TaskSupervisor.startChild('tasks', restless));
      expect(error).toBeInstanceOf(MaxChildrenError);
      expect(error).toMatchObject({
        code: 'max_children',
        reason: 'max_children',
        message: expect.stringContaining('task supervisor "tasks" has'),
      });
      expect(await failure(TaskSupervisor.startChild('nobody', restless))).toMatchObject({
        reason: 'noproc',
        stack: expect.stringContaining('task-supervisor-functions.test.ts'), // the caller's line, of the ten that a stack has
      });
      for (const options of [
        { restart: 'always' },
        { restart: null },
        { shutdown: 'kill' },
        { shutdown: -1 },
        { shutdown: null },
        null,
        5,
      ]) {
        expect(await failure(TaskSupervisor.startChild(tasks, restless, options as never))).toBeInstanceOf(
          TypeError,
        );
      }
      expect(await failure(TaskSupervisor.startChild(tasks, 5 as never))).toBeInstanceOf(TypeError);
      expect(await failure(TaskSupervisor.startChild(undefined as never, restless))).toBeInstanceOf(
        TypeError,
      );
    }),
  );
});

describe('TaskSupervisor.terminateChild', () => {
  it(
    'stops a task, and knows no other pid [task-sup-019]',
    simulated(async ({ down }) => {
      const tasks = await TaskSupervisor.startLink();
      const pid = await TaskSupervisor.startChild(tasks, restless);
      expect(await TaskSupervisor.terminateChild(tasks, pid)).toBeUndefined();
      expect(await down(pid)).toBe('shutdown');
      const error = await failure(TaskSupervisor.terminateChild(tasks, pid));
      expect(error).toBeInstanceOf(ChildError);
      expect(error).toMatchObject({ reason: 'not_found' });
      expect(await failure(TaskSupervisor.terminateChild(tasks, 5 as never))).toBeInstanceOf(TypeError);
    }),
  );
});

describe('TaskSupervisor.stop', () => {
  it(
    'stops its tasks with it, all at once [semantics 65]',
    simulated(async ({ down, now }) => {
      trapExit(true);
      const tasks = await TaskSupervisor.startLink();
      const slowToStop = async () => {
        trapExit(true);
        await receive();
        await sleep(100);
      };
      const running = [
        await TaskSupervisor.startChild(tasks, restless),
        await TaskSupervisor.startChild(tasks, slowToStop),
        await TaskSupervisor.startChild(tasks, slowToStop),
        (await TaskSupervisor.asyncNolink(tasks, restless)).pid,
      ];
      await TaskSupervisor.stop(tasks);
      expect(now()).toBe(100);
      expect(await Promise.all(running.map(down))).toEqual(['shutdown', 'normal', 'normal', 'shutdown']);
    }),
  );
});

describe('a task supervisor', () => {
  it(
    'can be one of many, found by a key',
    simulated(async () => {
      const name = 'tasks';
      await PartitionSupervisor.startLink({ name, child: () => TaskSupervisor.childSpec(), partitions: 2 });
      const found = new Set<unknown>();
      for (const key of [0, 1]) {
        const task = await TaskSupervisor.async(
          PartitionSupervisor.via(name, key),
          () => processInfo(self())?.links,
        );
        for (const pid of (await Task.await(task)) ?? []) found.add(pid);
      }
      expect(found.size).toBe(3); // two supervisors, and the caller
    }),
  );
});
