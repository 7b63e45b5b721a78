import { availableParallelism } from 'node:os';
import {
  callers,
  ExitError,
  exit,
  isAlive,
  type Outcome,
  type Pid,
  ProcessExited,
  processes,
  processInfo,
  receive,
  self,
  send,
  sleep,
  spawn,
  trapExit,
} from '@coppice/core';
import { Task, type TaskStream } from '@coppice/task';
import { simulate, simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { failure } from './failure.ts';
import { mailbox } from './mailbox.ts';
import { Load, Source, take, zip } from './streams.ts';

const ok = <T>(value: T): Outcome<T> => ({ ok: true, value });
const failed = (reason: unknown): Outcome<never> => ({ ok: false, reason });

const nap = async (ms: number): Promise<number> => {
  await sleep(ms);
  return ms;
};
const neverEnds = (): Promise<void> => sleep('infinity');

/** Runs `body` in a process that does not trap exits; gives its reason. */
function reasonOfConsumer(
  down: (pid: Pid<never>) => Promise<unknown>,
  body: () => Promise<unknown>,
): Promise<unknown> {
  return down(
    spawn(async () => {
      await body();
    }),
  );
}

/** All processes that the calling one did not find when this was made. */
function newcomers(): () => readonly Pid<never>[] {
  const before = new Set(processes());
  return () => processes().filter((pid) => !before.has(pid));
}

describe('Task.asyncStream', () => {
  it(
    'ends the consumer when an item takes too long, by default 5 s [task-084]',
    simulated(async ({ now, down, expectCrash }) => {
      const reason = await reasonOfConsumer(down, () =>
        Task.asyncStream([1], neverEnds, { timeout: 20 }).toArray(),
      );
      expectCrash('timeout');
      expect(reason).toBeInstanceOf(ExitError);
      expect(reason).toMatchObject({
        reason: 'timeout',
        call: { module: 'Task', function: 'asyncStream', args: [20] },
      });
      expect(now()).toBe(20);
      expect(await failure(Task.asyncStream([1], neverEnds).toArray())).toMatchObject({
        call: { args: [5_000] },
      });
      expect(now()).toBe(5_020);
    }),
  );

  it(
    'kills what runs before it tells of an item that took too long',
    simulated(async () => {
      const isNew = newcomers();
      await failure(Task.asyncStream([1, 2, 3], neverEnds, { timeout: 20, maxConcurrency: 3 }).toArray());
      expect(isNew()).toEqual([]);
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'gives outcomes in the order of the ends [semantics 63] [task-085]',
    simulated(async () => {
      const stream = Task.asyncStream([60, 5, 30], nap, { maxConcurrency: 3, ordered: false });
      expect(await stream.toArray()).toEqual([ok(5), ok(30), ok(60)]);
    }),
  );

  it(
    'gives those that took too long in that order too [task-086]',
    simulated(async () => {
      const options = { maxConcurrency: 3, ordered: false, timeout: 50, onTimeout: 'kill_task' } as const;
      expect(await Task.asyncStream([20, 900, 1], nap, options).toArray()).toEqual([
        ok(1),
        ok(20),
        failed('timeout'),
      ]);
    }),
  );

  it(
    'takes all the time there is [task-087]',
    simulated(async () => {
      expect(await Task.asyncStream([1_000_000], nap, { timeout: 'infinity' }).toArray()).toEqual([
        ok(1_000_000),
      ]);
    }),
  );

  it('refuses to run nothing at once [task-088]', () => {
    const stream = (maxConcurrency: unknown) => () => Task.asyncStream([1], nap, { maxConcurrency } as never);
    expect(stream(0)).toThrow(new RangeError('maxConcurrency must be a whole number from 1, got 0'));
    for (const count of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(stream(count)).toThrow(RangeError);
    expect(stream('10')).toThrow(new TypeError('maxConcurrency must be a number, got "10"'));
  });

  it('refuses an onTimeout that there is not [task-089]', () => {
    expect(() => Task.asyncStream([1], nap, { onTimeout: 'kill' as never })).toThrow(
      new TypeError(`onTimeout must be 'exit' or 'kill_task', got "kill"`),
    );
  });

  it('refuses a timeout that is none [task-090]', () => {
    for (const timeout of [-1, Number.NaN])
      expect(() => Task.asyncStream([1], nap, { timeout })).toThrow(RangeError);
    expect(() => Task.asyncStream([1], nap, { timeout: 'soon' as never })).toThrow(TypeError);
  });

  it('refuses what is not iterable or no function', () => {
    expect(() => Task.asyncStream(null as never, nap)).toThrow(
      new TypeError('items must be iterable, got null'),
    );
    expect(() => Task.asyncStream(5 as never, nap)).toThrow(new TypeError('items must be iterable, got 5'));
    expect(() => Task.asyncStream(Promise.resolve([1]) as never, nap)).toThrow(
      /an instance of Promise: await it first/,
    );
    expect(() => Task.asyncStream([1], 'nap' as never)).toThrow(
      new TypeError('fn must be a function, got "nap"'),
    );
    for (const options of [null, 5, 'infinity'] as never[])
      expect(() => Task.asyncStream([1], nap, options)).toThrow(/options must be an object, got/);
  });

  it(
    'is not disturbed by what looks like a DOWN or a reply [task-091]',
    simulated(async () => {
      const strangers = [
        { type: 'DOWN', ref: 'none', reason: 'fake' },
        { type: 'reply', ref: 'none', value: 'fake' },
      ];
      for (const stranger of strangers) send(self<unknown>(), stranger);
      expect(await Task.asyncStream([1, 2], nap).toArray()).toEqual([ok(1), ok(2)]);
      expect(await mailbox()).toEqual(strangers);
    }),
  );

  it(
    'runs its tasks on behalf of the consumer, in other processes [task-092]',
    simulated(async () => {
      const look = () => ({ isOther: self() !== consumer, callers: callers() });
      const consumer = self();
      expect(await Task.asyncStream([1], look).toArray()).toEqual([
        ok({ isOther: true, callers: [consumer] }),
      ]);
      const inTask = Task.async(() => Task.asyncStream([1], () => callers()).toArray());
      expect(await Task.await(inTask)).toEqual([ok([inTask.pid, consumer])]);
    }),
  );

  it(
    'can be made in one process and consumed in another [task-093]',
    simulated(async () => {
      const stream = Task.asyncStream([1, 2], (item) => [item, callers()[0]]);
      const task = Task.async(() => stream.toArray());
      expect(await Task.await(task)).toEqual([ok([1, task.pid]), ok([2, task.pid])]);
    }),
  );

  it(
    'cleans up where an inner loop is left in each round of an outer one [task-094]',
    simulated(async () => {
      const isNew = newcomers();
      const firsts: unknown[] = [];
      for (const base of [10, 20]) {
        const inner = Task.asyncStream(new Source(), (n) => base + n, { maxConcurrency: 4 });
        firsts.push(...(await take(inner, 2)));
      }
      expect(firsts).toEqual([ok(10), ok(11), ok(20), ok(21)]);
      expect(isNew()).toEqual([]);
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'runs nothing before it is iterated, and all anew each time',
    simulated(async () => {
      const seen: number[] = [];
      const stream = Task.asyncStream([1, 2], (n) => seen.push(n));
      await sleep(10);
      expect(seen).toEqual([]);
      await stream.toArray();
      await stream.toArray();
      expect(seen).toEqual([1, 2, 1, 2]);
    }),
  );

  it(
    'runs as many at once as the machine has threads, unless told otherwise',
    simulated(async () => {
      const load = new Load();
      const items = Array.from({ length: 6 * availableParallelism() }, () => 5);
      await Task.asyncStream(items, (ms) => load.during(() => nap(ms))).toArray();
      expect(load.most).toBe(availableParallelism());
    }),
  );

  it(
    'ends with its own reason a consumer that does not trap exits',
    simulated(async ({ down, expectCrash }) => {
      expectCrash('bad');
      expect(
        await reasonOfConsumer(down, () =>
          Task.asyncStream([1, 2], (n) => (n === 2 ? exit('bad') : n)).toArray(),
        ),
      ).toBe('bad');
      const boom = new Error('boom');
      const reason = await reasonOfConsumer(down, () =>
        Task.asyncStream([1], () => {
          throw boom;
        }).toArray(),
      );
      expectCrash(boom);
      expect(reason).toBe(boom);
    }),
  );

  it(
    'gives an exit that is normal as a failure',
    simulated(async () => {
      expect(await Task.asyncStream([1, 2], (n) => (n === 1 ? exit('normal') : n)).toArray()).toEqual([
        failed('normal'),
        ok(2),
      ]);
    }),
  );

  it(
    'ends its tasks with a consumer that fails, and lets them end with one that is done',
    simulated(async ({ down }) => {
      const consumerThat = async (end: () => void): Promise<Pid<never>> => {
        const me = self<Pid<never>>();
        spawn(async () => {
          const iterator = Task.asyncStream([1], async () => {
            send(me, self());
            await sleep(50);
          })[Symbol.asyncIterator]();
          void iterator.next();
          await sleep(5);
          end();
        });
        return receive<Pid<never>>();
      };
      expect(await down(await consumerThat(() => exit('gone')))).toBe('gone');
      expect(await down(await consumerThat(() => {}))).toBe('normal');
    }),
  );

  it(
    'ends its tasks with a consumer that traps exits and fails',
    simulated(async ({ down }) => {
      const me = self<Pid<never>>();
      const consumer = spawn(async () => {
        trapExit(true);
        for await (const _ of Task.asyncStream([1], async () => {
          send(me, self());
          await sleep('infinity');
        })) {
          // never comes
        }
      });
      const task = await receive<Pid<never>>();
      exit(consumer, 'kill');
      expect(await down(task)).toBe('killed');
    }),
  );

  it(
    'nests',
    simulated(async () => {
      const inner = async (n: number) => {
        const outcomes = await Task.asyncStream([10, 20], (m) => m + n).toArray();
        return outcomes.map((outcome) => (outcome.ok ? outcome.value : outcome.reason));
      };
      expect(await Task.asyncStream([1, 2], inner).toArray()).toEqual([ok([11, 21]), ok([12, 22])]);
    }),
  );

  it(
    'times each item for itself',
    simulated(async () => {
      const options = { maxConcurrency: 2, timeout: 150, onTimeout: 'kill_task' } as const;
      const stream = Task.asyncStream([100, 160, 140, 149, 151], nap, options);
      expect(await stream.toArray()).toEqual([
        ok(100),
        failed('timeout'),
        ok(140),
        ok(149),
        failed('timeout'),
      ]);
    }),
  );

  it(
    'keeps the value of a task that replied before its time was up',
    simulated(async () => {
      trapExit(true);
      const stream = Task.asyncStream(['value'], (value) => value, { timeout: 0, onTimeout: 'kill_task' });
      expect(await stream.toArray()).toEqual([ok('value')]);
    }),
  );

  it(
    'kills brutally what took too long, also what traps exits',
    simulated(async ({ down }) => {
      const me = self<Pid<never>>();
      const stubborn = async () => {
        trapExit(true);
        send(me, self());
        await sleep(60_000);
      };
      expect(
        await Task.asyncStream([1], stubborn, { timeout: 30, onTimeout: 'kill_task' }).toArray(),
      ).toEqual([failed('timeout')]);
      expect(await down(await receive<Pid<never>>())).toBe('killed');
    }),
  );
});

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const bad = (n: number): number => (n === 2 ? exit('bad') : n);

describe.each([1, 4, 16])('Task.asyncStream, %i at once', (maxConcurrency) => {
  const options = { maxConcurrency };
  const stream = <T>(items: Iterable<number>, fn: (n: number) => T): TaskStream<Outcome<Awaited<T>>> =>
    Task.asyncStream(items, fn, options);

  it(
    'gives what a function makes of each item, in their order [task-095]',
    simulated(async () => {
      const load = new Load();
      const outcomes = await stream(range(12), (n) =>
        load.during(async () => sleep(5).then(() => n * n)),
      ).toArray();
      expect(outcomes).toEqual(range(12).map((n) => ok(n * n)));
      expect(load.most).toBe(Math.min(maxConcurrency, 12));
    }),
  );

  it(
    'takes a function with arguments by a closure [task-096]',
    simulated(async () => {
      const add = (a: number, b: number): number => a + b;
      expect(await stream(range(5), (n) => add(n, 10)).toArray()).toEqual([10, 11, 12, 13, 14].map(ok));
    }),
  );

  it(
    'leaves no process and no message behind [task-097]',
    simulated(async () => {
      trapExit(true);
      const isNew = newcomers();
      await stream(range(12), (n) => n).toArray();
      expect(isNew()).toEqual([]);
      expect(await mailbox()).toEqual([]);
      expect(processInfo(self())).toMatchObject({ monitors: [] });
    }),
  );

  it(
    'keeps the order when the first are the slowest [semantics 63] [task-098]',
    simulated(async () => {
      expect(await stream([40, 30, 20, 10, 0], nap).toArray()).toEqual([40, 30, 20, 10, 0].map(ok));
    }),
  );

  it(
    'gives exits as failures to a consumer that traps them [task-099]',
    simulated(async ({ expectCrash }) => {
      trapExit(true);
      expectCrash('bad');
      expect(await stream(range(4), bad).toArray()).toEqual([ok(0), ok(1), failed('bad'), ok(3)]);
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'kills what runs when the loop is left [semantics 64] [task-100]',
    simulated(async () => {
      const isNew = newcomers();
      const slowAfterFirst = (n: number) => (n === 0 ? 'first' : neverEnds());
      expect(await take(stream(new Source(), slowAfterFirst), 1)).toEqual([ok('first')]);
      expect(isNew()).toEqual([]);
    }),
  );

  it(
    'leaves no message behind when the loop is left [task-101]',
    simulated(async () => {
      trapExit(true);
      expect(
        await take(
          stream(new Source(), (n) => n),
          3,
        ),
      ).toEqual([0, 1, 2].map(ok));
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'pairs with another [task-102]',
    simulated(async () => {
      const pairs: unknown[] = [];
      for await (const pair of zip(
        stream(range(4), (n) => n),
        stream([9, 8, 7], (n) => n),
      ))
        pairs.push(pair);
      expect(pairs).toEqual([
        [ok(0), ok(9)],
        [ok(1), ok(8)],
        [ok(2), ok(7)],
      ]);
    }),
  );

  it(
    'pairs with another that fails [task-103]',
    simulated(async ({ expectCrash }) => {
      trapExit(true);
      expectCrash('bad');
      const pairs: unknown[] = [];
      for await (const pair of zip(stream(range(4), bad), stream(range(4), bad))) pairs.push(pair);
      expect(pairs).toEqual([
        [ok(0), ok(0)],
        [ok(1), ok(1)],
        [failed('bad'), failed('bad')],
        [ok(3), ok(3)],
      ]);
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'pairs with another when the first are the slowest [task-104]',
    simulated(async () => {
      const pairs: unknown[] = [];
      for await (const pair of zip(stream([30, 20, 10], nap), stream([15, 10, 5], nap))) pairs.push(pair);
      expect(pairs).toEqual([
        [ok(30), ok(15)],
        [ok(20), ok(10)],
        [ok(10), ok(5)],
      ]);
    }),
  );

  const innerHalts: readonly (readonly [string, (n: number) => unknown, Outcome<unknown>[]])[] = [
    ['all is well [task-105]', (n) => n, [0, 1, 2].map(ok)],
    ['one fails [task-106]', bad, [ok(0), ok(1), failed('bad')]],
    ['the first are the slowest [task-107]', (n) => sleep(30 - 5 * n).then(() => n), [0, 1, 2].map(ok)],
  ];
  it.each(innerHalts)('ends with an iterable that ends, when %s', (_how, fn, outcomes) =>
    simulate(
      async () => {
        trapExit(true);
        const source = new Source(3);
        expect(await stream(source, fn).toArray()).toEqual(outcomes);
        expect(source).toMatchObject({ drawn: 3, isClosed: true });
        expect(await mailbox()).toEqual([]);
      },
      { crashes: 'allowed' },
    ),
  );

  const outerHalts: readonly (readonly [string, (n: number) => unknown, Outcome<unknown>[]])[] = [
    ['all is well [task-108]', (n) => n, [0, 1, 2].map(ok)],
    ['one has failed [task-109]', bad, [ok(0), ok(1), failed('bad')]],
    [
      'the first are the slowest [task-110]',
      (n) => sleep(Math.max(5, 30 - 5 * n)).then(() => n),
      [0, 1, 2].map(ok),
    ],
  ];
  it.each(outerHalts)(
    'closes the iterable when the loop is left, when %s [semantics 64]',
    (_how, fn, outcomes) =>
      simulate(
        async () => {
          trapExit(true);
          const isNew = newcomers();
          const source = new Source();
          expect(await take(stream(source, fn), 3)).toEqual(outcomes);
          expect(source.isClosed).toBe(true);
          expect(isNew()).toEqual([]);
          expect(await mailbox()).toEqual([]);
        },
        { crashes: 'allowed' },
      ),
  );

  it(
    'kills what runs when the iterable throws, and then throws that [semantics 64] [task-111]',
    simulated(async () => {
      const isNew = newcomers();
      const broken = new Error('broken');
      function* breaking(): Generator<number> {
        yield* range(3);
        throw broken;
      }
      const seen: unknown[] = [];
      const consume = async () => {
        for await (const outcome of stream(breaking(), (n) => n)) seen.push(outcome);
      };
      expect(await failure(consume())).toBe(broken);
      expect(seen).toEqual(range(Math.max(0, 4 - maxConcurrency)).map(ok));
      expect(isNew()).toEqual([]);
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'kills what runs when the consumer throws, and closes the iterable [task-112]',
    simulated(async () => {
      const isNew = newcomers();
      const source = new Source();
      const consume = async () => {
        for await (const outcome of stream(source, (n) => (n === 0 ? n : neverEnds()))) throw outcome;
      };
      expect(await failure(consume())).toEqual(ok(0));
      expect(source.isClosed).toBe(true);
      expect(isNew()).toEqual([]);
    }),
  );

  it(
    'gives what took too long as failures where that is asked for [semantics 21] [task-113]',
    simulated(async () => {
      const killing = { ...options, timeout: 50, onTimeout: 'kill_task' } as const;
      expect(await Task.asyncStream([1, 500, 2], nap, killing).toArray()).toEqual([
        ok(1),
        failed('timeout'),
        ok(2),
      ]);
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'gives their items with them where that is asked for [semantics 21] [task-114]',
    simulated(async () => {
      const zipping = { ...options, timeout: 50, onTimeout: 'kill_task', zipInputOnExit: true } as const;
      expect(await Task.asyncStream([1, 500, 2], nap, zipping).toArray()).toEqual([
        ok(1),
        { ok: false, reason: 'timeout', input: 500 },
        ok(2),
      ]);
    }),
  );

  it(
    'gives the item with a failure, and then the loop is left [task-115]',
    simulated(async ({ expectCrash }) => {
      trapExit(true);
      expectCrash('bad');
      const zipping = { ...options, zipInputOnExit: true } as const;
      expect(await take(Task.asyncStream(new Source(), bad, zipping), 3)).toEqual([
        ok(0),
        ok(1),
        { ok: false, reason: 'bad', input: 2 },
      ]);
      expect(await mailbox()).toEqual([]);
    }),
  );
});

describe('back-pressure', () => {
  it(
    'draws no item before there is room for it [semantics 62]',
    simulated(async () => {
      const source = new Source();
      for await (const _ of Task.asyncStream(source, () => nap(5), { maxConcurrency: 2 })) break;
      expect(source.drawn).toBe(2);
    }),
  );

  it.each([true, false])('does not run ahead of a slow consumer, ordered: %s [semantics 62]', (ordered) =>
    simulate(async () => {
      const source = new Source();
      let consumed = 0;
      const ahead: number[] = [];
      for await (const _ of Task.asyncStream(source, nap, {
        maxConcurrency: 3,
        ordered,
        timeout: 'infinity',
      })) {
        await sleep(1_000); // all tasks have ended long before
        ahead.push(source.drawn - consumed);
        consumed += 1;
        if (consumed === 20) break;
      }
      expect(Math.max(...ahead)).toBe(3);
    }),
  );

  it(
    'keeps as many running as may while the consumer is at work',
    simulated(async ({ now }) => {
      // A task takes 80 ms, the consumer 10 ms for each outcome. Did tasks start only when all that ended was consumed, it would take 2000 ms.
      let consumed = 0;
      for await (const _ of Task.asyncStream(new Source(), () => nap(80), { maxConcurrency: 8 })) {
        await sleep(10);
        consumed += 1;
        if (consumed === 100) break;
      }
      expect(now()).toBeLessThan(1_300);
    }),
  );
});

/** Gives `items`, each after `ms`. */
async function* slowly<T>(items: Iterable<T>, ms: number): AsyncGenerator<T> {
  for (const item of items) {
    await sleep(ms);
    yield item;
  }
}

describe('an asynchronous iterable', () => {
  it(
    'gives its items',
    simulated(async () => {
      expect(await Task.asyncStream(slowly([1, 2, 3], 10), (n) => n * 10).toArray()).toEqual(
        [10, 20, 30].map(ok),
      );
      expect(await Task.asyncStream(slowly([], 10), (n) => n).toArray()).toEqual([]);
    }),
  );

  it(
    'is asked for one item at a time, and not before there is room',
    simulated(async () => {
      const load = new Load();
      const source = new Source();
      const outcomes = await take(
        Task.asyncStream(slowly(source, 1), (n) => load.during(() => nap(n)), { maxConcurrency: 3 }),
        10,
      );
      expect(outcomes).toHaveLength(10);
      expect(load.most).toBe(3);
      expect(source.drawn).toBeLessThanOrEqual(10 + 3);
    }),
  );

  it(
    'does not hold up what has ended while it takes its time',
    simulated(async ({ now }) => {
      const at: number[] = [];
      for await (const _ of Task.asyncStream(slowly([1, 2], 1_000), (n) => n, { maxConcurrency: 4 }))
        at.push(now());
      expect(at).toEqual([1_000, 2_000]);
    }),
  );

  it(
    'that throws: what runs is killed, then the consumer gets that',
    simulated(async () => {
      const isNew = newcomers();
      async function* breaking(): AsyncGenerator<number> {
        yield 1;
        yield 2;
        await sleep(5);
        throw new Error('broken');
      }
      const stream = Task.asyncStream(breaking(), neverEnds, { maxConcurrency: 4 });
      expect(await failure(stream.toArray())).toMatchObject({ message: 'broken' });
      expect(isNew()).toEqual([]);
    }),
  );

  it(
    'is closed when the loop is left, and not waited for if it owes an item',
    simulated(
      async () => {
        let isClosed = false;
        async function* once(): AsyncGenerator<number> {
          try {
            yield 1;
            await new Promise(() => {});
          } finally {
            isClosed = true;
          }
        }
        expect(
          await take(
            Task.asyncStream(once(), (n) => n, { maxConcurrency: 2 }),
            1,
          ),
        ).toEqual([ok(1)]);
        expect(isClosed).toBe(false);
        const all = async function* (): AsyncGenerator<number> {
          try {
            yield* [1, 2, 3];
          } finally {
            isClosed = true;
          }
        };
        await take(
          Task.asyncStream(all(), (n) => n, { maxConcurrency: 1 }),
          1,
        );
        expect(isClosed).toBe(true);
      },
      { lingering: 'allowed' },
    ),
  );
});

describe('any iterable', () => {
  it(
    'may be a string, a map, a set or a generator',
    simulated(async () => {
      const same = async (items: Iterable<unknown>) =>
        (await Task.asyncStream(items, (item) => item).toArray()).map((o) => o.ok && o.value);
      expect(await same('añb')).toEqual(['a', 'ñ', 'b']);
      expect(await same(new Map([['a', 1]]))).toEqual([['a', 1]]);
      expect(await same(new Set([1, 2]))).toEqual([1, 2]);
      expect(await same(new Source(3))).toEqual([0, 1, 2]);
      expect(await same([])).toEqual([]);
    }),
  );

  it(
    'is drawn from as the consumer',
    simulated(async () => {
      const drawers = new Set<Pid<never>>();
      function* items(): Generator<number> {
        for (const n of range(5)) {
          drawers.add(self());
          yield n;
        }
      }
      await Task.asyncStream(items(), nap, { maxConcurrency: 2 }).toArray();
      expect([...drawers]).toEqual([self()]);
    }),
  );

  it(
    'whose iterator cannot be made throws that',
    simulated(async () => {
      const items: Iterable<number> = {
        [Symbol.iterator]() {
          throw new Error('no iterator');
        },
      };
      expect(await failure(Task.asyncStream(items, nap).toArray())).toMatchObject({ message: 'no iterator' });
    }),
  );
});

describe('the iterator of a stream', () => {
  it(
    'serves one call after the other',
    simulated(async () => {
      const iterator = Task.asyncStream(range(3), nap, { maxConcurrency: 2 })[Symbol.asyncIterator]();
      const steps = await Promise.all([
        iterator.next(),
        iterator.next(),
        iterator.next(),
        iterator.next(),
        iterator.next(),
      ]);
      expect(steps).toEqual([
        { done: false, value: ok(0) },
        { done: false, value: ok(1) },
        { done: false, value: ok(2) },
        { done: true, value: undefined },
        { done: true, value: undefined },
      ]);
    }),
  );

  it(
    'ends by return, before, during and after its work',
    simulated(async () => {
      const isNew = newcomers();
      const make = () => Task.asyncStream(new Source(), neverEnds)[Symbol.asyncIterator]();
      const end = { done: true, value: undefined };
      const unused = make();
      expect(await unused.return?.()).toEqual(end);
      expect(await unused.next()).toEqual(end);
      const used = Task.asyncStream(new Source(), nap)[Symbol.asyncIterator]();
      const steps = await Promise.all([used.next(), used.return?.(), used.next(), used.return?.()]);
      expect(steps).toEqual([{ done: false, value: ok(0) }, end, end, end]);
      expect(isNew()).toEqual([]);
    }),
  );

  it(
    'is done after an error',
    simulated(async () => {
      const iterator = Task.asyncStream([1], neverEnds, { timeout: 5 })[Symbol.asyncIterator]();
      const steps = await Promise.allSettled([iterator.next(), iterator.next()]);
      expect(steps).toMatchObject([{ status: 'rejected' }, { status: 'fulfilled', value: { done: true } }]);
    }),
  );

  it(
    'is done after its consumer was killed: code that swallows every error ends there',
    simulated(async ({ down }) => {
      const steps: unknown[] = [];
      const consumer = spawn(async () => {
        const work = (n: number | 'infinity') => sleep(n);
        const iterator = Task.asyncStream([1, 'infinity'] as const, work)[Symbol.asyncIterator]();
        await iterator.next();
        const calls = [
          () => iterator.next(),
          () => iterator.next(),
          () => iterator.next(),
          () => iterator.return?.(),
        ];
        for (const call of calls)
          try {
            steps.push(await call());
          } catch (error) {
            steps.push(error);
          }
      });
      await sleep(2);
      exit(consumer, 'kill');
      expect(await down(consumer)).toBe('killed');
      await sleep(1);
      const end = { done: true, value: undefined };
      expect(steps).toEqual([expect.any(ProcessExited), expect.any(ProcessExited), end, end]);
    }),
  );
});

describe("the stream's own process", () => {
  const streamOf = (consumer: Pid<never>): Pid<never> => {
    const [pid] = (processInfo(consumer)?.links ?? []).filter(
      (link) => processInfo(link)?.initialCall === 'Task.asyncStream',
    );
    return pid ?? expect.fail('there is no process of a stream');
  };

  it(
    'that is ended by someone else ends the consumer, or its loop',
    simulated(async ({ down }) => {
      const consume = async () => {
        for await (const _ of Task.asyncStream([1, 2], neverEnds)) {
          // never comes
        }
      };
      const consumer = spawn(consume);
      await sleep(5);
      const stream = streamOf(consumer);
      exit(stream, 'bad');
      expect(await down(consumer)).toBe('bad');
      trapExit(true);
      const me = self();
      spawn(async () => {
        await sleep(5);
        exit(streamOf(me), 'kill');
      });
      expect(await failure(consume())).toMatchObject({
        reason: 'killed',
        call: { module: 'Task', function: 'asyncStream' },
      });
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'is found in the tree of processes',
    simulated(async () => {
      const me = self();
      const look = () => processInfo(streamOf(me))?.links.length;
      expect(await Task.asyncStream([1], look).toArray()).toEqual([ok(2)]);
      expect(isAlive(me)).toBe(true);
    }),
  );
});
