/** Task.asyncStream: who ends whom, in which order, and what is left behind. */
import {
  ExitError,
  type ExitReason,
  exit,
  isExit,
  type MonitorRef,
  monitor,
  type Pid,
  receive,
  self,
  send,
  sleep,
  spawn,
  trapExit,
} from '@coppice/core';
import { type AsyncStreamOptions, Task } from '@coppice/task';
import { functionName } from '../../names.ts';
import { type Caught, type Oracle, ofType } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { asList } from '../../term.ts';

interface Running {
  readonly type: 'task';
  readonly pid: Pid<never>;
}

const isRunning = ofType<Running>('task');
const boom = (n: number) => (n === 2 ? exit('boom') : n * 10);
const nap = async (ms: number) => {
  await sleep(ms);
  return ms;
};
const naps = (items: readonly number[], options?: AsyncStreamOptions) =>
  Task.asyncStream(items, nap, options).toArray();
const zipped = { zipInputOnExit: true } as const;

export const asyncStreams: Scenario = scenario('more/41_async_streams', async (O) => {
  await O.trap();
  await crashes(O);
  await timeouts(O);
  await unordered(O);
  await sizes(O);
  await halts(O);
  await raising(O);
  await sources(O);
  await consumers(O);
});

async function exits(O: Oracle): Promise<readonly unknown[]> {
  return (await O.mailbox()).map((message) => (isExit(message) ? message.reason : message));
}

/** Outcomes with their input as Elixir has it: `{:exit, {input, reason}}`. */
async function withInputs<I>(
  outcomes: AsyncIterable<
    | { readonly ok: true; readonly value: unknown }
    | { readonly ok: false; readonly reason: ExitReason; readonly input: I }
  >,
): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  for await (const outcome of outcomes)
    all.push(outcome.ok ? ['ok', outcome.value] : ['exit', [outcome.input, outcome.reason]]);
  return all;
}

/** An exit of a stream, with the number of its arguments. */
function slim([kind, value]: Caught<unknown>): unknown {
  if (!(value instanceof ExitError) || value.call === undefined) return [kind, value];
  const [module, name] = functionName(value.call.module, value.call.function);
  return [kind, [value.reason, [module, name, value.call.args.length]]];
}

async function take<T>(items: AsyncIterable<T>, count: number): Promise<readonly T[]> {
  const taken: T[] = [];
  if (count === 0) return taken;
  for await (const item of items) if (taken.push(item) === count) break;
  return taken;
}

function* naturals(): Generator<number> {
  for (let n = 0; ; n += 1) yield n;
}

async function crashes(O: Oracle): Promise<void> {
  const one = () => Task.asyncStream([1, 2, 3], boom, { maxConcurrency: 1 }).toArray();
  O.step('a crash, trapping: an exit in its place, the mailbox is clean', [await one(), await exits(O)]);
  O.step('a crash, not trapping: the caller dies with its reason', await O.isolated(one));
  const ends: readonly (() => unknown)[] = [
    () => exit('e'),
    () => {
      throw 't'; // a throw of Elixir's is what is observed
    },
    () => exit('normal'),
    () => exit('shutdown'),
    () => exit({ shutdown: 1 }),
    () => exit(self(), 'kill'),
    () => 'fine',
  ];
  O.step('a crash of each kind', await Task.asyncStream(ends, (end) => end()).toArray());
  O.step(
    'zip_input_on_exit: the input with each failure, not with results',
    await withInputs(Task.asyncStream([1, 2, 3], boom, zipped)),
  );
}

async function timeouts(O: Oracle): Promise<void> {
  const killing = { timeout: 100, onTimeout: 'kill_task' } as const;
  O.step('timeouts, kill_task', await naps([10, 200, 20], { ...killing, maxConcurrency: 3 }));
  O.step(
    'timeouts, kill_task, with the input',
    await withInputs(Task.asyncStream([10, 200, 20], nap, { ...killing, ...zipped })),
  );
  O.step(
    'a timeout, exit: the caller exits',
    slim(await O.catching(() => naps([10, 300], { timeout: 100 }))),
  );
  O.step('and nothing is left', await exits(O));
}

async function unordered(O: Oracle): Promise<void> {
  const any = { ordered: false } as const;
  O.step('unordered: in the order of the ends', await naps([90, 30, 60], { ...any, maxConcurrency: 3 }));
  O.step('unordered, two at once', await naps([90, 30, 20, 10], { ...any, maxConcurrency: 2 }));
  const early = async (ms: number) => ((await nap(ms)) === 20 ? exit('early') : ms);
  O.step(
    'unordered with failures and timeouts',
    await withInputs(
      Task.asyncStream([60, 500, 20], early, {
        ...any,
        ...zipped,
        timeout: 200,
        onTimeout: 'kill_task',
        maxConcurrency: 3,
      }),
    ),
  );
  O.step(
    'unordered, a timeout while others go on',
    await naps([900, 100, 100, 200], { ...any, timeout: 300, onTimeout: 'kill_task', maxConcurrency: 2 }),
  );
}

async function sizes(O: Oracle): Promise<void> {
  O.step(
    'timeouts count from the start of each',
    await naps([80, 80, 80], { timeout: 120, maxConcurrency: 1 }),
  );
  O.step('empty', await naps([]));
  const same = Task.asyncStream([1, 2], (n) => n, { maxConcurrency: 50 });
  O.step('more at once than items', await same.toArray());
  const squares = Task.asyncStream(naturals(), (n) => n * n, { maxConcurrency: 3 });
  O.step('an infinite source, a few taken', await take(squares, 5));
}

async function halts(O: Oracle): Promise<void> {
  const stuck = async (n: number) => {
    if (n > 2) await sleep('infinity');
    return n;
  };
  const few = await take(Task.asyncStream(naturals(), stuck, { maxConcurrency: 3 }), 2);
  O.step('take leaves nothing behind', [few, await exits(O)]);
  const me = self<unknown>();
  const told = (n: number) => send(me, n);
  O.step('taking none starts nothing', [await take(Task.asyncStream([1, 2], told), 0), await O.mailbox()]);
  const work = async (n: number) => {
    if (n === 2) trapExit(true);
    send(me, { type: 'task', pid: self() });
    if (n === 2) await sleep('infinity');
    return n;
  };
  const first = await take(Task.asyncStream([1, 2], work, { maxConcurrency: 2 }), 1);
  const ends: unknown[] = [];
  for (const message of await O.mailbox()) if (isRunning(message)) ends.push(await O.down(message.pid));
  O.step('left early: what runs is killed, also what traps exits', [
    first,
    ends.every((end) => asList(end)[0] === 'down'),
  ]);
}

async function raising(O: Oracle): Promise<void> {
  function* source() {
    yield 1;
    yield 2;
    throw new Error('source');
  }
  const drawn = await O.catching(() => Task.asyncStream(source(), (n) => n, { maxConcurrency: 1 }).toArray());
  O.step('a source that raises', [drawn, await exits(O)]);
  const consumed = await O.catching(async () => {
    for await (const outcome of Task.asyncStream([1, 2, 3], (n) => n))
      if (outcome.ok && outcome.value === 2) throw new Error('consumer');
  });
  O.step('a consumer that raises', [consumed, await exits(O)]);
}

async function sources(O: Oracle): Promise<void> {
  const me = self<unknown>();
  function* source() {
    yield self() === me;
  }
  O.step('the source is drawn as the caller', await Task.asyncStream(source(), (x) => x).toArray());
  const tens = (n: number) => Task.asyncStream([10, 20], (m) => n * m).toArray();
  O.step('nested', await Task.asyncStream([1, 2], tens).toArray());
  const stream = Task.asyncStream([1], (n) => {
    send(me, 'ran');
    return n;
  });
  O.step('consumed twice: runs twice', [await stream.toArray(), await stream.toArray(), await O.mailbox()]);
}

async function consumers(O: Oracle): Promise<void> {
  const me = self<unknown>();
  const stuck = () => {
    send(me, { type: 'task', pid: self() });
    return sleep('infinity');
  };
  const consumer = spawn(async () => {
    await Task.asyncStream([1, 2], stuck, { maxConcurrency: 2 }).toArray();
  });
  const refs: MonitorRef[] = [];
  for (let n = 0; n < 2; n += 1) refs.push(monitor((await receive(isRunning)).pid));
  exit(consumer, 'kill');
  const ends: unknown[] = [];
  for (const ref of refs) ends.push(await O.awaitDown(ref));
  O.step('a consumer that is killed: its tasks end', ends);
  O.step('an outcome that is there when the time is up', await naps([50, 50], { maxConcurrency: 2 }));
  const slowly: unknown[] = [];
  for await (const outcome of Task.asyncStream([10, 10, 10], nap, { timeout: 60, maxConcurrency: 3 })) {
    await sleep(100);
    slowly.push(outcome);
  }
  O.step('a slow consumer: results wait, timeouts do not hit what has ended', slowly);
}
