/** GenServer: system messages. */
import { type Awaitable, ExitError, exit, isAlive, monitor, send, sleep, type Timeout } from '@coppice/core';
import {
  type From,
  GenServer,
  type Noreply,
  noreply,
  type PidOf,
  type Reply,
  reply,
  type Stop,
  type TraceEvent,
} from '@coppice/gen-server';
import { type Caught, type Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done } from '../../term.ts';

type Call = (
  state: number,
  from: From<unknown>,
) => Awaitable<Reply<unknown, number> | Noreply<number> | Stop<number, unknown>>;
type OneWay = (state: number) => Awaitable<Noreply<number> | Stop<number>>;
type Server = ReturnType<typeof define>;
type ServerPid = PidOf<Server>;
interface Setup {
  readonly O: Oracle;
  readonly Z: Server;
  readonly start: (state: number) => Promise<ServerPid>;
  readonly call: (server: ServerPid, fn: Call, timeout?: Timeout) => Promise<unknown>;
  readonly get: (server: ServerPid) => Promise<unknown>;
  readonly add: (server: ServerPid, by: number) => void;
}

const increment = (n: number) => n + 1;
const read: Call = (n) => reply(n, n);

export const genServerSystem: Scenario = scenario('more/44_gen_server_system', async (O) => {
  await O.trap();
  const Z = define(O);
  const call: Setup['call'] = (server, fn, timeout = 5_000) => Z.call(server, 'do', fn, { timeout });
  const setup: Setup = {
    O,
    Z,
    start: (state) => Z.start(state),
    call,
    get: (server) => call(server, read),
    add: (server, by) => Z.cast(server, 'do', (n) => noreply(n + by)),
  };
  await states(setup);
  await suspending(setup);
  await suspended(setup);
  await timeouts(setup);
  await counting(setup);
  await logging(setup);
});

function define(O: Oracle) {
  return GenServer.define('Z', {
    init: (state: number) => state,
    call: { do: (state, fn: Call, from: From<unknown>) => fn(state, from) },
    cast: { do: (state, fn: OneWay) => fn(state) },
    info: { timeout: (state) => (O.log(['info', 'timeout']), noreply(state)) },
    handleInfo: (message: unknown, state) => {
      O.log(['info', message]);
      return noreply(state);
    },
    terminate: (reason, state) => O.log(['terminate', reason, state]),
  });
}

/** An exit of a call: its reason, and the module that was called. */
function why([kind, value]: Caught<unknown>): unknown {
  return value instanceof ExitError ? [kind, value.reason, moduleOf(value)] : kind;
}

/** Coppice's `sys` is part of GenServer. */
function moduleOf({ call }: ExitError): unknown {
  return call?.function === 'getState' ? 'sys' : call?.module;
}

function slowly(ms: number, fn: OneWay): OneWay {
  return async (state) => {
    await sleep(ms);
    return fn(state);
  };
}

async function states({ O, Z, start, get }: Setup): Promise<void> {
  const busy = await start(1);
  Z.cast(
    busy,
    'do',
    slowly(60, (n) => noreply(n + 1)),
  );
  const timedOut = why(await O.catching(() => GenServer.getState(busy, 10)));
  O.step('get_state of a busy server times out; the server goes on', [
    timedOut,
    await GenServer.getState(busy),
    await O.mailbox(),
  ]);
  O.step('get_state of the missing', why(await O.catching(() => GenServer.getState('no_server'))));
  const a = await start(1);
  O.step('replace_state: the new state, for all later callbacks', [
    await GenServer.replaceState(a, (n) => n + 10),
    await get(a),
  ]);
  const b = await start(1);
  const [kind] = await O.catching(() =>
    GenServer.replaceState(b, () => {
      throw new Error('no');
    }),
  );
  O.step("replace_state whose function raises: the caller's error, the old state", [
    kind,
    await get(b),
    isAlive(b),
  ]);
}

async function suspending({ O, start, call, get, add }: Setup): Promise<void> {
  const a = await start(1);
  await GenServer.suspend(a);
  add(a, 1);
  add(a, 2);
  const tenfold: Call = (n) => reply('late', n * 10);
  const timedOut = why(await O.catching(() => call(a, tenfold, 20)));
  const meanwhile = await GenServer.getState(a);
  await GenServer.resume(a);
  O.step('suspended: casts wait, in order; a call times out and happens all the same', [
    timedOut,
    meanwhile,
    await get(a),
    await O.mailbox(),
  ]);
  const b = await start(1);
  const answers = [
    done(await GenServer.suspend(b)),
    done(await GenServer.suspend(b)),
    done(await GenServer.resume(b)),
  ];
  O.step('suspended twice, resumed once: runs', [answers, await get(b)]);
  const c = await start(1);
  O.step('resume of one that runs', [done(await GenServer.resume(c)), await get(c)]);
  const d = await start(1);
  await GenServer.suspend(d);
  const replaced = await GenServer.replaceState(d, increment);
  await GenServer.resume(d);
  O.step('replace_state while suspended', [replaced, await get(d)]);
}

async function suspended({ O, start, get }: Setup): Promise<void> {
  const a = await start(1);
  await GenServer.suspend(a);
  const refA = monitor(a);
  O.step('a suspended server is stopped by GenServer.stop, with terminate', [
    done(await GenServer.stop(a, 'enough')),
    await O.awaitDown(refA),
    O.takeLog(),
  ]);
  const b = await start(1);
  await GenServer.suspend(b);
  const refB = monitor(b);
  exit(b, 'signal');
  O.step('a suspended server dies of a signal, without terminate', [await O.awaitDown(refB), O.takeLog()]);
  const c = await start(1);
  await GenServer.suspend(c);
  send<unknown>(c, 'one');
  send<unknown>(c, 'two');
  await sleep(10);
  const before = O.takeLog();
  await GenServer.resume(c);
  await get(c);
  O.step('messages to a suspended server are handled after resume', [before, O.takeLog()]);
}

async function timeouts({ O, start, call }: Setup): Promise<void> {
  const server = await start(1);
  await call(server, (n) => reply('ok', n, { timeout: 300 }));
  await sleep(200);
  await GenServer.getState(server);
  await sleep(200);
  const before = O.takeLog();
  await sleep(200);
  O.step('a timeout begins anew after a system message', [before, O.takeLog()]);
}

async function counting({ O, start, get, add }: Setup): Promise<void> {
  const a = await start(1);
  await GenServer.statistics(a, true);
  await get(a);
  await get(a);
  add(a, 1);
  send<unknown>(a, 'hi');
  await get(a);
  const counted = await GenServer.statistics(a, 'get');
  O.takeLog();
  O.step('statistics: messages in and out', [counted?.messagesIn, counted?.messagesOut]);
  const b = await start(1);
  const before = await GenServer.statistics(b, 'get');
  await GenServer.statistics(b, true);
  await GenServer.statistics(b, false);
  const after = await GenServer.statistics(b, 'get');
  O.step('statistics, off and never on', [
    ['ok', before ?? 'no_statistics'],
    ['ok', after ?? 'no_statistics'],
  ]);
}

async function logging({ O, start, get, add }: Setup): Promise<void> {
  const a = await start(1);
  await GenServer.log(a, true);
  await get(a);
  add(a, 1);
  send<unknown>(a, 'hi');
  await get(a);
  O.takeLog();
  O.step('log: what came in and what became of it', (await GenServer.log(a, 'get')).map(kind));
  const b = await start(1);
  await GenServer.log(b, 3);
  await get(b);
  add(b, 1);
  await get(b);
  O.step('log: so many of the last', (await GenServer.log(b, 'get')).map(kind));
  const c = await start(1);
  const before = await GenServer.log(c, 'get');
  await GenServer.log(c, true);
  await get(c);
  await GenServer.log(c, false);
  O.step('log: off', [
    ['ok', before],
    ['ok', await GenServer.log(c, 'get')],
  ]);
}

function kind(event: TraceEvent): unknown {
  switch (event.kind) {
    case 'in':
      return 'in';
    case 'out':
      return ['out', event.reply, event.state];
    case 'noreply':
      return ['noreply', event.state];
  }
}
