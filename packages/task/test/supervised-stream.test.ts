import {
  callers,
  exit,
  type Outcome,
  type Pid,
  processes,
  receive,
  self,
  send,
  sleep,
  spawn,
  trapExit,
} from '@coppice/core';
import { MaxChildrenError, Task, TaskSupervisor, type TaskSupervisorPid } from '@coppice/task';
import { simulate, simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { failure } from './failure.ts';
import { mailbox } from './mailbox.ts';
import { Load, Source, take } from './streams.ts';

const ok = <T>(value: T): Outcome<T> => ({ ok: true, value });
const failed = (reason: unknown): Outcome<never> => ({ ok: false, reason });
const nap = (ms: number): Promise<number> => sleep(ms).then(() => ms);
const bad = (n: number): number => (n === 2 ? exit('bad') : n);
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Runs `body` with a supervisor; then no task and no process of a stream may be left. */
const supervised =
  (body: (tasks: TaskSupervisorPid, expectCrash: (reason?: string) => void) => Promise<void>) => () =>
    simulate(async ({ expectCrash }) => {
      const tasks = await TaskSupervisor.startLink({ maxChildren: 8 });
      const before = processes();
      await body(tasks, expectCrash);
      expect(processes()).toEqual(before);
      expect(await TaskSupervisor.children(tasks)).toEqual([]);
    });

describe('TaskSupervisor.asyncStream', () => {
  it(
    'gives what a function makes of each item [task-sup-024]',
    supervised(async (tasks) => {
      const load = new Load();
      const double = (n: number) => load.during(() => sleep(5).then(() => n * 2));
      const outcomes = await TaskSupervisor.asyncStream(tasks, range(10), double, {
        maxConcurrency: 4,
      }).toArray();
      expect(outcomes).toEqual(range(10).map((n) => ok(n * 2)));
      expect(load.most).toBe(4);
    }),
  );

  it(
    'takes a function with arguments by a closure, and runs it under the supervisor [task-sup-025]',
    supervised(async (tasks) => {
      const add = async (a: number, b: number) => [
        a + b,
        (await TaskSupervisor.children(tasks)).includes(self()),
      ];
      expect(await TaskSupervisor.asyncStream(tasks, [1, 2], (n) => add(n, 10)).toArray()).toEqual([
        ok([11, true]),
        ok([12, true]),
      ]);
    }),
  );

  it(
    'leaves no message behind [task-sup-026]',
    supervised(async (tasks) => {
      trapExit(true);
      await TaskSupervisor.asyncStream(tasks, range(10), (n) => n).toArray();
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'keeps the order when the first are the slowest [task-sup-027]',
    supervised(async (tasks) => {
      const stream = TaskSupervisor.asyncStream(tasks, [30, 20, 10], nap, { maxConcurrency: 3 });
      expect(await stream.toArray()).toEqual([30, 20, 10].map(ok));
    }),
  );

  it(
    'ends the consumer when a task fails, or gives that to one that traps exits [task-sup-028]',
    simulated(async ({ down, expectCrash }) => {
      const tasks = await TaskSupervisor.startLink();
      const consumer = spawn(async () => {
        await TaskSupervisor.asyncStream(tasks, range(4), bad).toArray();
      });
      expectCrash('bad');
      expect(await down(consumer)).toBe('bad');
      trapExit(true);
      const outcomes = await TaskSupervisor.asyncStream(tasks, range(4), bad).toArray();
      expect(outcomes).toEqual([ok(0), ok(1), failed('bad'), ok(3)]);
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'kills what runs when the loop is left [task-sup-029]',
    supervised(async (tasks) => {
      const slow = (n: number) => (n === 0 ? 'first' : sleep('infinity'));
      const source = new Source();
      expect(await take(TaskSupervisor.asyncStream(tasks, source, slow, { maxConcurrency: 4 }), 1)).toEqual([
        ok('first'),
      ]);
      expect(source.isClosed).toBe(true);
    }),
  );

  it(
    'leaves no message behind when the loop is left [task-sup-030]',
    supervised(async (tasks) => {
      trapExit(true);
      await take(
        TaskSupervisor.asyncStream(tasks, new Source(), (n) => n),
        2,
      );
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'kills what runs when the supervisor is full, and rejects with that [semantics 66] [task-sup-031]',
    supervised(async (tasks) => {
      trapExit(true);
      const stream = TaskSupervisor.asyncStream(tasks, new Source(), () => sleep('infinity'), {
        maxConcurrency: 9,
      });
      expect(await failure(stream.toArray())).toBeInstanceOf(MaxChildrenError);
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'runs its tasks on behalf of the consumer [task-sup-032]',
    supervised(async (tasks) => {
      expect(await TaskSupervisor.asyncStream(tasks, [1], () => callers()).toArray()).toEqual([ok([self()])]);
    }),
  );

  it(
    'can be made in one process and consumed in another [task-sup-033]',
    supervised(async (tasks) => {
      const stream = TaskSupervisor.asyncStream(tasks, [1], () => callers()[0]);
      const task = Task.async(() => stream.toArray());
      expect(await Task.await(task)).toEqual([ok(task.pid)]);
    }),
  );

  it(
    'gives what took too long with its item where that is asked for [task-sup-034]',
    supervised(async (tasks) => {
      const options = {
        timeout: 50,
        onTimeout: 'kill_task',
        zipInputOnExit: true,
        maxConcurrency: 3,
      } as const;
      expect(await TaskSupervisor.asyncStream(tasks, [1, 500, 2], nap, options).toArray()).toEqual([
        ok(1),
        { ok: false, reason: 'timeout', input: 500 },
        ok(2),
      ]);
    }),
  );

  it(
    'gives the item with a failure, and then the loop is left [task-sup-035]',
    supervised(async (tasks, expectCrash) => {
      trapExit(true);
      expectCrash('bad');
      const stream = TaskSupervisor.asyncStream(tasks, new Source(), bad, {
        zipInputOnExit: true,
        maxConcurrency: 2,
      });
      expect(await take(stream, 3)).toEqual([ok(0), ok(1), { ok: false, reason: 'bad', input: 2 }]);
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'refuses a shutdown that is none, at once [task-sup-036]',
    simulated(() => {
      for (const stream of [TaskSupervisor.asyncStream, TaskSupervisor.asyncStreamNolink]) {
        expect(() => stream('tasks', [1], nap, { shutdown: 'unknown' as never })).toThrow(TypeError);
        expect(() => stream('tasks', [1], nap, { shutdown: -1 })).toThrow(RangeError);
        expect(() => stream('tasks', null as never, nap)).toThrow(TypeError);
        expect(() => stream('tasks', [1], nap, 5 as never)).toThrow(/options must be an object, got 5/);
        expect(() => stream(undefined as never, [1], nap)).toThrow(TypeError);
      }
    }),
  );
});

describe('TaskSupervisor.asyncStreamNolink', () => {
  it(
    'gives what a function makes of each item [task-sup-037]',
    supervised(async (tasks) => {
      const outcomes = await TaskSupervisor.asyncStreamNolink(tasks, range(10), (n) => n * 2, {
        maxConcurrency: 4,
      }).toArray();
      expect(outcomes).toEqual(range(10).map((n) => ok(n * 2)));
    }),
  );

  it(
    'takes a function with arguments by a closure [task-sup-038]',
    supervised(async (tasks) => {
      const add = async (a: number, b: number) => a + b;
      expect(await TaskSupervisor.asyncStreamNolink(tasks, [1, 2], (n) => add(n, 10)).toArray()).toEqual([
        ok(11),
        ok(12),
      ]);
    }),
  );

  it(
    'leaves no message behind [task-sup-039]',
    supervised(async (tasks) => {
      trapExit(true);
      await TaskSupervisor.asyncStreamNolink(tasks, range(10), (n) => n).toArray();
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'keeps the order when the first are the slowest [task-sup-040]',
    supervised(async (tasks) => {
      const stream = TaskSupervisor.asyncStreamNolink(tasks, [30, 20, 10], nap, { maxConcurrency: 3 });
      expect(await stream.toArray()).toEqual([30, 20, 10].map(ok));
    }),
  );

  it(
    'gives crashes as failures, also to a consumer that does not trap exits [task-sup-041]',
    supervised(async (tasks, expectCrash) => {
      expectCrash('bad');
      const outcomes = await TaskSupervisor.asyncStreamNolink(tasks, range(4), bad).toArray();
      expect(outcomes).toEqual([ok(0), ok(1), failed('bad'), ok(3)]);
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'kills what runs when the loop is left [task-sup-042]',
    supervised(async (tasks) => {
      const slow = (n: number) => (n === 0 ? 'first' : sleep('infinity'));
      expect(
        await take(TaskSupervisor.asyncStreamNolink(tasks, new Source(), slow, { maxConcurrency: 4 }), 1),
      ).toEqual([ok('first')]);
    }),
  );

  it(
    'leaves no message behind when the loop is left [task-sup-043]',
    supervised(async (tasks) => {
      trapExit(true);
      await take(
        TaskSupervisor.asyncStreamNolink(tasks, new Source(), (n) => n),
        2,
      );
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'kills what runs when the supervisor is full, and rejects with that [task-sup-044]',
    supervised(async (tasks) => {
      const stream = TaskSupervisor.asyncStreamNolink(tasks, new Source(), () => sleep('infinity'), {
        maxConcurrency: 9,
      });
      expect(await failure(stream.toArray())).toBeInstanceOf(MaxChildrenError);
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'ends the consumer when an item takes too long, all the same',
    simulated(async ({ down, expectCrash }) => {
      const tasks = await TaskSupervisor.startLink();
      const consumer = spawn(async () => {
        await TaskSupervisor.asyncStreamNolink(tasks, [1], () => sleep('infinity'), {
          timeout: 20,
        }).toArray();
      });
      expectCrash('timeout');
      expect(await down(consumer)).toMatchObject({
        reason: 'timeout',
        call: { function: 'asyncStream', args: [20] },
      });
    }),
  );

  it(
    'lets its tasks end by themselves when the consumer ends in the middle',
    simulated(async ({ down }) => {
      const tasks = await TaskSupervisor.startLink();
      const me = self<Pid<never>>();
      const consumer = spawn(async () => {
        const work = async () => {
          send(me, self());
          await sleep(50);
        };
        await TaskSupervisor.asyncStreamNolink(tasks, [1], work).toArray();
      });
      const task = await receive<Pid<never>>();
      exit(consumer, 'kill');
      expect(await down(task)).toBe('normal');
    }),
  );

  it(
    'rejects when there is no supervisor',
    simulated(async ({ down, expectCrash }) => {
      const consumer = spawn(async () => {
        await TaskSupervisor.asyncStreamNolink('nobody', [1], nap).toArray();
      });
      expectCrash();
      expect(await down(consumer)).toMatchObject({ reason: 'noproc' });
    }),
  );
});
