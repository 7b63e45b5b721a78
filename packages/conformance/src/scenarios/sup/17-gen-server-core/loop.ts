/** Casts, info, continue, timeouts, hibernate. */
import { monotonicTime, type Pid, processInfo, receive, self, send, sleep } from '@coppice/core';
import { continueWith, noreply, ok, reply } from '@coppice/gen-server';
import { asList, done, untyped } from '../../../term.ts';
import { hello, type OneWay, type Setup, startFun } from './server.ts';

export async function casts({ O, G, start, call }: Setup): Promise<void> {
  const p = await start([]);
  const a = done(
    G.cast(p, 'do', async (s) => {
      await sleep(15);
      return noreply(['c1', ...asList(s)]);
    }),
  );
  G.cast(p, 'do', (s) => noreply(['c2', ...asList(s)]));
  O.step('cast returns :ok at once; handled in order with calls', [
    a,
    await call(p, (_, s) => reply(asList(s).toReversed(), s)),
  ]);
  const q = await start([]);
  const plain: OneWay = (s) => noreply(['i', ...asList(s)]);
  send(q, { type: 'do', fn: plain });
  G.cast(q, 'do', (s) => noreply(['c', ...asList(s)]));
  O.step(
    'cast, info and call from one sender are handled in order of sending',
    await call(q, (_, s) => reply(['call', ...asList(s)].toReversed(), s)),
  );
  O.takeLog();
  const r = await start(1);
  send<unknown>(r, 'plain');
  await call(r, (_, s) => reply(1, s));
  O.step('plain message goes to handle_info', O.takeLog());
}

export async function continues(setup: Setup): Promise<void> {
  const { O, start, call } = setup;
  const p = await startFun(setup, () => {
    send<unknown>(untyped(self()), 'early_info');
    return ok(1, continueWith('first'));
  });
  await call(p, (_, s) => reply(1, s));
  O.step('continue from init runs before any message', O.takeLog());
  const begun = monotonicTime();
  const slowly: OneWay = async (s) => {
    await sleep(80);
    return noreply(s);
  };
  await startFun(setup, () => ok(1, continueWith('do', slowly)));
  O.step('start does not wait for the continue of init', monotonicTime() - begun < 60);
  const q = await start(1);
  const me = self<'cont'>();
  const r = await call(q, (_, s) => {
    send<unknown>(untyped(self()), 'queued');
    const next: OneWay = (state) => {
      O.log('in_continue');
      send(me, 'cont');
      return noreply(state);
    };
    return reply('replied', s, continueWith('do', next));
  });
  await receive((m): m is 'cont' => m === 'cont');
  await call(q, (_, s) => reply(1, s));
  O.step('continue from a call: the reply goes first; queued messages wait', [r, O.takeLog()]);
  const c1: OneWay = (state) => {
    O.log('c1');
    return noreply(state, continueWith('c2'));
  };
  const chained = await start(1);
  await call(chained, (_, s) => reply(1, s, continueWith('do', c1)));
  await call(chained, (_, s) => reply(1, s));
  O.step('continue chain', O.takeLog());
}

export async function idling(setup: Setup): Promise<void> {
  const { O, G, start, call } = setup;
  await startFun(setup, () => ok(1, { timeout: 10 }));
  await sleep(40);
  O.step('timeout in init: handle_info(:timeout) when idle', O.takeLog());
  const p = await startFun(setup, () => ok(1, { timeout: 30 }));
  send<unknown>(p, 'm');
  await sleep(60);
  O.step('a message cancels the timeout', O.takeLog());
  await call(await start(1), (_, s) => {
    send<unknown>(untyped(self()), 'queued');
    return reply(1, s, { timeout: 0 });
  });
  await sleep(20);
  O.step('timeout 0: a message already in the mailbox goes first', O.takeLog());
  await startFun(setup, () => ok(1, { timeout: 5 }));
  await sleep(50);
  O.step('timeout fires once only', O.takeLog());
  const q = await start(7);
  const a = await call(q, (_, s) => reply('zzz', s, 'hibernate'));
  await O.waitUntil(() => isHibernated(q));
  O.step('hibernate: state kept, next call works', [a, currentFunction(q), await call(q, hello)]);
  const idle: Pid<never> = untyped(await G.start(1, { hibernateAfter: 5 }));
  O.step('hibernate with start option hibernate_after', await O.waitUntil(() => isHibernated(idle)));
}

function isHibernated(pid: Pid<never>): boolean {
  return processInfo(pid)?.status === 'hibernated';
}

/** The BEAM shows a hibernated process by the function that it is in. */
function currentFunction(pid: Pid<never>): unknown {
  const status = processInfo(pid)?.status;
  return status === 'hibernated' ? ['current_function', ['erlang', 'hibernate', 3]] : ['status', status];
}
