/** TaskSupervisor: links, owners, restarts, limits, ends. */
import {
  ancestors,
  callers,
  ExitError,
  exit,
  isAlive,
  isDown,
  isExit,
  isReply,
  monitor,
  type Pid,
  receive,
  self,
  send,
  sleep,
  trapExit,
} from '@coppice/core';
import { Task, TaskSupervisor, type TaskSupervisorPid } from '@coppice/task';
import { type Caught, type Oracle, ofType } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done } from '../../term.ts';
import { emptied, exits, forever, start } from './42-task-supervisors/common.ts';
import { exhaustion, restarts } from './42-task-supervisors/restarts.ts';
import { streams } from './42-task-supervisors/streams.ts';

interface Tasks {
  readonly type: 'tasks';
  readonly linked: Pid<never>;
  readonly free: Pid<never>;
}

const isTasks = ofType<Tasks>('tasks');
const crash = () => exit('boom');

export const taskSupervisors: Scenario = scenario('more/42_task_supervisors', async (O) => {
  await O.trap();
  const tasks = O.name(await start(), 'sup');
  await awaited(O, tasks);
  await unlinked(O, tasks);
  await owners(O, tasks);
  await children(O, tasks);
  await terminating(O, tasks);
  await limits(O);
  await restarts(O);
  await exhaustion(O);
  await stopping(O);
  await missing(O);
  await streams(O, tasks);
  await insides(O, tasks);
  O.step('what is left', [await TaskSupervisor.children(tasks), await O.mailbox()]);
});

/** An exit: why, and which function of which module was called. */
function slim([kind, value]: Caught<unknown>): readonly unknown[] {
  if (!(value instanceof ExitError)) return [kind, value];
  return [kind, value.reason, value.call?.module, value.call?.function];
}

async function awaited(O: Oracle, tasks: TaskSupervisorPid): Promise<void> {
  const value = await Task.await(await TaskSupervisor.async(tasks, () => 7));
  const end = await O.recv();
  O.step('async: the value, and the EXIT of its end', [value, [isExit(end) ? end.reason : end]]);
  const linked = await TaskSupervisor.async(tasks, crash);
  O.step('async, crash, trapping: await exits, an EXIT is left', [
    ...slim(await O.catching(() => Task.await(linked))),
    await exits(O),
  ]);
  O.step(
    'async, crash, not trapping: the caller dies',
    await O.isolated(async () => Task.await(await TaskSupervisor.async(tasks, crash))),
  );
}

async function unlinked(O: Oracle, tasks: TaskSupervisorPid): Promise<void> {
  const free = await TaskSupervisor.asyncNolink(tasks, crash);
  O.step('async_nolink, crash: await exits, nothing is left', [
    ...slim(await O.catching(() => Task.await(free))),
    await exits(O),
  ]);
  const looked = await TaskSupervisor.asyncNolink(tasks, crash);
  O.step('async_nolink, crash: yield', [await Task.yield(looked), await exits(O)]);
  const told = await TaskSupervisor.asyncNolink(tasks, () => 'v');
  const [reply, down] = [await O.recv(), await O.recv()];
  O.step('async_nolink, not awaited: a reply with the ref, then DOWN normal', [
    isReply(reply) && reply.ref === told.ref && reply.value === 'v',
    isDown(down) && down.ref === told.ref && down.reason === 'normal',
  ]);
  const failed = await TaskSupervisor.asyncNolink(tasks, () => exit('x'));
  const only = await O.recv();
  O.step('async_nolink, not awaited, crash: DOWN only', [
    isDown(only) && only.ref === failed.ref && only.reason === 'x',
    await O.mailbox(),
  ]);
}

async function owners(O: Oracle, tasks: TaskSupervisorPid): Promise<void> {
  const me = self<Tasks>();
  const { pid, ref } = O.spawnMon(async () => {
    const linked = await TaskSupervisor.async(tasks, forever);
    const free = await TaskSupervisor.asyncNolink(tasks, forever);
    send(me, { type: 'tasks', linked: linked.pid, free: free.pid });
    await receive();
    exit('owner_gone');
  });
  const { linked, free } = await receive(isTasks);
  const end = monitor(linked);
  send(pid as Pid<unknown>, 'go'); // it takes any message
  const reason = await O.awaitDown(ref);
  O.step('the owner ends: async ends, async_nolink goes on', [
    reason,
    await O.awaitDown(end),
    await O.down(free, 50),
    done(exit(free, 'kill'), true),
  ]);
  await emptied(O, tasks);
}

async function children(O: Oracle, tasks: TaskSupervisorPid): Promise<void> {
  const child = await TaskSupervisor.startChild(tasks, forever);
  const running = await TaskSupervisor.children(tasks);
  exit(child, 'kill');
  await O.down(child);
  await emptied(O, tasks);
  O.step('children', [running.length, await TaskSupervisor.children(tasks)]);
  const alone = await TaskSupervisor.startChild(tasks, async () => {
    await receive();
    exit('alone');
  });
  const ref = monitor(alone);
  send(alone as Pid<unknown>, 'go'); // it takes any message
  O.step('start_child: linked to the supervisor, not to the caller', [
    await O.awaitDown(ref),
    await exits(O),
    isAlive(tasks),
  ]);
}

async function terminating(O: Oracle, tasks: TaskSupervisorPid): Promise<void> {
  const terminate = (pid: Pid<never>) => O.ok(() => TaskSupervisor.terminateChild(tasks, pid));
  const a = await TaskSupervisor.startChild(tasks, forever);
  const refA = monitor(a);
  O.step('terminate_child: of a task, again, of a stranger', [
    await terminate(a),
    await O.awaitDown(refA),
    await terminate(a),
    await terminate(self()),
  ]);
  const me = self<unknown>();
  const heedless = async () => {
    trapExit(true);
    send(me, 'ready');
    await sleep('infinity');
  };
  const b = await TaskSupervisor.startChild(tasks, heedless, { shutdown: 30 });
  await O.recv();
  const refB = monitor(b);
  O.step('terminate_child of one that does not heed it: killed after its shutdown time', [
    await terminate(b),
    await O.awaitDown(refB),
  ]);
  const c = await TaskSupervisor.startChild(tasks, forever, { shutdown: 'brutal_kill' });
  const refC = monitor(c);
  O.step('terminate_child, brutal_kill', [await terminate(c), await O.awaitDown(refC)]);
}

async function limits(O: Oracle): Promise<void> {
  const full = await start({ maxChildren: 1 });
  await TaskSupervisor.startChild(full, forever);
  const [linked] = await O.catching(() => TaskSupervisor.async(full, forever));
  const [free] = await O.catching(() => TaskSupervisor.asyncNolink(full, forever));
  O.step('max_children: start_child, async, async_nolink', [
    await O.result(() => TaskSupervisor.startChild(full, forever)),
    linked,
    free,
  ]);
  const none = await start({ maxChildren: 0 });
  O.step('max_children 0', await O.result(() => TaskSupervisor.startChild(none, forever)));
  const one = await start({ maxChildren: 1 });
  await O.down(await TaskSupervisor.startChild(one, () => {}));
  await emptied(O, one);
  await TaskSupervisor.startChild(one, forever);
  O.step('a place is free when a task has ended', 'ok');
}

async function stopping(O: Oracle): Promise<void> {
  const stopped = await start();
  const child = monitor(await TaskSupervisor.startChild(stopped, forever));
  const task = await TaskSupervisor.asyncNolink(stopped, forever);
  const answer = done(await TaskSupervisor.stop(stopped));
  const [kind, why] = slim(await O.catching(() => Task.await(task)));
  O.step("stop: its tasks end with shutdown, an owner's await exits with it", [
    answer,
    await O.awaitDown(child),
    kind,
    why,
    await exits(O),
  ]);
  const killed = await start();
  const orphan = monitor(await TaskSupervisor.startChild(killed, forever));
  exit(killed, 'kill');
  O.step('the supervisor is killed: its tasks end with killed', [await O.awaitDown(orphan), await exits(O)]);
}

async function missing(O: Oracle): Promise<void> {
  const attempt = async (fn: () => Promise<unknown>) => slim(await O.catching(fn)).slice(0, 2);
  O.step('async of a missing supervisor', await attempt(() => TaskSupervisor.async('no_sup', forever)));
  O.step('children and start_child of a missing supervisor', [
    ...(await attempt(() => TaskSupervisor.children('no_sup'))),
    ...(await attempt(() => TaskSupervisor.startChild('no_sup', forever))),
  ]);
}

async function insides(O: Oracle, tasks: TaskSupervisorPid): Promise<void> {
  const task = await TaskSupervisor.asyncNolink(tasks, () => [ancestors()[0], callers()[0]]);
  O.step('ancestors and callers of a supervised task', await Task.await(task));
  O.step('shutdown of a task of async_nolink', [
    await Task.shutdown(await TaskSupervisor.asyncNolink(tasks, forever)),
    await Task.shutdown(await TaskSupervisor.asyncNolink(tasks, forever), 'brutal_kill'),
    await O.mailbox(),
  ]);
}
