/** Runs a random program on real tasks, in virtual time, and writes down what can be observed. */
import {
  bindSelf,
  ExitError,
  exit,
  own,
  type Pid,
  receive,
  self,
  send,
  sleep,
  spawn,
  subscribe,
  trapExit,
} from '@coppice/core';
import type * as Package from '@coppice/task';
import { simulate } from '@coppice/testing';
import { endAs, plain, textOf } from './body.ts';
import {
  type Action,
  actionMs,
  type Observation,
  type Program,
  type Result,
  signalMs,
  type TaskPlan,
  taskMs,
} from './task-program.ts';

type Started = Package.SpawnedTask<string>;

/** Runs `program` on tasks of `lib`. */
export function runProgram(lib: typeof Package, program: Program): Promise<Observation> {
  const { TaskSupervisor } = lib;
  return simulate(
    async ({ now, down }) => {
      const ends = program.tasks.map((): Result => ({ at: Number.NaN, gave: 'never' }));
      const results: Result[] = [];
      const mailbox: string[] = [];
      const watched: Promise<void>[] = [];
      let isDone = false;
      own(subscribe('coppice.supervisor.report', () => {})); // not for the console
      const supervisor = await TaskSupervisor.startLink();

      // Whoever calls it, this process waits for the end: it outlives all of them.
      const watch = bindSelf((pid: Pid<never>, note: (end: Result) => void): void => {
        watched.push(down(pid).then((reason) => note({ at: now(), gave: textOf(reason) })));
      });
      const owner = spawn(
        async () => {
          const tasks: Started[] = [];
          for (const [index, plan] of program.tasks.entries()) {
            const task = await start(lib, supervisor, index, plan);
            tasks.push(task);
            watch(task.pid, (end) => {
              ends[index] = end;
            });
          }
          for (const [index, { signal }] of program.tasks.entries()) {
            const pid = tasks[index]?.pid;
            if (signal === undefined || pid === undefined) continue;
            spawn(async () => {
              await sleep(signalMs(index, signal.ms));
              exit(pid, signal.reason);
            });
          }
          for (const _ of tasks) await receive((message) => message === 'ready'); // they trap exits, or not, as they should
          for (const [index, action] of program.actions.entries()) {
            const gave = await perform(lib, tasks, action, index);
            results.push({ at: now(), gave });
          }
          for (let message = await next(); message !== undefined; message = await next())
            mailbox.push(describe(message, tasks));
          isDone = true;
        },
        { trapExit: program.trapsExits },
      );
      let end: Result = { at: Number.NaN, gave: 'never' };
      watch(owner, ({ at, gave }) => {
        end = { at, gave: isDone ? 'done' : gave };
      });
      for (let seen = -1; seen < watched.length; ) {
        seen = watched.length;
        await Promise.all(watched);
      }
      return { results, owner: end, mailbox, tasks: ends };
    },
    { seed: program.seed, crashes: 'allowed', isolation: 'share' },
  );
}

async function start(
  { Task, TaskSupervisor }: typeof Package,
  supervisor: Package.TaskSupervisorRef,
  index: number,
  plan: TaskPlan,
): Promise<Started> {
  const owner = self<'ready'>();
  const body = async (): Promise<string> => {
    if (plan.trapsExits) trapExit(true);
    send(owner, 'ready');
    await sleep(taskMs(index, plan));
    return endAs(plan.ending, index);
  };
  return plan.isLinked ? Task.async(body) : TaskSupervisor.asyncNolink(supervisor, body);
}

async function perform(
  { Task, TaskConsumedError }: typeof Package,
  tasks: readonly Started[],
  action: Action,
  index: number,
): Promise<unknown> {
  const taskAt = (at: number): Started => tasks[at] ?? fail(`no task ${at}`);
  try {
    switch (action.kind) {
      case 'await':
        return await Task.await(taskAt(action.task), actionMs(index, action.timeout));
      case 'yield':
        return plain(await Task.yield(taskAt(action.task), actionMs(index, action.timeout)));
      case 'shutdown':
        return plain(await Task.shutdown(taskAt(action.task), actionMs(index, action.time)));
      case 'ignore':
        return plain(Task.ignore(taskAt(action.task)));
      case 'awaitMany':
        return await Task.awaitMany(action.tasks.map(taskAt), actionMs(index, action.timeout));
      case 'yieldMany': {
        const { limit, onTimeout } = action;
        const options = {
          timeout: actionMs(index, action.timeout),
          onTimeout,
          ...(limit !== undefined && { limit }),
        };
        return (await Task.yieldMany(action.tasks.map(taskAt), options)).map(plain);
      }
      case 'sleep':
        await sleep(actionMs(index, action.ms));
        return 'slept';
    }
  } catch (error) {
    if (error instanceof TaskConsumedError) return 'consumed';
    if (error instanceof ExitError) return { exit: textOf(error.reason) };
    throw error;
  }
}

function fail(what: string): never {
  throw new Error(what);
}

function next(): Promise<unknown> {
  return receive(undefined, { timeout: 0 });
}

function describe(message: unknown, tasks: readonly Started[]): string {
  const { type, ref, from, reason } = message as { readonly [field: string]: unknown }; // the runtime made it
  const task = tasks.findIndex((other) => other.ref === ref || other.pid === from);
  return type === 'reply' ? `reply ${task}` : `${type} ${task} ${textOf(reason)}`;
}
