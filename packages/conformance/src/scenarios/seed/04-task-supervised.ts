/**
 * TaskSupervisor. `async` is LINKED to the caller: the seed's claim that a crash "won't take down caller" is wrong; `asyncNolink` is
 * the one that does not.
 */
import {
  context,
  exit,
  monitor,
  type Pid,
  processInfo,
  receive,
  self,
  send,
  sleep,
  spawn,
  trapExit,
  whereis,
} from '@coppice/core';
import { Supervisor } from '@coppice/supervisor';
import { Task, TaskSupervisor } from '@coppice/task';
import { type Oracle, ofType } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { messageOf, moduleOf } from '../../term.ts';

interface Running {
  readonly type: 't';
  readonly pid: Pid<never>;
}

const sup = TaskSupervisor.name('MyApp.TaskSupervisor');
const noSuch = TaskSupervisor.name('NoSuch');
const isRunning = ofType<Running>('t');
const risky = () => {
  throw new Error('risky');
};

export const taskSupervised: Scenario = scenario('seed/04_task_supervised', async (O) => {
  await starts(O);
  await links(O);
  await linked(O);
  await unlinked(O);
  await callersThatDie(O);
  await children(O);
  await limits(O);
  await shutdowns(O);
});

async function starts(O: Oracle): Promise<void> {
  const root = await Supervisor.startLink([TaskSupervisor.childSpec({ name: sup })], {
    strategy: 'one_for_one',
    name: 'MyApp.Supervisor',
  });
  O.name(root, 'sup');
  const [info] = await Supervisor.whichChildren(root);
  O.name(info?.child, 'tasksup');
  O.step('supervisor starts', [info?.id, info?.child === whereis(sup), info?.type, info?.modules]);
  O.step('child_spec', TaskSupervisor.childSpec({ name: sup }));
  const task = await TaskSupervisor.async(sup, () => ['data', 1]);
  O.step('async: value', await Task.await(task));
}

async function links(O: Oracle): Promise<void> {
  O.step(
    'async: links of the task are the caller and the supervisor',
    await O.isolated(async () => {
      const task = await TaskSupervisor.async(sup, async () => {
        await sleep(40);
        return processInfo(self())?.links ?? [];
      });
      const linked = await Task.await(task);
      return linked.length === 2 && linked.includes(self()) && linked.some((pid) => pid === whereis(sup));
    }),
  );
  O.step(
    'async_nolink: links of the task are the supervisor only',
    await O.isolated(async () => {
      const task = await TaskSupervisor.asyncNolink(sup, () => processInfo(self())?.links);
      return Task.await(task);
    }),
  );
}

async function linked(O: Oracle): Promise<void> {
  O.step(
    'async: task raises, caller awaits inside try/catch: the caller still dies',
    await O.isolated(async () => awaited(O, await TaskSupervisor.async(sup, risky))),
  );
  O.step(
    'async: same, caller traps exits',
    await O.isolated(
      async () => {
        const task = named(O, await TaskSupervisor.async(sup, () => exit('risky')), 'a1', 'ar1');
        return [await awaited(O, task), await O.mailbox()];
      },
      { trap: true },
    ),
  );
}

/** `try {:ok, Task.await(t, 500)} catch :exit, _ -> {:error, :task_failed}` */
async function awaited(O: Oracle, task: Task<unknown>): Promise<unknown> {
  const [kind, value] = await O.catching(() => Task.await(task, 500));
  return kind === 'exit' ? ['error', 'task_failed'] : ['ok', value];
}

function named<T>(O: Oracle, task: Task<T>, pid: string, ref: string): Task<T> {
  O.name(task.pid, pid);
  O.name(task.ref, ref);
  return task;
}

async function unlinked(O: Oracle): Promise<void> {
  const start = async (fn: () => unknown, pid: string, ref: string) =>
    named(O, await TaskSupervisor.asyncNolink(sup, fn), pid, ref);
  O.step(
    'async_nolink: task raises, caller awaits in try/catch',
    await O.isolated(async () => {
      const task = await start(risky, 'n1', 'nr1');
      const r = await O.catching(() => Task.await(task, 500));
      return [r, await O.mailbox()];
    }),
  );
  O.step(
    'async_nolink: task exits, caller awaits bare: dies with the await exit',
    await O.isolated(async () => Task.await(await start(() => exit('risky'), 'n2', 'nr2'), 500)),
  );
  O.step(
    'async_nolink: exit(:normal) before replying',
    await O.isolated(async () => {
      const task = await start(() => exit('normal'), 'n3', 'nr3');
      return O.catching(() => Task.await(task, 500));
    }),
  );
  O.step(
    'async_nolink: caller never awaits: only the raw DOWN comes',
    await O.isolated(async () => {
      await start(() => exit('risky'), 'n4', 'nr4');
      return O.recv(500);
    }),
  );
  O.step(
    'async_nolink: yield gives {:exit, reason}',
    await O.isolated(async () => {
      const task = await TaskSupervisor.asyncNolink(sup, () => exit('risky'));
      return Task.yield(task, 500);
    }),
  );
}

async function callersThatDie(O: Oracle): Promise<void> {
  const me = self<Running | 'survived'>();
  spawn(async () => {
    await TaskSupervisor.asyncNolink(sup, async () => {
      send(me, { type: 't', pid: self() });
      await sleep(60);
      send(me, 'survived');
    });
    await sleep(20);
    exit('gone');
  });
  await receive(isRunning);
  const survived = await receive((m): m is 'survived' => m === 'survived', { timeout: 400 });
  O.step('async_nolink: caller dies, the task lives on', survived ?? 'died');
  spawn(async () => {
    await TaskSupervisor.async(sup, async () => {
      send(me, { type: 't', pid: self() });
      await sleep(3000);
    });
    await sleep(20);
    exit('gone');
  });
  const { pid } = await receive(isRunning);
  O.step('async: caller dies abnormally, the task dies', await O.down(pid));
  O.step('the supervisor survived all of that', whereis(sup) !== undefined);
}

async function children(O: Oracle): Promise<void> {
  await O.waitUntil(async () => (await TaskSupervisor.children(sup)).length === 0);
  const first = await TaskSupervisor.startChild(sup, () => sleep(5000));
  const second = await TaskSupervisor.startChild(sup, () => sleep(5000));
  const n = (await TaskSupervisor.children(sup)).length;
  const rs = [
    await O.ok(() => TaskSupervisor.terminateChild(sup, first)),
    await O.ok(() => TaskSupervisor.terminateChild(sup, second)),
  ];
  O.step('children while two run, then after', [n, rs, await TaskSupervisor.children(sup)]);
  O.step('terminate_child of an unknown pid', await O.ok(() => TaskSupervisor.terminateChild(sup, self())));
  O.step(
    'async on a supervisor that does not exist',
    await O.catching(() => TaskSupervisor.async(noSuch, () => 1)),
  );
  O.step(
    'start_child on a supervisor that does not exist',
    await O.catching(() => TaskSupervisor.startChild(noSuch, () => 1)),
  );
}

async function limits(O: Oracle): Promise<void> {
  const s = await TaskSupervisor.startLink({ maxChildren: 1 });
  await TaskSupervisor.startChild(s, () => sleep(2000));
  O.step('max_children: start_child', await O.result(() => TaskSupervisor.startChild(s, () => 1)));
  const full = await TaskSupervisor.startLink({ maxChildren: 1 });
  await TaskSupervisor.startChild(full, () => sleep(2000));
  const [kind, error] = await O.catching(() => TaskSupervisor.async(full, () => 1));
  O.step('max_children: async raises', [kind, moduleOf(error), messageOf(error)?.includes('maximum')]);
}

async function shutdowns(O: Oracle): Promise<void> {
  const s = await TaskSupervisor.startLink();
  const p = await TaskSupervisor.startChild(s, () => sleep(5000));
  const down = monitor(p);
  await TaskSupervisor.stop(s);
  O.step('supervisor stops with running tasks: they get shutdown', await O.awaitDown(down));
  const slow = await TaskSupervisor.startLink();
  const me = self<'ready'>();
  const stubborn = async () => {
    trapExit(true);
    send(me, 'ready');
    await context<unknown>().receive((m) => m === 'never');
  };
  const q = await TaskSupervisor.startChild(slow, stubborn, { shutdown: 30 });
  await receive((m): m is 'ready' => m === 'ready');
  const killed = monitor(q);
  await TaskSupervisor.stop(slow);
  O.step(
    'shutdown: a task that traps exits and is slow to end is killed after the shutdown time',
    await O.awaitDown(killed),
  );
}
