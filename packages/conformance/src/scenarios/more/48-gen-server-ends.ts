/** GenServer: who hears what of an end; stops that meet another end; replies late and by others; EXIT messages that are made up. */
import {
  type ExitReason,
  exit,
  isExit,
  monitor,
  nodeName,
  type Pid,
  receive,
  register,
  self,
  send,
  sleep,
  spawn,
  startTimer,
  trapExit,
  unregister,
} from '@coppice/core';
import { type From, GenServer, noreply, type ServerPid, stop, stopReply } from '@coppice/gen-server';
import { Task } from '@coppice/task';
import { type Call, type Doer, type DoerPid, defineDoer, read, whyOf } from '../../doer.ts';
import { type Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { untyped } from '../../term.ts';

interface Setup {
  readonly O: Oracle;
  readonly L: Doer;
  readonly start: (name?: string) => Promise<DoerPid>;
  readonly startLink: () => Promise<DoerPid>;
  /** How a call of `fn` ends. */
  readonly called: (server: DoerPid, fn: Call) => Promise<readonly unknown[]>;
  /** How a stop ends. */
  readonly stopped: (
    server: Pid<never>,
    reason?: ExitReason,
    timeout?: number,
  ) => Promise<readonly unknown[]>;
  readonly exits: () => Promise<readonly unknown[]>;
}

export const genServerEnds: Scenario = scenario('more/48_gen_server_ends', async (O) => {
  await O.trap();
  const L = defineDoer(O, (reason, state) => {
    if (reason === 'in_terminate') exit('from_terminate');
    O.log(['terminate', reason, state]);
  });
  const setup: Setup = {
    O,
    L,
    start: (name) => L.start(() => 1, name === undefined ? {} : { name }),
    startLink: () => L.startLink(() => 1),
    called: async (server, fn) => whyOf(await O.catching(() => L.call(server, 'do', fn))),
    stopped: async (server, reason = 'normal', timeout) =>
      whyOf(await O.catching(() => GenServer.stop(asServer(server), reason, timeout))),
    exits: async () => (await O.mailbox()).map((message) => (isExit(message) ? message.reason : message)),
  };
  await callers(setup);
  await linkedCallers(setup);
  await replies(setup);
  await stopsWithReply(setup);
  await linkedStops(setup);
  await metStops(setup);
  await names(setup);
  await madeUp(setup);
  await multiCalls(setup);
});

/** Any process, asked as if it were a server. */
function asServer(pid: Pid<never>): ServerPid<{}> {
  return pid as ServerPid<{}>; // what it does then is observed
}

const gone: Call = () => exit('gone');

async function callers({ O, L, start, called }: Setup): Promise<void> {
  const plain = spawn(async () => {
    await receive();
  });
  O.step(
    'call of a process that is no server and ends normally',
    await called(plain as DoerPid, read), // no server answers
  );
  const server = O.name(await start(), 'a1');
  O.name(monitor(server), 'a1r');
  const why = whyOf(await O.catching(() => L.call(server, 'do', gone)));
  O.takeLog();
  O.step("a caller's own monitor fires too", [why, await O.mailbox()]);
}

async function linkedCallers({ O, startLink, called, exits }: Setup): Promise<void> {
  const why = await called(await startLink(), gone);
  O.takeLog();
  O.step('a linked server crashes in a call, the caller traps', [why, await exits()]);
  const crashed = await O.isolated(async () => called(await startLink(), gone));
  O.takeLog();
  O.step('a linked server crashes in a call, the caller does not trap', crashed);
  const ended = await O.isolated(async () => called(await startLink(), (state) => stop('normal', state)));
  O.takeLog();
  O.step('a linked server stops normally in a call, the caller does not trap', ended);
}

async function replies({ O, L, start, called }: Setup): Promise<void> {
  const why = await called(await start(), (state, from) => {
    spawn(async () => {
      await sleep(20);
      GenServer.reply(from, 'too_late');
    });
    return stop('left', state);
  });
  await sleep(30);
  O.takeLog();
  O.step("a reply of another process after the server's end is too late", [why, await O.mailbox()]);
  const waiting: (readonly [number, From<unknown>])[] = [];
  const server = await start();
  const tasks: Task<unknown>[] = [];
  for (const n of [1, 2, 3]) {
    const keep: Call = (state, from) => {
      waiting.unshift([n, from]);
      return noreply(state);
    };
    tasks.push(Task.async(() => L.call(server, 'do', keep)));
    await sleep(2);
  }
  L.cast(server, 'do', (state) => {
    for (const [n, from] of waiting) {
      O.log(n);
      GenServer.reply(from, n * 10);
    }
    return noreply(state);
  });
  const answers = await Task.awaitMany(tasks);
  await O.mailbox();
  O.step('callers answered in reverse', [answers, O.takeLog()]);
}

async function stopsWithReply({ O, L, start, called }: Setup): Promise<void> {
  const goodbye: Call = (state) => stopReply('normal', 'bye', state);
  O.step('stop with a reply: it comes after terminate', [
    await L.call(await start(), 'do', goodbye),
    O.takeLog(),
  ]);
  const server = await start();
  const ref = monitor(server);
  O.step('stop with a reply, and terminate exits: the reply comes all the same', [
    await called(server, (state) => stopReply('in_terminate', 'bye', state)),
    await O.awaitDown(ref),
  ]);
  const timed = await start();
  O.name(startTimer(1, timed, untyped('tick')), 'timer');
  await sleep(5);
  exit(timed, 'kill');
  O.step('start_timer to a server', O.takeLog());
}

async function linkedStops({ O, startLink, exits }: Setup): Promise<void> {
  const server = await startLink();
  O.step('stop with {:shutdown, x}: a linked starter that traps', [
    await O.ok(() => GenServer.stop(server, { shutdown: 'x' })),
    O.takeLog(),
    await exits(),
  ]);
  const ended = await O.isolated(async () => GenServer.stop(await startLink(), 'crash'));
  O.takeLog();
  O.step('stop with a crash: a linked starter that does not trap', ended);
}

async function metStops({ O, L, start, stopped }: Setup): Promise<void> {
  const killed = spawn(() => sleep('infinity'));
  spawn(async () => {
    await sleep(10);
    exit(killed, 'kill');
  });
  O.step('stop of a process that is no server: killed meanwhile', await stopped(killed));
  const silent = spawn(() => sleep('infinity'));
  O.step('stop of a process that is no server: no answer in time', await stopped(silent, 'normal', 10));
  exit(silent, 'kill');
  const ending = await start();
  L.cast(ending, 'do', async (state) => {
    await sleep(10);
    return stop('normal', state);
  });
  const why = await stopped(ending, 'other');
  O.takeLog();
  O.step('stop of a server that ends normally before it sees to the stop', why);
  const busy = await start();
  L.cast(busy, 'do', async (state) => {
    await sleep(20);
    return noreply(state);
  });
  const tasks: Task<readonly unknown[]>[] = [];
  for (const reason of ['one', 'two']) {
    tasks.push(Task.async(() => stopped(busy, reason)));
    await sleep(3);
  }
  const [first, second = []] = await Task.awaitMany(tasks);
  await O.mailbox();
  O.step('two stops at once: the second hears the reason of the first', [
    [first, second.slice(0, 2)],
    O.takeLog(),
  ]);
}

async function names({ O, L, start }: Setup): Promise<void> {
  const server = await start('old_name');
  await L.call(server, 'do', (state) => {
    unregister('old_name');
    register(self(), 'new_name');
    return read(state, untyped(undefined)); // it does not look at who asks
  });
  const get = (name: string) => O.catching(() => L.call(name, 'do', read));
  O.step('a server gives itself another name', [(await get('new_name'))[1], whyOf(await get('old_name'))]);
  exit(server, 'kill');
}

async function madeUp({ O, L, start, startLink, exits }: Setup): Promise<void> {
  const child = await startLink();
  const end = monitor(child);
  send(child, untyped({ type: 'EXIT', from: self(), reason: 'made_up' }));
  O.step('a made-up EXIT of its parent stops a server that does not trap', [
    await O.awaitDown(end),
    O.takeLog(),
    await exits(),
  ]);
  const server = await start();
  const stranger = O.name(
    spawn(() => {}),
    'stranger',
  );
  send(server, untyped({ type: 'EXIT', from: stranger, reason: 'made_up' }));
  await L.call(server, 'do', read);
  exit(server, 'kill');
  O.step('a made-up EXIT of a stranger is a message', O.takeLog());
  const trapping = await L.startLink(() => {
    trapExit(true);
    return 1;
  });
  const ref = monitor(trapping);
  L.cast(trapping, 'do', async (state) => {
    await sleep(10);
    O.log('first');
    return noreply(state);
  });
  L.cast(trapping, 'do', (state) => {
    O.log('second');
    return noreply(state);
  });
  exit(trapping, 'parent');
  O.step("the parent's exit waits its turn in the mailbox", [
    await O.awaitDown(ref),
    O.takeLog(),
    await exits(),
  ]);
}

async function multiCalls({ O, L, start }: Setup): Promise<void> {
  const server = await start('named');
  const slow: Call = async (state, from) => {
    await sleep(50);
    return read(state, from);
  };
  const name = L.name('named');
  const all = async (fn: Call, timeout: number) => {
    const { replies, badNodes } = await GenServer.multiCall([nodeName()], name, 'do', fn, { timeout });
    return [replies, badNodes];
  };
  const [inTime, late] = [await all(read, 100), await all(slow, 10)];
  await sleep(60);
  exit(server, 'kill');
  O.step('multi_call: in time; too late, and the late reply is dropped', [inTime, late, await O.mailbox()]);
}
