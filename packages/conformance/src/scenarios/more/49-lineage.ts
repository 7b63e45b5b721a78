/** Callers and ancestors of tasks, servers and agents within each other. */
import { Agent } from '@coppice/agent';
import { type Awaitable, ancestors, callers, type Pid, self, send } from '@coppice/core';
import { reply } from '@coppice/gen-server';
import { Task, TaskSupervisor } from '@coppice/task';
import { type Call, type Doer, defineDoer } from '../../doer.ts';
import { type Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';

interface Setup {
  readonly O: Oracle;
  readonly L: Doer;
  /** What `fn` gives within a named server. */
  readonly within: (fn: () => unknown) => Promise<unknown>;
  /** What `fn` gives within a task of the script's own process. */
  readonly awaited: (fn: () => unknown) => Promise<unknown>;
  readonly lineage: () => readonly unknown[];
}

export const lineage: Scenario = scenario('more/49_lineage', async (O) => {
  await O.trap();
  const L = defineDoer(O);
  const server = O.name(await L.startLink(() => 1, { name: 'the_server' }), 'server');
  const setup: Setup = {
    O,
    L,
    within: (fn) => L.call(server, 'do', doing(fn)),
    async awaited(fn) {
      const value = await Task.await(Task.async(fn));
      await O.mailbox();
      return value;
    },
    lineage: () => [ownCallers(), O.lineage(ancestors())],
  };
  await tasksInTasks(setup);
  await ofServers(setup);
  await supervised(setup);
  O.step(
    'callers in an async_stream of a task',
    await setup.awaited(() => {
      O.name(self(), 'tf');
      return Task.asyncStream([1], ownCallers).toArray();
    }),
  );
});

function doing(fn: () => unknown): Call {
  return async (state) => reply(await fn(), state);
}

/** OTP has no entry in the dictionary where Coppice has an empty list. */
function ownCallers(): readonly Pid<never>[] | undefined {
  const all = callers();
  return all.length === 0 ? undefined : all;
}

function task<T>(fn: () => Awaitable<T>): Promise<T> {
  return Task.await(Task.async(fn));
}

async function tasksInTasks({ O, awaited }: Setup): Promise<void> {
  O.step(
    'callers of a task in a task in a task',
    await awaited(() => {
      O.name(self(), 'ta');
      return task(() => {
        O.name(self(), 'tb');
        return task(ownCallers);
      });
    }),
  );
  O.step(
    'ancestors of a task in a task',
    await awaited(() => {
      O.name(self(), 'tc');
      return task(() => O.lineage(ancestors()));
    }),
  );
}

async function ofServers({ O, L, within, awaited, lineage }: Setup): Promise<void> {
  O.step('of a server', await within(lineage));
  O.step('of a task of a named server', await within(() => task(lineage)));
  const tasks = O.name(await TaskSupervisor.startLink({ name: 'the_tasks' }), 'tasks');
  O.step(
    'of a supervised task of a named server',
    await within(async () => Task.await(await TaskSupervisor.async(tasks, lineage))),
  );
  O.step(
    'of a server of a named server',
    await within(async () => L.call(await L.startLink(() => 1), 'do', doing(lineage))),
  );
  O.step(
    'of an agent of a named server',
    await within(async () => Agent.get(await Agent.startLink(lineage), (state) => state)),
  );
  O.step(
    'of a task of a server of a task: the callers begin with the server',
    await awaited(async () => {
      O.name(self(), 'td');
      const server = O.name(await L.startLink(() => 1), 'te');
      return L.call(
        server,
        'do',
        doing(() => task(lineage)),
      );
    }),
  );
}

async function supervised({ O, lineage }: Setup): Promise<void> {
  const me = self<unknown>();
  await TaskSupervisor.startChild('the_tasks', () => send(me, lineage()));
  O.step('of a task of start_child', await O.recv());
  const streamed = await Task.asyncStream([1], ownCallers).toArray();
  await O.mailbox();
  O.step('callers in an async_stream', streamed);
  const supervisedStream = await TaskSupervisor.asyncStream('the_tasks', [1], lineage).toArray();
  await O.mailbox();
  O.step('in a supervised async_stream', supervisedStream);
}
