/** asyncStream. Order, bound, timeouts, crashes, laziness, early halt, zipInputOnExit. */
import {
  callers,
  exit,
  isAlive,
  type Outcome,
  type Pid,
  receive,
  self,
  send,
  sleep,
  trapExit,
} from '@coppice/core';
import { Task, TaskSupervisor } from '@coppice/task';
import { type Oracle, ofType } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { messageOf, moduleOf, text } from '../../term.ts';

interface Running {
  readonly type: 'pid';
  readonly pid: Pid<never>;
}

const isRunning = ofType<Running>('pid');
const nap = async (n: number) => {
  await sleep(n);
  return n;
};
const badTwo = (n: number) => (n === 2 ? exit('bad') : n);
const bad = () => {
  throw new Error('bad');
};

export const asyncStream: Scenario = scenario('seed/06_async_stream', async (O) => {
  await order(O);
  await bounds(O);
  await timeouts(O);
  await crashes(O);
  await supervised(O);
  await halts(O);
  await edges(O);
});

async function order(O: Oracle): Promise<void> {
  const logged = async (n: number) => {
    await sleep(n);
    O.log(n);
    return n;
  };
  O.step('ordered by default', await Task.asyncStream([30, 5, 15], logged, { maxConcurrency: 3 }).toArray());
  O.step('completion order', O.takeLog());
  O.step(
    'ordered: false gives completion order',
    await Task.asyncStream([60, 5, 30], nap, { maxConcurrency: 3, ordered: false }).toArray(),
  );
  O.step('empty input', await Task.asyncStream([], (x) => x).toArray());
  Task.asyncStream([1], (x) => O.log(x));
  await sleep(20);
  O.step('lazy: nothing runs until enumerated', O.takeLog());
}

async function bounds(O: Oracle): Promise<void> {
  let now = 0;
  const counted = async () => {
    const n = ++now;
    await sleep(8);
    now--;
    return n;
  };
  const counts = await Task.asyncStream(range(1, 12), counted, { maxConcurrency: 3 }).toArray();
  O.step(
    'bound: greatest number at once with max_concurrency 3',
    Math.max(...counts.map((outcome) => (outcome.ok ? outcome.value : 0))),
  );
  function* drawn() {
    for (const i of range(1, 10)) {
      O.log(i);
      yield i;
    }
  }
  await take(
    Task.asyncStream(drawn(), () => nap(5), { maxConcurrency: 2 }),
    1,
  );
  O.step(
    'back-pressure: how far the input was drawn when the first result arrives (max_concurrency 2)',
    O.takeLog(),
  );
  O.step('with args', await Task.asyncStream([1, 2], (n) => n + 10).toArray());
}

async function timeouts(O: Oracle): Promise<void> {
  O.step(
    'default on_timeout is :exit: the caller exits',
    await O.isolated(() => Task.asyncStream([1], () => sleep(2000), { timeout: 20 }).toArray()),
  );
  const killing = { onTimeout: 'kill_task', maxConcurrency: 3 } as const;
  O.step(
    'on_timeout :kill_task',
    await Task.asyncStream([1, 500, 2], nap, { ...killing, timeout: 60 }).toArray(),
  );
  const unordered = Task.asyncStream([20, 900, 1], nap, { ...killing, timeout: 100, ordered: false });
  const finished: Outcome<number>[] = [];
  for await (const outcome of unordered) if (outcome.ok) finished.push(outcome);
  O.step('on_timeout :kill_task, ordered false, failures filtered out', finished);
  const me = self<Running>();
  const stubborn = async () => {
    trapExit(true);
    send(me, { type: 'pid', pid: self() });
    await sleep(3000);
  };
  await Task.asyncStream([1], stubborn, { timeout: 30, onTimeout: 'kill_task' }).toArray();
  O.step('kill_task: the timed-out task is killed brutally', isAlive((await receive(isRunning)).pid));
  const slow = async (i: number) => {
    await sleep(40);
    return i;
  };
  O.step(
    'timeout is per task, not for the whole stream',
    await Task.asyncStream(range(1, 5), slow, { maxConcurrency: 1, timeout: 150 }).toArray(),
  );
  O.step(
    'zip_input_on_exit with kill_task',
    await Task.asyncStream([1, 500, 2], nap, { ...killing, timeout: 60, zipInputOnExit: true }).toArray(),
  );
}

async function crashes(O: Oracle): Promise<void> {
  O.step(
    "a crash in a linked stream kills the caller: the seed's {:exit, reason} clause is not reached",
    await O.isolated(async () => {
      const outcomes = await Task.asyncStream([1, 2, 3], badTwo).toArray();
      return outcomes.map((outcome) => (outcome.ok ? outcome.value : ['error', outcome.reason]));
    }),
  );
  O.step('same, a raise', await O.isolated(() => Task.asyncStream([1], bad).toArray()));
  O.step(
    'same, caller traps exits: {:exit, reason} comes through, mailbox clean',
    await O.isolated(
      async () => {
        const r = await Task.asyncStream([1, 2, 3], badTwo, { maxConcurrency: 3 }).toArray();
        return [r, await O.mailbox()];
      },
      { trap: true },
    ),
  );
  const badB = (item: string) => (item === 'b' ? exit('bad') : item);
  O.step(
    'caller traps exits, zip_input_on_exit',
    await O.isolated(() => Task.asyncStream(['a', 'b'], badB, { zipInputOnExit: true }).toArray(), {
      trap: true,
    }),
  );
}

async function supervised(O: Oracle): Promise<void> {
  const sup = await TaskSupervisor.startLink();
  O.step(
    'Task.Supervisor.async_stream_nolink: {:exit, reason} with no trap',
    await O.isolated(async () => {
      const r = await TaskSupervisor.asyncStreamNolink(sup, [1, 2, 3], badTwo).toArray();
      return [r, await O.mailbox()];
    }),
  );
  O.step(
    'async_stream_nolink, raise: {:exit, {exception, stack}}',
    await O.isolated(() => TaskSupervisor.asyncStreamNolink(sup, [1], bad).toArray()),
  );
  O.step(
    'async_stream_nolink, timeout without kill_task still exits the caller',
    await O.isolated(() =>
      TaskSupervisor.asyncStreamNolink(sup, [1], () => sleep(2000), { timeout: 20 }).toArray(),
    ),
  );
  O.step(
    'Task.Supervisor.async_stream: crash kills the caller',
    await O.isolated(() => TaskSupervisor.asyncStream(sup, [1], () => exit('bad')).toArray()),
  );
  O.step(
    'exit(:normal) inside a stream task',
    await O.isolated(() => Task.asyncStream([1, 2], (n) => (n === 1 ? exit('normal') : n)).toArray()),
  );
}

async function halts(O: Oracle): Promise<void> {
  const me = self<Running>();
  const firstThenSlow = async (n: number) => {
    if (n === 0) return 'first';
    send(me, { type: 'pid', pid: self() });
    await sleep(3000);
    return 'slow';
  };
  const stream = () => Task.asyncStream([0, 1], firstThenSlow, { maxConcurrency: 2 });
  const r = await O.catching(async () => {
    for await (const _ of stream()) {
      send(me, await receive(isRunning));
      throw 'enough';
    }
  });
  const { pid } = await receive(isRunning);
  O.step('throw by the consumer ends the running tasks', [r, isAlive(pid)]);
  const taken = await take(stream(), 1);
  const second = await receive(isRunning, { timeout: 100 });
  O.step('Enum.take ends the running tasks', [taken, second !== undefined && isAlive(second.pid)]);
}

async function edges(O: Oracle): Promise<void> {
  O.step(
    'tasks run in processes other than the caller, linked through a spawned monitor process',
    await O.isolated(async () => {
      const me = self();
      const look = () => [self() === me, callers().length === 1 && callers()[0] === me];
      const [outcome] = await Task.asyncStream([1], look).toArray();
      return outcome?.ok ? outcome.value : outcome;
    }),
  );
  const [kind, error] = await O.catching(() =>
    Task.asyncStream([1], (x) => x, { maxConcurrency: 0 }).toArray(),
  );
  O.step('max_concurrency 0 raises', [kind, moduleOf(error)]);
  O.step(
    'timeout: :infinity is allowed',
    await Task.asyncStream([1], (x) => x, { timeout: 'infinity' }).toArray(),
  );
  function* raising(): Generator<number> {
    yield* [];
    throw new Error('input');
  }
  const [how, raised] = await O.catching(() => Task.asyncStream(raising(), (x) => x).toArray());
  O.step('an input that raises: the caller sees it', [how, text(messageOf(raised))]);
  const nested = async (i: number) => {
    const outcomes = await Task.asyncStream([10, 20], (n) => n + i).toArray();
    return outcomes.map((outcome) => (outcome.ok ? outcome.value : outcome.reason));
  };
  O.step('nested async_stream', await Task.asyncStream([1, 2], nested).toArray());
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** `Enum.take/2`. */
async function take<T>(items: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const item of items) {
    taken.push(item);
    if (taken.length === count) break;
  }
  return taken;
}
