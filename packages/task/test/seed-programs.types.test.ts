// The Task programs of the page that this package is measured by, as they read here. `tsc` checks this file; the functions are never called.
import { availableParallelism } from 'node:os';
import { ExitError, type ExitReason, type Outcome, sleep } from '@coppice/core';
import { Supervisor } from '@coppice/supervisor';
import { type Items, Task, TaskSupervisor } from '@coppice/task';
import { describe, expect, expectTypeOf, it } from 'vitest';

interface User {
  readonly id: number;
  readonly name: string;
}
interface Post {
  readonly userId: number;
  readonly title: string;
}
interface Comment {
  readonly userId: number;
  readonly text: string;
}
/** What the programs assume is around. */
interface Host {
  readonly repo: {
    get(id: number): Promise<User>;
    getPostsByUser(id: number): Promise<Post[]>;
    getCommentsByUser(id: number): Promise<Comment[]>;
  };
  slowApiCall(id: number): Promise<string>;
  externalApiCall(data: string): Promise<number>;
  sendEmail(to: string): Promise<void>;
  cleanupOldData(): Promise<void>;
  expensiveOperation(data: string): Promise<number>;
  quickOperation(): string;
  unreliableApiCall(): Promise<Date>;
}
declare const host: Host;

const tasks = TaskSupervisor.name('my_app.tasks');

describe('asynchronous work that is awaited', () => {
  it('compiles with its types', () => {
    const basic = async (): Promise<string> => {
      const task = Task.async(async () => {
        await sleep(1_000);
        return 'Result';
      });
      return await Task.await(task); // default 5 s timeout
    };
    const loadUserWithDetails = async (userId: number) => {
      const userTask = Task.async(() => host.repo.get(userId));
      const postsTask = Task.async(() => host.repo.getPostsByUser(userId));
      const commentsTask = Task.async(() => host.repo.getCommentsByUser(userId));
      const user = await Task.await(userTask);
      const posts = await Task.await(postsTask);
      const comments = await Task.await(commentsTask);
      return { user, posts, comments };
    };
    const loadTogether = async (userId: number) => {
      const [user, posts, comments] = await Task.awaitMany([
        Task.async(() => host.repo.get(userId)),
        Task.async(() => host.repo.getPostsByUser(userId)),
        Task.async(() => host.repo.getCommentsByUser(userId)),
      ]);
      return { user, posts, comments };
    };
    expectTypeOf(basic).returns.resolves.toEqualTypeOf<string>();
    expectTypeOf(loadTogether).toEqualTypeOf<typeof loadUserWithDetails>();
    expect(loadTogether).toBeTypeOf('function');
  });
});

describe('many tasks', () => {
  it('compile with their types', () => {
    const fetchUser = async (id: number): Promise<User> => {
      await sleep(100);
      return { id, name: `User ${id}` };
    };
    const fetchAllUsers = (userIds: readonly number[]): Promise<User[]> =>
      Task.awaitMany(userIds.map((id) => Task.async(() => fetchUser(id)))); // 5 s for all together
    const fetchWithTimeout = (userIds: readonly number[]): Promise<string[]> =>
      Task.awaitMany(
        userIds.map((id) => Task.async(() => host.slowApiCall(id))),
        10_000,
      );
    expect([fetchAllUsers, fetchWithTimeout]).toHaveLength(2);
  });
});

describe('supervised tasks', () => {
  it('compile with their types', () => {
    type Processed =
      | { readonly ok: true; readonly value: number }
      | { readonly ok: false; readonly reason: 'task_failed' };
    const start = () =>
      Supervisor.startLink([TaskSupervisor.childSpec({ name: tasks })], {
        strategy: 'one_for_one',
        name: 'my_app.supervisor',
      });
    // The page says `async`, and means `async_nolink`.
    const processRiskyOperation = async (data: string): Promise<Processed> => {
      const task = await TaskSupervisor.asyncNolink(tasks, () => host.externalApiCall(data));
      try {
        return { ok: true, value: await Task.await(task, 5_000) };
      } catch (error) {
        if (error instanceof ExitError) return { ok: false, reason: 'task_failed' };
        throw error;
      }
    };
    // Without try/catch: `yield` gives the outcome as data.
    const processAsData = async (data: string): Promise<Outcome<number>> => {
      const task = await TaskSupervisor.asyncNolink(tasks, () => host.externalApiCall(data));
      const timedOut: ExitReason = 'timeout';
      return (
        (await Task.yield(task, 5_000)) ?? (await Task.shutdown(task)) ?? { ok: false, reason: timedOut }
      );
    };
    const fireAndForget = async () => {
      Task.start(() => host.sendEmail('user@example.com'));
      await TaskSupervisor.startChild('my_app.tasks', () => host.cleanupOldData(), { restart: 'transient' });
    };
    expect([start, processRiskyOperation, processAsData, fireAndForget]).toHaveLength(4);
  });
});

describe('streams of tasks', () => {
  it('compile with their types', () => {
    type Fetched = { readonly body: string } | { readonly error: ExitReason };
    const fetchUrl = async (url: string, { signal }: { readonly signal: AbortSignal }): Promise<string> => {
      const response = await fetch(url, { signal });
      return response.text();
    };
    const asData = (outcome: Outcome<string>): Fetched =>
      outcome.ok ? { body: outcome.value } : { error: outcome.reason };
    const processUrls = async (urls: Iterable<string>): Promise<Fetched[]> => {
      const outcomes = await Task.asyncStream(urls, fetchUrl, {
        maxConcurrency: 10,
        timeout: 5_000,
      }).toArray();
      return outcomes.map(asData);
    };
    // Where a crash should be data and the caller does not trap exits.
    const processUrlsIsolated = async (urls: AsyncIterable<string>): Promise<Fetched[]> => {
      const options = { maxConcurrency: 10, onTimeout: 'kill_task' } as const;
      return (await TaskSupervisor.asyncStreamNolink('my_app.tasks', urls, fetchUrl, options).toArray()).map(
        asData,
      );
    };
    const onlySuccesses = async (urls: readonly string[]): Promise<string[]> => {
      const bodies: string[] = [];
      const options = {
        maxConcurrency: 20,
        timeout: 10_000,
        onTimeout: 'kill_task',
        ordered: false,
      } as const;
      for await (const outcome of Task.asyncStream(urls, fetchUrl, options))
        if (outcome.ok) bodies.push(outcome.value);
      return bodies;
    };
    const failures = async (urls: readonly string[]): Promise<string[]> => {
      const failed: string[] = [];
      for await (const outcome of Task.asyncStream(urls, fetchUrl, {
        onTimeout: 'kill_task',
        zipInputOnExit: true,
      })) {
        if (!outcome.ok) failed.push(outcome.input);
      }
      return failed;
    };
    expect([processUrls, processUrlsIsolated, onlySuccesses, failures]).toHaveLength(4);
  });
});

describe('looking at a task', () => {
  it('compiles with its types', () => {
    type Result =
      | { ok: true; value: number; other: string }
      | { ok: false; reason: 'timeout' | 'failed'; other: string };
    const processWithManualControl = async (data: string): Promise<Result> => {
      const task = Task.async(() => host.expensiveOperation(data));
      const other = host.quickOperation();
      const outcome = await Task.yield(task, 1_000);
      if (outcome === undefined) {
        await Task.shutdown(task, 'brutal_kill');
        return { ok: false, reason: 'timeout', other };
      }
      return outcome.ok ? { ok: true, value: outcome.value, other } : { ok: false, reason: 'failed', other };
    };
    expect(processWithManualControl).toBeTypeOf('function');
  });
});

describe('a pool of tasks', () => {
  it('compiles with its types', () => {
    const parallelMap = async <I, O>(
      collection: Items<I>,
      fn: (item: I) => O,
      options: { readonly maxConcurrency?: number } = {},
    ): Promise<Awaited<O>[]> => {
      const { maxConcurrency = availableParallelism() * 2 } = options;
      const results: Awaited<O>[] = [];
      for await (const outcome of Task.asyncStream(collection, (item: I) => fn(item), { maxConcurrency })) {
        if (!outcome.ok) throw new ExitError(outcome.reason);
        results.push(outcome.value);
      }
      return results;
    };
    function* range(from: number, to: number): Generator<number> {
      for (let n = from; n <= to; n += 1) yield n;
    }
    const squares = () => parallelMap(range(1, 1_000), async (n) => n * n, { maxConcurrency: 20 });
    expectTypeOf(squares).returns.resolves.toEqualTypeOf<number[]>();
    expect(squares).toBeTypeOf('function');
  });
});

describe('a task that tries again', () => {
  it('compiles with its types', () => {
    const retry = async <T>(fn: () => T | Promise<T>, retries: number): Promise<Awaited<T>> => {
      try {
        return await fn();
      } catch (error) {
        if (retries <= 1) throw error;
        await sleep(1_000);
        return retry(fn, retries - 1);
      }
    };
    const asyncWithRetry = <T>(fn: () => T | Promise<T>, retries = 3): Task<Awaited<T>> =>
      Task.async(() => retry(fn, retries));
    const when = async () => {
      const task: Task<Date> = asyncWithRetry(() => host.unreliableApiCall(), 5);
      return Task.await(task);
    };
    expectTypeOf(when).returns.resolves.toEqualTypeOf<Date>();
    expect(when).toBeTypeOf('function');
  });
});
