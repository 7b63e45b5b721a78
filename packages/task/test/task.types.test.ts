// What tasks promise to the compiler, exactly, and the mistakes that it finds. `tsc` checks this file; the functions are never called.
import type { Outcome, Pid, Success } from '@coppice/core';
import {
  type FailureWithInput,
  type SpawnedTask,
  Task,
  type TaskStream,
  TaskSupervisor,
  type TaskSupervisorPid,
} from '@coppice/task';
import { describe, expect, expectTypeOf, it } from 'vitest';

describe('the value of a task', () => {
  it('is what its body gives, awaited', () => {
    const check = async () => {
      expectTypeOf(Task.async(() => 1)).toEqualTypeOf<SpawnedTask<number>>();
      expectTypeOf(Task.async(async () => 'two')).toEqualTypeOf<SpawnedTask<string>>();
      expectTypeOf(await Task.await(Task.async(async () => 'two'))).toEqualTypeOf<string>();
      expectTypeOf(await Task.yield(Task.async(() => 1))).toEqualTypeOf<Outcome<number> | undefined>();
      expectTypeOf(await Task.shutdown(Task.async(() => 1))).toEqualTypeOf<Outcome<number> | undefined>();
      expectTypeOf(Task.ignore(Task.async(() => 1))).toEqualTypeOf<Outcome<number> | undefined>();
      expectTypeOf(Task.async(({ signal }) => signal.aborted)).toEqualTypeOf<SpawnedTask<boolean>>();
    };
    expect(check).toBeTypeOf('function');
  });

  it('is each of its own type for several', () => {
    const check = async () => {
      const tasks = [Task.async(() => 1), Task.async(async () => 'two')] as const;
      expectTypeOf(await Task.awaitMany(tasks)).toEqualTypeOf<[number, string]>();
      expectTypeOf(await Task.awaitMany([Task.async(() => 1), Task.completed('two')])).toEqualTypeOf<
        [number, string]
      >();
      expectTypeOf(await Task.awaitMany([1, 2].map((n) => Task.async(() => n)))).toEqualTypeOf<number[]>();
      expectTypeOf(await Task.yieldMany(tasks, { limit: 1 })).toEqualTypeOf<
        [Outcome<number> | undefined, Outcome<string> | undefined]
      >();
    };
    expect(check).toBeTypeOf('function');
  });

  it('comes with a process, but for completed tasks', () => {
    const check = () => {
      expectTypeOf(Task.async(() => 1).pid).toEqualTypeOf<Pid<never>>();
      expectTypeOf(Task.completed(1)).toEqualTypeOf<Task<number>>();
      expectTypeOf(Task.completed(1).pid).toEqualTypeOf<Pid<never> | undefined>();
      const either: Task<number> = Math.random() > 0.5 ? Task.completed(1) : Task.async(() => 1);
      const wider: Task<number | string> = either;
      return wider;
    };
    expect(check).toBeTypeOf('function');
  });
});

describe('a stream', () => {
  it('gives outcomes, and inputs where they are asked for', () => {
    const check = async () => {
      expectTypeOf(Task.asyncStream([1], async (n) => `${n}`)).toEqualTypeOf<TaskStream<Outcome<string>>>();
      const zipped = Task.asyncStream([1], async (n) => `${n}`, { zipInputOnExit: true });
      expectTypeOf(zipped).toEqualTypeOf<TaskStream<Success<string> | FailureWithInput<number>>>();
      for await (const outcome of zipped)
        if (!outcome.ok) expectTypeOf(outcome.input).toEqualTypeOf<number>();
      expectTypeOf(await zipped.toArray()).toEqualTypeOf<(Success<string> | FailureWithInput<number>)[]>();
      async function* items(): AsyncGenerator<Date> {
        yield new Date();
      }
      expectTypeOf(Task.asyncStream(items(), (date) => date.getTime())).toEqualTypeOf<
        TaskStream<Outcome<number>>
      >();
      expectTypeOf(TaskSupervisor.asyncStreamNolink('tasks', 'text', (letter) => letter)).toEqualTypeOf<
        TaskStream<Outcome<string>>
      >();
    };
    expect(check).toBeTypeOf('function');
  });
});

describe('a task supervisor', () => {
  it('is known by its type', () => {
    const check = async () => {
      const tasks = TaskSupervisor.name('tasks');
      expectTypeOf(await TaskSupervisor.startLink({ name: tasks })).toEqualTypeOf<TaskSupervisorPid>();
      expectTypeOf(await TaskSupervisor.async(tasks, async () => 1)).toEqualTypeOf<SpawnedTask<number>>();
      expectTypeOf(await TaskSupervisor.startChild(tasks, () => 1, { restart: 'transient' })).toEqualTypeOf<
        Pid<never>
      >();
      expectTypeOf(await TaskSupervisor.children(tasks)).toEqualTypeOf<readonly Pid<never>[]>();
    };
    expect(check).toBeTypeOf('function');
  });
});

describe('what must not compile', () => {
  it('does not', () => {
    const task = (): SpawnedTask<number> => Task.async(async () => 1);
    const check = async () => {
      // @ts-expect-error awaiting a promise, not a task
      await Task.await(Promise.resolve(1));
      // @ts-expect-error wrong value type
      const text: string = await Task.await(task());
      // @ts-expect-error a task is not a promise of its value
      const direct: Promise<number> = task();
      // @ts-expect-error a supervised task must be awaited before it is one
      await Task.await(TaskSupervisor.async('tasks', () => 1));
      // @ts-expect-error yield may have nothing
      const isOk = (await Task.yield(task())).ok;
      // @ts-expect-error check `ok` first
      const value = (await Task.yield(task()))?.value;
      // @ts-expect-error maxConcurrency is a number
      Task.asyncStream([1], (n) => n, { maxConcurrency: '10' });
      // @ts-expect-error onTimeout
      Task.asyncStream([1], (n) => n, { onTimeout: 'kill' });
      // @ts-expect-error items must be iterable
      Task.asyncStream(5, (n) => n);
      // @ts-expect-error a promise of items is not iterable
      Task.asyncStream(Promise.resolve([1]), (n) => n);
      for await (const outcome of Task.asyncStream([1], (n) => n)) {
        // @ts-expect-error without zipInputOnExit there is no input
        if (!outcome.ok) return outcome.input;
      }
      // @ts-expect-error shutdown
      await Task.shutdown(task(), 'kill');
      // @ts-expect-error not a promise but a function
      Task.async(fetch('https://example.com'));
      const [, two] = await Task.awaitMany([Task.async(() => 1), Task.async(() => 'two')]);
      // @ts-expect-error each of its own type
      const swapped: number = two;
      // @ts-expect-error a limit is a number
      await Task.yieldMany([task()], { limit: '1' });
      // @ts-expect-error no such option
      await Task.yieldMany([task()], { onTimeout: 'kill' });
      // @ts-expect-error restart
      await TaskSupervisor.startChild('tasks', () => 1, { restart: 'always' });
      // @ts-expect-error a task is not a task supervisor
      await TaskSupervisor.async(task().pid, () => 1);
      // @ts-expect-error streams have no `map`
      const map = Task.asyncStream([1], (n) => n).map;
      return [text, direct, swapped, isOk, value, map];
    };
    expect(check).toBeTypeOf('function');
  });
});
