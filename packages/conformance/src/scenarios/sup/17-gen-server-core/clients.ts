/** Defaults, several nodes, callers, system messages, requests that are waited for later. */
import {
  ancestors,
  ExitError,
  type ExitReason,
  exit,
  isAlive,
  monitor,
  nodeName,
  processInfo,
  self,
  send,
  sleep,
  spawn,
} from '@coppice/core';
import { GenServer, noreply, reply } from '@coppice/gen-server';
import type { Oracle } from '../../../oracle.ts';
import { asList, done, exception, untyped } from '../../../term.ts';
import { add, type Call, hello, type OneWay, type Server, type Setup } from './server.ts';

export async function defaults(O: Oracle): Promise<void> {
  const GD = GenServer.define('GD', { init: (state: number) => state });
  const p = await GD.start(1);
  send<unknown>(untyped(p), 'junk');
  await sleep(5);
  const alive = isAlive(p);
  const called = await crashOf(O, () => GD.call(p, untyped('junk')));
  const q = await GD.start(1);
  const ref = monitor(q);
  GD.cast(q, untyped('junk'));
  const cast: ExitReason = await O.awaitDown(ref);
  O.step('default handlers: unknown call crashes, unknown cast crashes, unknown info is logged and ignored', [
    alive,
    exception(called),
    exception(cast),
    cast instanceof Error && typeof cast.stack === 'string',
  ]);
  const GU = GenServer.define('GU', { init: (state: number) => state });
  const u = await GU.start(1);
  O.step('undefined callback', exception(await crashOf(O, () => GU.call(u, untyped('x')))));
}

/** The reason with which a call ended. */
async function crashOf(O: Oracle, fn: () => Promise<unknown>): Promise<unknown> {
  const [, error] = await O.catching(fn);
  return error instanceof ExitError ? error.reason : error;
}

export async function manyNodes({ O, G }: Setup): Promise<void> {
  const mc = G.name('mc');
  const noMc = G.name('no_mc');
  await G.start(5, { name: mc });
  const here = [nodeName()];
  const silent: OneWay = (s) => noreply(s);
  const found = await GenServer.multiCall(here, mc, 'do', hello);
  const lost = await GenServer.multiCall(here, noMc, 'do', hello);
  O.step('multi_call / abcast on this node', [
    [found.replies, found.badNodes],
    [lost.replies, lost.badNodes],
    done(GenServer.abcast(here, mc, 'do', silent), 'abcast'),
    done(GenServer.abcast(here, noMc, 'do', silent), 'abcast'),
  ]);
  O.step('call by {name, node()}', [
    await G.call({ local: 'mc', node: nodeName() }, 'do', hello),
    await O.catching(() => G.call({ local: 'no_mc', node: nodeName() }, untyped('x'))),
  ]);
}

export async function clients({ O, G, start, call }: Setup): Promise<void> {
  send<unknown>(self<unknown>(), 'mine');
  const r = await call(await start(1), (_, s) => reply('r', s));
  O.step('call does not eat other messages of the caller', [r, await O.mailbox()]);
  const p = await start(1);
  const slow: Call = async (_, s) => {
    await sleep(30);
    return reply(1, s);
  };
  const caller = spawn(async () => {
    await G.call(p, 'do', slow);
  });
  await sleep(5);
  exit(caller, 'kill');
  O.step('a caller that dies: the server is not affected', await call(p, (_, s) => reply('fine', s)));
  O.step(
    '$initial_call, $ancestors',
    await call(await start(1), (_, s) => {
      const module = processInfo(self())?.initialCall; // a behaviour's first call is always its module's `init/1`
      return reply([[module, 'init', 1], O.lineage(ancestors())], s);
    }),
  );
}

export async function system({ O, start, call }: Setup): Promise<void> {
  const p = await start(3);
  const a = await GenServer.getState(p);
  await GenServer.replaceState(p, add);
  const b = await GenServer.getState(p);
  await GenServer.suspend(p);
  const [c] = asList(await call(p, hello, 20));
  await GenServer.resume(p);
  O.step(':sys.get_state / replace_state / suspend / resume', [a, b, c, await call(p, hello)]);
  const request = GenServer.sendRequest(await start(1), 'do', (_, s) => reply('async', s));
  O.step('send_request / receive_response through :gen_server', [
    'reply',
    await GenServer.receiveResponse(request, 300),
  ]);
  const slow = GenServer.sendRequest(await start(1), 'do', async (_, s) => {
    await sleep(30);
    return reply('async', s);
  });
  const first = await GenServer.waitResponse(slow, 5);
  const second = await GenServer.waitResponse(slow, 300);
  O.step('wait_response timeout then reply', [
    first ?? 'timeout',
    second?.ok ? ['reply', second.value] : second,
  ]);
  const missing = GenServer.sendRequest(GenServer.name<Server>('no_such_server'), 'do', hello);
  const [kind, error] = await O.catching(() => GenServer.receiveResponse(missing, 300));
  O.step(
    'send_request to the missing',
    error instanceof ExitError ? ['error', [error.reason, error.call?.args[0]]] : [kind, error],
  );
}
