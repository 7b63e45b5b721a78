/** GenServer: parents, terminate, EXIT and DOWN messages, casts to the dead, stopping from callbacks. */
import {
  ExitError,
  exit,
  isAlive,
  isExit,
  monitor,
  type Pid,
  receive,
  self,
  send,
  sleep,
  spawn,
  spawnLink,
  spawnMonitor,
  trapExit,
} from '@coppice/core';
import { GenServer, reply, stop } from '@coppice/gen-server';
import { type Call, type Doer, type DoerPid, defineDoer, type OneWay } from '../../doer.ts';
import { type Oracle, ofType } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { asList, done, untyped } from '../../term.ts';

interface Child {
  readonly type: 'child';
  readonly pid: DoerPid;
}
interface Setup {
  readonly O: Oracle;
  readonly L: Doer;
  readonly start: (init: () => unknown) => Promise<DoerPid>;
  /** Why the server ended after `fn`, and the log. */
  readonly ended: (server: Pid<never>, fn: () => unknown) => Promise<unknown>;
}

const isChild = ofType<Child>('child');
/** What a server is started with: a function that gives its state. */
const plain = (state: unknown) => () => state;
const trapping = (state: unknown) => () => {
  trapExit(true);
  return state;
};

export const genServerLife: Scenario = scenario('more/07_gen_server_life', async (O) => {
  await O.trap();
  const L = defineDoer(O);
  const setup: Setup = {
    O,
    L,
    start: (init) => L.start(init),
    async ended(server, fn) {
      const ref = monitor(server);
      await fn();
      const reason = await O.awaitDown(ref);
      return [reason, O.takeLog()];
    },
  };
  await signals(setup);
  await stops(setup);
  await parents(setup);
  await links(setup);
  await dead(setup);
  await servers(setup);
  await endings(setup);
});

async function signals({ O, L, start, ended }: Setup): Promise<void> {
  const p = await start(plain(1));
  O.step('exit signal, not trapping: terminate is not called', await ended(p, () => exit(p, 'boom')));
  const me = self();
  const q = await start(trapping(1));
  exit(q, 'boom');
  await L.call(q, 'do', (s) => reply('ok', s));
  const log = O.takeLog().map((entry) => {
    const [tag, message] = asList(entry);
    return isExit(message) ? [tag, message.from === me, message.reason] : entry;
  });
  O.step('exit signal of a stranger, trapping: a message', [isAlive(q), log]);
  const r = await start(trapping(1));
  O.step('kill: terminate is not called', await ended(r, () => exit(r, 'kill')));
}

async function stops({ O, L, start, ended }: Setup): Promise<void> {
  const ways: readonly ((server: DoerPid) => unknown)[] = [
    (server) => O.catching(() => L.call(server, 'do', (s) => stop('s1', s))),
    (server) => L.cast(server, 'do', (s) => stop('s2', s)),
    (server) => {
      const fn: OneWay = (s) => stop('s3', s);
      send(server, { type: 'do', fn });
    },
  ];
  const ends: unknown[] = [];
  for (const way of ways) {
    const server = await start(plain(1));
    ends.push(await ended(server, () => way(server)));
  }
  O.step('stop from a call, cast, info: terminate is called', ends);
  const casting = async (name: string, fn: OneWay) => {
    const server = await start(plain(1));
    O.step(name, await ended(server, () => L.cast(server, 'do', fn)));
  };
  await casting('stop with a new state: terminate sees it', () => stop('normal', 'new'));
  await casting('a raise in a callback: terminate is called with it', () => {
    throw new Error('boom');
  });
  await casting('exit in a callback: terminate is called with the reason', () => exit('out'));
  await casting('a bad return: terminate is called with it', () => untyped('bad'));
}

/** A server, and the process that started it, which runs `end` when it is told to. */
async function family({ L }: Setup, init: () => unknown, end: () => void) {
  const me = self<Child>();
  const parent = spawn<'go'>(async (ctx) => {
    send(me, { type: 'child', pid: await L.startLink(init) });
    await ctx.receive();
    end();
  });
  const { pid: child } = await receive(isChild);
  return { parent, child };
}

async function parents(setup: Setup): Promise<void> {
  const { O, L, ended } = setup;
  const step = async (name: string, init: () => unknown, end: () => void) => {
    const { parent, child } = await family(setup, init, end);
    O.step(name, await ended(child, () => send(parent, 'go')));
  };
  const gone = () => exit('parent_gone');
  await step('parent exits, child does not trap: dies without terminate', plain(1), gone);
  await step("parent exits, child traps: terminate with the parent's reason", trapping(1), gone);
  await step('parent exits normal, child traps: stops with normal', trapping(1), () => {});
  const { parent, child } = await family(setup, plain(1), () => {});
  send(parent, 'go');
  await O.down(parent);
  await sleep(10);
  O.step('parent exits normal, child does not trap: lives', isAlive(child));
  const own = await L.startLink(trapping(1));
  const r = await ended(own, () => exit(own, 'shutdown'));
  const exits = (await O.mailbox()).map((m) => (isExit(m) ? m.reason : m));
  O.step('parent sends shutdown by signal, child traps: terminate, since it is the parent', [r, exits]);
}

async function links({ O, L, start, ended }: Setup): Promise<void> {
  const worker: Call = (s) => {
    const pid = spawnLink(async () => {
      await sleep(10);
      exit('worker_gone');
    });
    return reply(pid, s);
  };
  const p = await start(trapping(1));
  O.name(await L.call(p, 'do', worker), 'worker');
  await sleep(30);
  O.step('EXIT of a linked process that is not the parent: to handle_info', [O.takeLog(), isAlive(p)]);
  const q = await start(plain(1));
  O.step(
    'EXIT of a linked process, not trapping: the server dies with its reason, no terminate',
    await ended(q, () => L.call(q, 'do', worker)),
  );
  const r = await start(plain(1));
  await L.call(r, 'do', (s) => {
    const { pid, ref } = spawnMonitor(() => exit('watched'));
    O.name(pid, 'watched');
    O.name(ref, 'wref');
    return reply('ok', s);
  });
  await sleep(10);
  O.step('DOWN comes to handle_info', O.takeLog());
}

async function dead({ O, L, start }: Setup): Promise<void> {
  const killed = async () => {
    const server = await start(plain(1));
    exit(server, 'kill');
    await O.down(server);
    return server;
  };
  O.step('cast to a dead pid, to an unknown name', [
    done(L.cast(await killed(), untyped('x'))),
    done(L.cast('nobody_here', untyped('x'))),
  ]);
  const p = O.name(await killed(), 'dead');
  O.step('call to a dead pid', await O.catching(() => L.call(p, untyped('x'))));
  const q = await start(plain(1));
  spawn(async () => {
    await sleep(10);
    exit(q, 'kill');
  });
  const slow: Call = async (s) => {
    await sleep(500);
    return reply(1, s);
  };
  const [kind, error] = await O.catching(() => L.call(q, 'do', slow));
  O.step(
    'server killed during a call',
    error instanceof ExitError ? [kind, error.reason, error.call?.module, error.call?.function] : error,
  );
}

async function servers({ O, L, start }: Setup): Promise<void> {
  const p = await start(plain([]));
  const push =
    (i: number): Call =>
    (s) =>
      reply(asList(s).length, [i, ...asList(s)]);
  const me = self<unknown>();
  for (let i = 1; i <= 3; i++) {
    spawn(async () => {
      await sleep(i * 5);
      send(me, await L.call(p, 'do', push(i)));
    });
  }
  O.step('two callers: served in order', [await O.recv(), await O.recv(), await O.recv()]);
  const a = await start(plain(1));
  const b = await start(plain(2));
  const get: Call = (s) => reply(s, s);
  O.step(
    'a server that calls another: a chain',
    await L.call(a, 'do', async (s) => reply([s, await L.call(b, 'do', get)], s)),
  );
  const callBack: Call = async (s) => reply(await L.call(a, 'do', get, { timeout: 20 }), s);
  const outer: Call = async (s) => reply(await L.call(b, 'do', callBack, { timeout: 200 }), s);
  const [kind, error] = await O.catching(() => L.call(a, 'do', outer, { timeout: 400 }));
  O.takeLog();
  O.step('deadlock of two servers ends by timeout', [kind, innermost(error)]);
}

/** The reason inside of exits that calls have wrapped. */
function innermost(error: unknown): unknown {
  return error instanceof ExitError ? innermost(error.reason) : error;
}

async function endings({ O, L, start, ended }: Setup): Promise<void> {
  const p = await start(trapping(1));
  O.step(
    'GenServer.stop of a server that traps: terminate and reason',
    await ended(p, () => GenServer.stop(p, 'done')),
  );
  const q = await start(plain(1));
  L.cast(q, 'do', async (s) => {
    await sleep(20);
    return stop('normal', s);
  });
  send<unknown>(q, 'never_seen');
  O.step('messages in the mailbox at the stop are dropped', await ended(q, () => {}));
  O.name(await L.start(plain(1), { name: 'one' }), 'one');
  O.step('start under a taken name leaves no process and no EXIT', [
    await O.result(() => L.startLink(plain(2), { name: 'one' })),
    await O.mailbox(),
  ]);
}
