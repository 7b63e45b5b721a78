/** GenServer: what ends an init, who waits for one, what comes meanwhile. */
import { Agent } from '@coppice/agent';
import {
  type Awaitable,
  type ExitReason,
  exit,
  isAlive,
  isExit,
  monitor,
  type Pid,
  receive,
  register,
  StartError,
  self,
  send,
  sleep,
  spawn,
  spawnLink,
  trapExit,
  unlink,
  whereis,
} from '@coppice/core';
import { continueWith, GenServer, ignore, noreply, ok, stopInit } from '@coppice/gen-server';
import { Supervisor } from '@coppice/supervisor';
import { Task } from '@coppice/task';
import { type Do, type Doer, defineDoer, read, whyOf } from '../../doer.ts';
import { type Oracle, ofType } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { asList } from '../../term.ts';

interface In {
  readonly type: 'in';
  readonly server: Pid<never>;
}
interface Setup {
  readonly O: Oracle;
  readonly L: Doer;
  /** What a start gives, and the reasons of the EXITs that came. */
  readonly started: (start: () => Awaitable<unknown>) => Promise<readonly unknown[]>;
  readonly exits: () => Promise<readonly unknown[]>;
}

const isIn = ofType<In>('in');

export const genServerStarts: Scenario = scenario('more/47_gen_server_starts', async (O) => {
  await O.trap();
  const L = defineDoer(O);
  const exits = async () =>
    (await O.mailbox()).map((message) => (isExit(message) ? message.reason : message));
  const started: Setup['started'] = async (start) => [await O.result(start), await exits()];
  const setup: Setup = { O, L, started, exits };
  await ended(setup);
  await endedInside(setup);
  await others(setup);
  await starters(setup);
  await messages(setup);
  await waiting(setup);
  await continuing(setup);
});

/** An init that another process ends. */
function endedBy(reason: ExitReason): () => Promise<number> {
  return async () => {
    const me = self();
    spawn(() => exit(me, reason));
    await sleep(100);
    return 1;
  };
}

function killsItself(): number {
  exit(self(), 'kill');
  return 1;
}

async function ended({ O, L, started, exits }: Setup): Promise<void> {
  O.step('killed by another in init: start_link', await started(() => L.startLink(endedBy('kill'))));
  O.step('killed by another in init: start', await started(() => L.start(endedBy('kill'))));
  O.step('ended by another in init, with shutdown', await started(() => L.startLink(endedBy('shutdown'))));
  const withLinked = async () => {
    spawnLink(() => exit('inner'));
    await sleep(100);
    return 1;
  };
  O.step('a linked process crashes in init', await started(() => L.startLink(withLinked)));
  const server = await L.startLink(async () => {
    trapExit(true);
    spawnLink(() => exit('inner'));
    await sleep(5);
    return 1;
  });
  await L.call(server, 'do', read);
  const told = O.takeLog().map((event) => asList(event)[1]);
  await GenServer.stop(server);
  O.takeLog();
  O.step('a linked process crashes in an init that traps: a message for later', [
    told.map((message) => (isExit(message) ? message.reason : message)),
    await exits(),
  ]);
}

async function endedInside({ O, L, started }: Setup): Promise<void> {
  O.step('killed in init, the starter does not trap', await O.isolated(() => L.startLink(killsItself)));
  O.step('killed in init, named: the name is free', [
    ...(await started(() => L.startLink(killsItself, { name: 'killed_one' }))),
    whereis('killed_one'),
  ]);
  const endsItself = () => {
    exit(self(), 'normal');
    return 1;
  };
  O.step('ends itself normally in init, by a signal', await started(() => L.startLink(endsItself)));
  O.step('exits normally in init', await started(() => L.startLink(() => exit('normal'))));
}

async function others({ O, L, started, exits }: Setup): Promise<void> {
  O.step('an agent is killed in its function', await started(() => Agent.startLink(killsItself)));
  let reason: unknown;
  try {
    const child = { id: 'a', start: () => L.startLink(killsItself) };
    await Supervisor.startLink([child], { strategy: 'one_for_one' });
  } catch (error) {
    reason = error instanceof StartError ? reasonOfChild(error.reason) : error;
  }
  O.step('a child is killed in init', [reason, (await exits()).length]);
}

/** `x` of `{:shutdown, {:failed_to_start_child, id, x}}`. */
function reasonOfChild(reason: ExitReason): unknown {
  return typeof reason === 'object' && reason !== null && 'shutdown' in reason
    ? asList(reason.shutdown)[2]
    : reason;
}

async function starters({ O, L, started }: Setup): Promise<void> {
  const me = self<In | string>();
  const inInit = (ms: number) => async () => {
    send(me, { type: 'in', server: self() });
    await sleep(ms);
    send(me, 'went_on');
    return 1;
  };
  const linked = spawn(async () => {
    await L.startLink(inInit(200));
  });
  const first = await receive(isIn);
  const end = monitor(first.server);
  exit(linked, 'boom');
  O.step('the starter dies in start_link: the init ends', [await O.awaitDown(end), await O.recv(250)]);
  const loose = spawn(async () => {
    await L.start(inInit(20));
  });
  const second = await receive(isIn);
  exit(loose, 'boom');
  O.step('the starter dies in start: the init goes on', [await O.recv(), isAlive(second.server)]);
  exit(second.server, 'kill');
  const unlinks = () => {
    unlink(me);
    return stopInit('no');
  };
  O.step('an init that unlinks its parent, then stops', await started(() => L.startLink(unlinks)));
}

async function messages({ O, L }: Setup): Promise<void> {
  const sends = await L.start(() => {
    send(self<Do>(), { type: 'do', fn: (state) => noreply(['message', ...asList(state)]) });
    return [];
  });
  O.step('what init sends to itself comes before a call', await L.call(sends, 'do', read));
  exit(sends, 'kill');
  const task = Task.async(() =>
    L.start(() => {
      register(self(), 'inbox');
      return receive();
    }),
  );
  await O.waitUntil(() => whereis('inbox') !== undefined);
  send('inbox', 'hello');
  const server = await Task.await(task);
  await O.mailbox();
  O.step('an init may receive', await L.call(server, 'do', read));
  exit(server, 'kill');
}

/** Starts a server that is in its init for 20 ms when this resolves. */
async function slowly({ O, L, started }: Setup, name: string, result: unknown): Promise<void> {
  const init = async () => {
    await sleep(20);
    return result;
  };
  spawn(async () => {
    await started(() => L.start(init, { name }));
  });
  await O.waitUntil(() => whereis(name) !== undefined);
}

async function waiting(setup: Setup): Promise<void> {
  const { O, L } = setup;
  await slowly(setup, 'slow1', 'ready');
  O.step('a call to a server in its init waits', await L.call('slow1', 'do', read));
  await GenServer.stop('slow1');
  O.takeLog();
  await slowly(setup, 'slow2', stopInit('bad_luck'));
  O.step(
    'a call to a server whose init then fails',
    whyOf(await O.catching(() => L.call('slow2', 'do', read))),
  );
  await slowly(setup, 'slow3', ignore());
  O.step(
    'a call to a server whose init then ignores',
    whyOf(await O.catching(() => L.call('slow3', 'do', read))),
  );
  await slowly(setup, 'slow4', 1);
  O.step('a stop of a server in its init waits', [await O.ok(() => GenServer.stop('slow4')), O.takeLog()]);
}

async function continuing({ O, L }: Setup): Promise<void> {
  const result = await O.result(() =>
    L.startLink(() =>
      ok(
        1,
        continueWith('do', () => exit('in_continue')),
      ),
    ),
  );
  const message = await O.recv();
  O.step('a continue that exits: the start is fine, then the EXIT comes', [
    asList(result)[0],
    isExit(message) ? message.reason : message,
    O.takeLog(),
  ]);
  const later = (state: unknown) => noreply(state, { timeout: 10 });
  const server = await L.start(() => ok(1, continueWith('do', later)));
  await sleep(30);
  exit(server, 'kill');
  O.step('a timeout that a continue asks for', O.takeLog());
}
