/** Tasks whose owner is a server, that traps exits or does not; what owners leave behind, and what is left of tasks that were given up. */
import {
  type Awaitable,
  demonitor,
  ExitError,
  exit,
  isDown,
  isExit,
  isReply,
  monitor,
  type Pid,
  receive,
  self,
  send,
  sleep,
  spawn,
  trapExit,
} from '@coppice/core';
import { GenServer, noreply, type PidOf, reply } from '@coppice/gen-server';
import { type SpawnedTask, Task, TaskSupervisor, type TaskSupervisorPid } from '@coppice/task';
import { whyOf } from '../../doer.ts';
import { functionName } from '../../names.ts';
import { type Oracle, ofType } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';

type Owner = ReturnType<typeof defineOwner>;
type Start = () => Awaitable<SpawnedTask<unknown>>;
interface Started {
  readonly type: 'task';
  readonly pid: Pid<never>;
}

const isStarted = ofType<Started>('task');
const forever = () => sleep('infinity');
const crash = async () => {
  await sleep(2);
  exit('boom');
};

export const tasksAndOwners: Scenario = scenario('more/50_tasks_and_owners', async (O) => {
  await O.trap();
  const owner = defineOwner(O);
  const tasks = await TaskSupervisor.startLink();
  for (const trap of [false, true]) {
    const own = async (start: Start) => {
      const server = await owner.start(trap);
      await owner.call(server, 'do', start);
      return server;
    };
    await ofServers(O, own, tasks, trap);
    await stops(O, own, trap);
  }
  await ends(O);
  await manyAwaited(O);
  await reasons(O);
  await shutDown(O, tasks);
});

function defineOwner(O: Oracle) {
  return GenServer.define('Owner', {
    init: (trap: boolean) => {
      trapExit(trap);
      return undefined;
    },
    call: {
      do: async (state, start: Start) => {
        const task = await start();
        O.name(task.ref, 'ref');
        O.name(task.pid, 'pid');
        return reply('ok', state);
      },
    },
    handleInfo: (message: unknown, state) => {
      O.log(message);
      return noreply(state);
    },
  });
}

type Own = (start: Start) => Promise<PidOf<Owner>>;

async function ofServers(O: Oracle, own: Own, tasks: TaskSupervisorPid, trap: boolean): Promise<void> {
  const ending = await own(() => Task.async(() => 'v'));
  await sleep(5);
  O.step(`a server's task ends; traps: ${trap}`, O.takeLog());
  await GenServer.stop(ending);
  const crashing = await own(() => Task.async(crash));
  const ref = monitor(crashing);
  await sleep(10);
  O.step(`a server's task crashes; traps: ${trap}`, [O.takeLog(), await O.awaitDown(ref, 5)]);
  demonitor(ref, { flush: true });
  exit(crashing, 'kill');
  const free = await own(() => TaskSupervisor.asyncNolink(tasks, crash));
  await sleep(10);
  O.step(`a server's task of async_nolink crashes; traps: ${trap}`, O.takeLog());
  await GenServer.stop(free);
}

/** A task that tells the scenario when it is up, and of what its owner ends. */
function listener(me: Pid<unknown>): SpawnedTask<void> {
  return Task.async(async () => {
    trapExit(true);
    send(me, 'up');
    const { reason } = await receive(isExit);
    send(me, ['told', reason]);
  });
}

async function stops(O: Oracle, own: Own, trap: boolean): Promise<void> {
  const me = self<unknown>();
  const stopped = await own(() => listener(me));
  await O.recv();
  await GenServer.stop(stopped, 'shutdown');
  O.step(`a server stops with shutdown: its task that traps is told; traps: ${trap}`, await O.recv());
  const late = async () => {
    await sleep(10);
    send(me, 'went_on');
  };
  await GenServer.stop(await own(() => Task.async(late)));
  O.step(`a server stops normally: its task goes on; traps: ${trap}`, await O.recv());
}

async function ends(O: Oracle): Promise<void> {
  const me = self<unknown>();
  spawn(async () => {
    listener(me);
    await sleep(10);
  });
  O.step('the owner ends normally: its task that traps is told', [await O.recv(), await O.recv()]);
  spawn(async () => {
    const task = Task.async(async () => {
      send(me, { type: 'task', pid: self() });
      await forever();
    });
    await Task.await(task, 10);
  });
  const { pid } = await receive(isStarted);
  const reason = await O.awaitDown(monitor(pid));
  if (!(reason instanceof ExitError) || reason.call === undefined) throw reason;
  O.step('the owner dies of an await in vain: its task ends with the same', [
    reason.reason,
    ...functionName(reason.call.module, reason.call.function),
  ]);
  O.step(
    'a task that is killed, awaited by an owner that does not trap',
    await O.isolated(() => {
      const task = Task.async(forever);
      exit(task.pid, 'kill');
      return Task.await(task);
    }),
  );
}

async function manyAwaited(O: Oracle): Promise<void> {
  const crashes = async () => {
    const slow = Task.async(async () => {
      await sleep(20);
      return 1;
    });
    const tasks = [slow, Task.async(() => exit('second'))];
    const why = whyOf(await O.catching(() => Task.awaitMany(tasks)));
    await sleep(30);
    return [why, (await O.mailbox()).map(shown)];
  };
  O.step(
    'await_many, one crashes, the owner traps: the others go on',
    await O.isolated(crashes, { trap: true }),
  );
  const inVain = async () => {
    const tasks = [Task.async(() => 1), Task.async(() => sleep(200))];
    const why = whyOf(await O.catching(() => Task.awaitMany(tasks, 20)));
    return [why, (await O.mailbox()).map((message) => (isExit(message) ? message.reason : message))];
  };
  O.step('await_many in vain, the owner traps', await O.isolated(inVain, { trap: true }));
}

function shown(message: unknown): unknown {
  if (isExit(message)) return ['EXIT', message.reason];
  if (isDown(message)) return ['DOWN', message.reason];
  return isReply(message) ? ['reply', message.value] : message;
}

async function reasons(O: Oracle): Promise<void> {
  O.step(
    'a task that exits with shutdown, the owner does not trap',
    await O.isolated(() => Task.await(Task.async(() => exit('shutdown')))),
  );
  const wrapped = () => Task.await(Task.async(() => exit({ shutdown: 1 })));
  O.step(
    'a task that exits with {:shutdown, x}, the owner traps',
    await O.isolated(async () => whyOf(await O.catching(wrapped)), { trap: true }),
  );
  const raises = () => {
    const pid = Task.startLink(() => {
      throw new Error('no');
    });
    O.name(pid, 'raiser');
    return O.recv();
  };
  O.step('start_link of a task that raises, its starter traps', await O.isolated(raises, { trap: true }));
}

async function shutDown(O: Oracle, tasks: TaskSupervisorPid): Promise<void> {
  const givenUp = async () => {
    const task = Task.async(forever);
    await O.catching(() => Task.await(task, 5));
    return Task.shutdown(task, 'brutal_kill');
  };
  O.step('shutdown of a task whose await was in vain', await O.isolated(givenUp, { trap: true }));
  O.step(
    'shutdown of a task of async_nolink that has crashed',
    await O.isolated(async () => {
      const task = await TaskSupervisor.asyncNolink(tasks, () => exit('boom'));
      await sleep(5);
      return [await Task.shutdown(task), await O.mailbox()];
    }),
  );
}
