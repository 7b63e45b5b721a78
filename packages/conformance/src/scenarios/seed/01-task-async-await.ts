/** Basic async/await: the message protocol, linking, ownership, double await. */
import {
  ancestors,
  callers,
  exit,
  isReply,
  monitor,
  type Pid,
  processInfo,
  type Reply,
  receive,
  self,
  send,
  sleep,
  spawn,
} from '@coppice/core';
import { Task } from '@coppice/task';
import { downOf, type Oracle, ofType } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { moduleOf, text, untyped } from '../../term.ts';

interface TaskStarted {
  readonly type: 'task';
  readonly pid: Pid<never>;
}

const isTaskStarted = ofType<TaskStarted>('task');

/** The ways in which a task's function can end. */
const endings: readonly (readonly [label: string, fn: () => unknown])[] = [
  [
    'raise',
    () => {
      throw new Error('boom');
    },
  ],
  [
    'throw',
    () => {
      throw 'ball';
    },
  ],
  ['exit', () => exit('bye')],
  ['exit_normal', () => exit('normal')],
  ['exit_shutdown', () => exit('shutdown')],
  ['exit_shutdown_term', () => exit({ shutdown: 'x' })],
  ['error_badarith', () => 1n / 0n],
  ['killed', () => exit(self(), 'kill')],
];

export const taskAsyncAwait: Scenario = scenario('seed/01_task_async_await', async (O) => {
  await effects(O);
  await protocol(O);
  await consumed(O);
  await forms(O);
  for (const [label, fn] of endings) await ending(O, label, fn);
  O.step(
    'linked task crashes while the caller is NOT awaiting: the caller dies with the raw reason',
    await O.isolated(async () => {
      Task.async(() => {
        throw new Error('boom');
      });
      await sleep(1000);
    }),
  );
  await callerEnds(O);
});

async function effects(O: Oracle): Promise<void> {
  O.log('other_work_can_start');
  const task = Task.async(async () => {
    await sleep(30);
    O.log('task_done');
    return 'Result';
  });
  O.log('working_on_other_things');
  O.step("await returns the function's result", text(await Task.await(task)));
  O.step('order of effects', O.takeLog());
}

async function protocol(O: Oracle): Promise<void> {
  const task = Task.async(async () => {
    await receive((m): m is 'go' => m === 'go');
    return 'went';
  });
  O.name(task.pid, 'task');
  O.step('task struct fields', Object.keys(task).toSorted());
  O.step('task.owner is the caller', task.owner === self());
  O.step('caller is linked to the task', processInfo(self())?.links.includes(task.pid));
  const monitored = processInfo(self())?.monitors ?? [];
  O.step('caller monitors the task', monitored.length === 1 && monitored[0] === task.pid);
  O.step('$callers in a task', await Task.await(Task.async(() => callers())));
  O.step('$ancestors in a task', O.lineage(await Task.await(Task.async(() => ancestors()))));
  send<unknown>(untyped(task.pid), 'go');
  const { ref } = task;
  const reply = await receive((m): m is Reply => isReply(m) && m.ref === ref);
  O.step('raw reply message is {ref, result}', reply.value);
  O.step('raw DOWN after the reply is normal', (await receive(downOf(ref))).reason);
}

async function consumed(O: Oracle): Promise<void> {
  const task = Task.async(() => 'done');
  O.step('first await', await Task.await(task));
  O.step('mailbox is empty after await (DOWN flushed)', await O.mailbox());
  O.name(task.pid, 'task2');
  O.name(task.ref, 'ref2');
  O.step('second await of a consumed task only times out', await O.catching(() => Task.await(task, 20)));
  const owned = Task.async(async () => {
    await sleep(50);
    return 'done';
  });
  O.step(
    'await from a process that is not the owner',
    await O.isolated(async () => {
      try {
        return await Task.await(owned);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        return [moduleOf(error), error.message.includes('owner')];
      }
    }),
  );
  await Task.await(owned);
}

async function forms(O: Oracle): Promise<void> {
  const upcase = Task.async(() => 'abc'.toUpperCase());
  O.step('async with module, function, args', text(await Task.await(upcase)));
  O.step('Task.completed/1 awaits at once', await Task.await(Task.completed(42), 0));
  O.step(
    'await with timeout 0 on an unfinished task',
    await O.isolated(async () => {
      const task = Task.async(() => sleep(1000));
      const [kind] = await O.catching(() => Task.await(task, 0));
      return kind;
    }),
  );
}

async function ending(O: Oracle, label: string, fn: () => unknown): Promise<void> {
  O.step(
    `linked task ends by ${label}: the caller that awaits`,
    await O.isolated(
      async () => {
        const task = Task.async(fn);
        O.name(task.pid, `t_${label}`);
        O.name(task.ref, `r_${label}`);
        return ['awaited', await Task.await(task, 500)];
      },
      { name: `caller_${label}` },
    ),
  );
  O.step(
    'same, caller traps exits: await',
    await O.isolated(
      async () => {
        const task = Task.async(fn);
        O.name(task.pid, `tt_${label}`);
        O.name(task.ref, `tr_${label}`);
        const r = await O.catching(() => Task.await(task, 500));
        return [r, await O.mailbox()];
      },
      { name: `trapper_${label}`, trap: true },
    ),
  );
}

async function callerEnds(O: Oracle): Promise<void> {
  const me = self<TaskStarted | 'task_ran_to_end'>();
  spawn(async () => {
    const task = Task.async(() => sleep(5000));
    send(me, { type: 'task', pid: task.pid });
    await sleep(20);
    exit('owner_gone');
  });
  const { pid } = await receive(isTaskStarted);
  O.step('caller dies: the linked task dies too', await O.down(pid));
  spawn(() => {
    const task = Task.async(async () => {
      await sleep(60);
      send(me, 'task_ran_to_end');
      return 1;
    });
    send(me, { type: 'task', pid: task.pid });
  });
  const second = (await receive(isTaskStarted)).pid;
  const ref = monitor(second);
  const ran = await receive((m): m is 'task_ran_to_end' => m === 'task_ran_to_end', { timeout: 500 });
  O.step('caller finishes normally: the linked task survives the link, until it ends itself', [
    ran === undefined ? 'killed' : 'ran_to_end',
    await O.awaitDown(ref),
  ]);
}
