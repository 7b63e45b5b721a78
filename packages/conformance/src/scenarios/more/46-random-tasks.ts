/** Random programs of tasks: an owner starts some, then waits for them, looks at them, ends them, lets them go. */
import {
  type Down,
  type Exit,
  ExitError,
  type ExitReason,
  exit,
  isDown,
  isExit,
  isNocatch,
  isReply,
  type MonitorRef,
  monitor,
  type Outcome,
  type Pid,
  type Reply,
  receive,
  self,
  send,
  sleep,
  spawnMonitor,
  trapExit,
} from '@coppice/core';
import { type SpawnedTask, Task, TaskSupervisor, type TaskSupervisorPid } from '@coppice/task';
import { functionName } from '../../names.ts';
import { type Caught, downOf, type Oracle, ofType } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { text } from '../../term.ts';
import { type Action, type Program, randomProgram, type Spec } from './46-random-tasks/program.ts';

interface Started {
  readonly type: 'started';
  readonly pid: Pid<never>;
}
interface Result {
  readonly type: 'result';
  readonly result: unknown;
}
type Tasks = readonly SpawnedTask<unknown>[];

/** What an owner works with. */
interface Owner {
  readonly O: Oracle;
  readonly tasks: Tasks;
  readonly tell: (result: unknown) => void;
}

const PROGRAMS = 120;
const isStarted = ofType<Started>('started');
const isResult = ofType<Result>('result');

export const randomTasks: Scenario = scenario('more/46_random_tasks', async (O) => {
  await O.trap();
  const runs = Array.from({ length: PROGRAMS }, (_, n) =>
    Task.async(() => {
      trapExit(true);
      return run(O, randomProgram(n + 1));
    }),
  );
  for (const [n, task] of runs.entries()) O.step(`program ${n + 1}`, await Task.await(task, 60_000));
});

/** What the driver sees: the results, what lies in the mailbox, why the owner and each task ended. */
async function run(O: Oracle, program: Program): Promise<readonly unknown[]> {
  const driver = self<Started | Result>();
  const supervisor = await TaskSupervisor.startLink();
  const { pid: owner, ref } = spawnMonitor<'noted'>(() => own(O, { driver, supervisor, program }));
  const watched: (readonly [Pid<never>, MonitorRef])[] = [];
  for (const _ of program.tasks) {
    const { pid } = await receive(isStarted);
    watched.push([pid, monitor(pid)]);
    send(owner, 'noted');
  }
  const results = await collect(ref);
  const reasons: unknown[] = [];
  for (const [pid, end] of watched) {
    const down = await receive(downOf(end), { timeout: 1_500 });
    if (down === undefined) exit(pid, 'kill');
    reasons.push(down === undefined ? 'ran_on' : plain(down.reason));
  }
  return [results, reasons];
}

async function collect(owner: MonitorRef): Promise<readonly unknown[]> {
  const isEnd = downOf(owner);
  const results: unknown[] = [];
  for (;;) {
    const message = await receive((m: unknown): m is Result | Down => isResult(m) || isEnd(m));
    if (message.type === 'DOWN') return [...results, ['owner', plain(message.reason)]];
    results.push(message.result);
  }
}

async function own(
  O: Oracle,
  {
    driver,
    supervisor,
    program,
  }: {
    readonly driver: Pid<Started | Result>;
    readonly supervisor: TaskSupervisorPid;
    readonly program: Program;
  },
): Promise<void> {
  const tasks: SpawnedTask<unknown>[] = [];
  for (const spec of program.tasks) {
    const task = await start(spec, supervisor);
    send(driver, { type: 'started', pid: task.pid });
    await receive();
    tasks.push(task);
  }
  await sleep(10); // now all of them have begun
  trapExit(program.trapsExits);
  const owner: Owner = { O, tasks, tell: (result) => send(driver, { type: 'result', result }) };
  let open: readonly number[] = [...tasks.keys()];
  for (const action of program.actions) open = await act(owner, action, open);
  owner.tell(['left', open, await drain(owner)]);
}

async function start(spec: Spec, supervisor: TaskSupervisorPid): Promise<SpawnedTask<unknown>> {
  const body = () => work(spec);
  switch (spec.start) {
    case 'linked':
      return Task.async(body);
    case 'supervised':
      return await TaskSupervisor.async(supervisor, body);
    case 'nolink':
      return await TaskSupervisor.asyncNolink(supervisor, body);
  }
}

async function work({ end, index, ms }: Spec): Promise<unknown> {
  if (end === 'deaf' || end === 'heeds') trapExit(true);
  if (end === 'heeds') exit(['heeded', (await receive(isExit)).reason]);
  await sleep(end === 'forever' ? 'infinity' : ms);
  switch (end) {
    case 'value':
    case 'deaf':
    case 'forever':
      return index;
    case 'raise':
      throw new Error('raised');
    case 'throw':
      throw 'thrown'; // a throw of Elixir's is what is observed
    case 'kill':
      return exit(self(), 'kill');
    case 'shutdown_1':
      return exit({ shutdown: 1 });
    default:
      return exit(end);
  }
}

/** An action is done with the tasks whose outcome the owner does not have yet (`open`); it gives those that are left. */
async function act(owner: Owner, action: Action, open: readonly number[]): Promise<readonly number[]> {
  const { O, tasks, tell } = owner;
  const { kind, index, ms } = action;
  const left = open.map((n) => tasks[n]).filter((task) => task !== undefined);
  switch (kind) {
    case 'sleep':
      await sleep(ms);
      return open;
    case 'await_many': {
      if (open.length > 0) tell([kind, slim(await O.catching(() => Task.awaitMany(left, ms)))]);
      return [];
    }
    case 'yield_many': {
      if (open.length === 0) return open;
      const outcomes = await Task.yieldMany(left, ms);
      tell([kind, outcomes.map(shown)]);
      return open.filter((_, n) => outcomes[n] === undefined);
    }
    default: {
      const task = tasks[index];
      if (task === undefined || !open.includes(index)) return open;
      const caught = await O.catching(() => one(kind, task, ms));
      tell([kind, index, slim(caught)]);
      return kind === 'yield' && caught[1] === undefined ? open : open.filter((n) => n !== index);
    }
  }
}

function one(
  kind: 'await' | 'yield' | 'shutdown' | 'brutal' | 'ignore',
  task: SpawnedTask<unknown>,
  ms: number,
): unknown {
  switch (kind) {
    case 'await':
      return Task.await(task, ms);
    case 'yield':
      return Task.yield(task, ms);
    case 'shutdown':
      return Task.shutdown(task, ms);
    case 'brutal':
      return Task.shutdown(task, 'brutal_kill');
    case 'ignore':
      return Task.ignore(task);
  }
}

async function drain({ O, tasks }: Owner): Promise<readonly unknown[]> {
  const messages = (await O.mailbox()) as readonly (Exit | Down | Reply)[]; // nobody but tasks and the runtime sends to an owner
  return messages.map((message) => {
    if (isExit(message))
      return ['EXIT', tasks.findIndex(({ pid }) => pid === message.from), plain(message.reason)];
    const index = tasks.findIndex(({ ref }) => ref === message.ref);
    if (isDown(message)) return ['DOWN', index, plain(message.reason)];
    return isReply(message) ? ['reply', index, message.value] : message;
  });
}

function slim([kind, value]: Caught<unknown>): readonly unknown[] {
  if (!(value instanceof ExitError) || value.call === undefined) return [kind, shown(value)];
  return [kind, plain(value.reason), functionName(value.call.module, value.call.function)[1]];
}

/** An outcome with a plain reason; any other value as it is. */
function shown(value: unknown): unknown {
  const outcome = value as Outcome<unknown> | undefined; // or a task's value, which is a number or a list of numbers
  return typeof outcome === 'object' && outcome.ok === false ? ['exit', plain(outcome.reason)] : value;
}

/** A reason without its stack trace. */
function plain(reason: ExitReason): unknown {
  if (reason instanceof Error) return ['raised', text(reason.message)];
  return isNocatch(reason) ? ['nocatch', reason.nocatch] : reason;
}
