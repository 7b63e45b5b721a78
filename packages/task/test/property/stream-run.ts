/** Consumes a random stream, in virtual time, and writes down what can be observed. */
import {
  bindSelf,
  ExitError,
  exit,
  own,
  type Pid,
  receive,
  self,
  sleep,
  spawn,
  subscribe,
  trapExit,
} from '@coppice/core';
import type * as Package from '@coppice/task';
import { simulate } from '@coppice/testing';
import { endAs, plain, textOf } from './body.ts';
import {
  consumerMs,
  itemMs,
  killMs,
  type Moment,
  type StreamObservation,
  type StreamProgram,
  timeoutMs,
} from './stream-program.ts';

/** Runs `program` on streams of `lib`. */
export function runStream(lib: typeof Package, program: StreamProgram): Promise<StreamObservation> {
  return simulate(
    async ({ now, down }) => {
      const outcomes: Moment[] = [];
      const mailbox: string[] = [];
      const tasks = new Map<number, { began: number; end: Moment }>();
      const watched: Promise<void>[] = [];
      let how: unknown;
      own(subscribe('coppice.supervisor.report', () => {})); // not for the console
      const supervisor = await lib.TaskSupervisor.startLink();
      // Whoever calls it, this process waits for the end: it outlives all of them.
      const watch = bindSelf((pid: Pid<never>, note: (end: Moment) => void): void => {
        watched.push(down(pid).then((reason) => note({ at: now(), what: textOf(reason) })));
      });
      const body = async (index: number): Promise<string> => {
        const plan = program.items[index];
        if (plan === undefined) throw new Error(`no item ${index}`);
        if (plan.trapsExits) trapExit(true);
        const began = now();
        watch(self(), (end) => {
          if (end.at !== began) tasks.set(index, { began, end });
        });
        await sleep(itemMs(index, plan));
        return endAs(plan.ending, index);
      };
      const consumer = spawn(
        async () => {
          how = await consume(open(lib, supervisor, program, body), program, (outcome) =>
            outcomes.push({ at: now(), what: plain(outcome) }),
          );
          for (let message = await next(); message !== undefined; message = await next())
            mailbox.push(textOf(message));
        },
        { trapExit: program.trapsExits },
      );
      let end: Moment = { at: Number.NaN, what: 'never' };
      watch(consumer, ({ at, what }) => {
        end = { at, what: how ?? what };
      });
      if (program.killedAt !== undefined) {
        const ms = killMs(program.killedAt);
        spawn(async () => {
          await sleep(ms);
          exit(consumer, 'kill');
        });
      }
      for (let seen = -1; seen < watched.length; ) {
        seen = watched.length;
        await Promise.all(watched);
      }
      return { outcomes, consumer: end, mailbox, tasks };
    },
    { seed: program.seed, crashes: 'allowed', isolation: 'share' },
  );
}

function open(
  { Task, TaskSupervisor }: typeof Package,
  supervisor: Package.TaskSupervisorRef,
  program: StreamProgram,
  body: (index: number) => Promise<string>,
): AsyncIterable<unknown> {
  const { maxConcurrency, ordered, onTimeout, zipInputOnExit } = program;
  const options = { maxConcurrency, ordered, onTimeout, zipInputOnExit, timeout: timeoutMs(program.timeout) };
  const indices = program.items.keys();
  switch (program.from) {
    case 'Task':
      return Task.asyncStream(indices, body, options);
    case 'asyncStream':
      return TaskSupervisor.asyncStream(supervisor, indices, body, options);
    case 'asyncStreamNolink':
      return TaskSupervisor.asyncStreamNolink(supervisor, indices, body, options);
  }
}

async function consume(
  stream: AsyncIterable<unknown>,
  program: StreamProgram,
  note: (outcome: unknown) => number,
): Promise<unknown> {
  try {
    for await (const outcome of stream) {
      const count = note(outcome);
      if (count === program.leaveAfter) return 'left';
      await sleep(consumerMs(program, count - 1));
    }
    return 'done';
  } catch (error) {
    if (error instanceof ExitError) return { exit: textOf(error.reason) };
    throw error;
  }
}

function next(): Promise<unknown> {
  return receive(undefined, { timeout: 0 });
}
