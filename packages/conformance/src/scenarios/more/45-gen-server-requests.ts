/** GenServer: requests that are answered later, steps after a callback, servers of one name. */
import {
  type Awaitable,
  ExitError,
  type ExitReason,
  exit,
  isExit,
  monitor,
  nodeName,
  receive,
  self,
  send,
  sleep,
  spawn,
  type Timeout,
} from '@coppice/core';
import {
  continueWith,
  type From,
  GenServer,
  type Noreply,
  noreply,
  ok,
  type PidOf,
  type Reply,
  type RequestId,
  reply,
  type Stop,
  stop,
} from '@coppice/gen-server';
import { type Caught, type Oracle, ofType } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { asList, done } from '../../term.ts';

type Call = (
  state: number,
  from: From<unknown>,
) => Awaitable<Reply<unknown, number> | Noreply<number> | Stop<number, unknown>>;
type OneWay = (state: number) => Awaitable<Noreply<number> | Stop<number>>;
interface Asked {
  readonly type: 'from';
  readonly from: From<unknown>;
}
type Server = ReturnType<typeof define>;
type ServerPid = PidOf<Server>;
interface Setup {
  readonly O: Oracle;
  readonly Z: Server;
  readonly start: (state: number) => Promise<ServerPid>;
  readonly call: (server: ServerPid, fn: Call, timeout?: Timeout) => Promise<unknown>;
  readonly get: (server: ServerPid) => Promise<unknown>;
}

const isAsked = ofType<Asked>('from');
const read: Call = (n) => reply(n, n);

export const genServerRequests: Scenario = scenario('more/45_gen_server_requests', async (O) => {
  await O.trap();
  const Z = define(O);
  const call: Setup['call'] = (server, fn, timeout = 5_000) => Z.call(server, 'do', fn, { timeout });
  const setup: Setup = { O, Z, start: (state) => Z.start(state), call, get: (server) => call(server, read) };
  await requests(setup);
  await responses(setup);
  await replies(setup);
  await steps(setup);
  await nodes(setup);
  await late(setup);
});

function define(O: Oracle) {
  return GenServer.define('Z', {
    init: (state: number) => ok(state, state < 0 ? continueWith('stop') : undefined),
    call: { do: (state, fn: Call, from: From<unknown>) => fn(state, from) },
    cast: { do: (state, fn: OneWay) => fn(state) },
    continue: { stop: () => stop('from_continue', 0) },
    terminate: (reason, state) => O.log(['terminate', reason, state]),
  });
}

/** An exit of a call: its reason, and the module that was called. */
function why([kind, value]: Caught<unknown>): unknown {
  return value instanceof ExitError ? [kind, value.reason, value.call?.module] : kind;
}

function slowly(ms: number, fn: OneWay): OneWay {
  return async (state) => {
    await sleep(ms);
    return fn(state);
  };
}

/** `{:reply, value} | {:error, reason} | :timeout` of a response. */
async function received(request: RequestId<unknown>, timeout: Timeout): Promise<unknown> {
  try {
    return ['reply', await GenServer.receiveResponse(request, timeout)];
  } catch (error) {
    if (!(error instanceof ExitError)) throw error;
    return error.reason;
  }
}

async function requests({ O, start }: Setup): Promise<void> {
  const server = await start(1);
  const [a, b, c] = [1, 2, 3].map((n) => GenServer.sendRequest(server, 'do', (s) => reply(n * 10, s)));
  if (a === undefined || b === undefined || c === undefined) throw new Error('three requests were sent');
  O.step('three requests, received in another order', [
    await received(c, 'infinity'),
    await received(a, 'infinity'),
    await received(b, 'infinity'),
    await O.mailbox(),
  ]);
  const crashing = GenServer.sendRequest(await start(1), 'do', () => exit('crashed'));
  const response = await GenServer.waitResponse(crashing);
  O.takeLog();
  const reason: ExitReason = response?.ok === false ? response.reason : response;
  O.step('a request to a server that crashes', [reason, await O.mailbox()]);
}

async function responses({ O, start }: Setup): Promise<void> {
  const slow: Call = async (n) => {
    await sleep(40);
    return reply('slow', n);
  };
  const a = GenServer.sendRequest(await start(1), 'do', slow);
  const early = await GenServer.waitResponse(a, 5);
  const answer = await GenServer.waitResponse(a);
  O.step('wait_response: timeout, then the reply', [
    early ?? 'timeout',
    answer?.ok ? ['reply', answer.value] : answer,
  ]);
  const b = GenServer.sendRequest(await start(1), 'do', slow);
  const given = await received(b, 5);
  await sleep(60);
  O.step('receive_response: timeout gives the request up', [given, await O.mailbox()]);
  const c = GenServer.sendRequest(await start(1), 'do', (n) => reply('now', n));
  await sleep(10);
  const [message] = await O.mailbox();
  const stray = GenServer.checkResponse('stray', c);
  const own = GenServer.checkResponse(message, c);
  O.step('check_response: a stray message, the reply', [
    stray ?? 'no_reply',
    own?.ok ? ['reply', own.value] : own,
  ]);
}

async function replies({ O, start, call, get }: Setup): Promise<void> {
  const a = await start(1);
  const early = await O.catching(() =>
    call(a, (_n, from) => {
      GenServer.reply(from, 'early');
      return exit('then');
    }),
  );
  await O.down(a);
  O.takeLog();
  O.step('a reply before the end of a callback that then crashes', [early, await O.mailbox()]);
  const b = await start(1);
  const me = self<Asked>();
  const caller = spawn(async () => {
    await call(b, (n, asked) => {
      send(me, { type: 'from', from: asked });
      return noreply(n);
    });
  });
  const { from } = await receive(isAsked);
  exit(caller, 'kill');
  await O.down(caller);
  O.step('a reply to a caller that is gone', [done(GenServer.reply(from, 'too_late')), await get(b)]);
}

async function steps({ O, Z }: Setup): Promise<void> {
  const [first] = asList(await O.result(() => Z.startLink(-1)));
  const end = await O.recv();
  O.step('continue from init that stops: start is fine, then it ends', [
    first,
    isExit(end) ? end.reason : end,
    O.takeLog(),
  ]);
  const L = GenServer.define('List', {
    init: (): readonly string[] => [],
    call: { get: (list) => reply(list, list) },
    cast: {
      first: async (list) => {
        await sleep(20);
        return noreply(['cast', ...list], continueWith('next'));
      },
      queued: (list) => noreply(['queued', ...list]),
    },
    continue: { next: (list) => noreply(['continue', ...list]) },
  });
  const server = await L.start();
  L.cast(server, 'first');
  L.cast(server, 'queued');
  O.step('continue after a cast comes before what is queued', await L.call(server, 'get'));
}

async function nodes({ O, Z, get }: Setup): Promise<void> {
  const zed = Z.name('zed');
  await Z.start(5, { name: zed });
  const options = { timeout: 200 };
  const found = await GenServer.multiCall([nodeName(), 'nowhere@nohost'], zed, 'do', read, options);
  const crashed = await GenServer.multiCall([nodeName()], zed, 'do', () => exit('crash'), options);
  O.takeLog();
  O.step('multi_call with a missing node and a server that crashes', [
    [found.replies, found.badNodes],
    [crashed.replies, crashed.badNodes],
  ]);
  const zed2 = Z.name('zed2');
  const server = await Z.start(5, { name: zed2 });
  GenServer.abcast([nodeName()], zed2, 'do', (n) => noreply(n + 1));
  O.step('abcast', await get(server));
}

async function late({ O, Z, start, call }: Setup): Promise<void> {
  const a = await start(1);
  const slow: Call = async (n) => {
    await sleep(40);
    return reply('first', n);
  };
  const timedOut = why(await O.catching(() => call(a, slow, 10)));
  O.step('a caller that times out and calls again gets its own reply', [
    timedOut,
    await call(a, (n) => reply('second', n)),
    await O.mailbox(),
  ]);
  const b = await start(1);
  Z.cast(
    b,
    'do',
    slowly(80, (n) => noreply(n)),
  );
  const [caught, error] = await O.catching(() => GenServer.stop(b, 'normal', 10));
  const reason = error instanceof ExitError ? error.reason : error;
  const ref = monitor(b);
  const end = await O.awaitDown(ref);
  O.takeLog();
  O.step('stop of a server that does not come to it in time', [caught, reason, end]);
}
