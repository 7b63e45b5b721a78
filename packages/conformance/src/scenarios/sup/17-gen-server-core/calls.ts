/** Replies, late and early, calls that fail, odd targets. */
import { ExitError, exit, isAlive, monitor, self, sleep, spawn } from '@coppice/core';
import { GenServer, noreply, reply, stop, stopReply } from '@coppice/gen-server';
import { untyped } from '../../../term.ts';
import { add, type Call, hello, type Setup } from './server.ts';

export async function replies({ O, start, call }: Setup): Promise<void> {
  O.step('call reply', await call(await start(1), (_, s) => reply(['got', s], add(s))));
  const p = await start(1);
  await call(p, (_, s) => reply('ok', add(s)));
  O.step('state after a reply', await call(p, hello));
  O.step(
    'from is {pid, tag}',
    await call(await start(1), (from, s) => reply([from.pid, typeof from.ref === 'object'], s)),
  );
  O.step(
    'reply later: noreply, then GenServer.reply from another process',
    await call(await start(1), (from, s) => {
      spawn(async () => {
        await sleep(10);
        GenServer.reply(from, 'later');
      });
      return noreply(s);
    }),
  );
  O.step(
    'reply before return',
    await call(await start(1), (from, s) => {
      GenServer.reply(from, 'early');
      return noreply(s);
    }),
  );
  const r = await call(await start(1), async (from, s) => {
    GenServer.reply(from, 'first');
    await sleep(20);
    return reply('second', s);
  });
  await sleep(40);
  O.step('two replies, the second sent once the caller has the first: dropped (the alias is gone)', [
    r,
    await O.mailbox(),
  ]);
}

export async function failingCalls({ O, start, call }: Setup): Promise<void> {
  O.step('noreply and never a reply: timeout', await call(await start(1), (_, s) => noreply(s)));
  const p = await start(1);
  const slow: Call = async (_, s) => {
    await sleep(50);
    return reply('late', s);
  };
  const r = await call(p, slow, 10);
  await sleep(70);
  O.step('late reply after a timeout is dropped, server goes on', [r, await O.mailbox(), isAlive(p)]);
  O.step('call: server exits while serving', await call(await start(1), () => exit('mid_call')));
  const q = await start(1);
  const ref = monitor(q);
  const replied = await call(q, (_, s) => stopReply('done', 'replied', s));
  O.step('call: stop with reply', [replied, await O.awaitDown(ref)]);
  O.step('call: stop without reply', await call(await start(1), (_, s) => stop('done', s)));
  O.step(
    'call: stop :normal without reply exits the caller with :normal',
    await call(await start(1), (_, s) => stop('normal', s)),
  );
  O.step('call: bad return', await call(await start(1), () => untyped('garbage')));
  O.step(
    'call: throw of a valid return value is the return value',
    await call(await start(1), (_, s) => {
      throw reply('thrown', s);
    }),
  );
  O.step(
    'call: throw of something else is a bad return',
    await call(await start(1), () => {
      throw 'x';
    }),
  );
  O.step(
    'call: raise',
    await call(await start(1), () => {
      throw new Error('in call');
    }),
  );
}

export async function oddCalls({ O, G, start }: Setup): Promise<void> {
  const [kind, error] = await O.catching(() => G.call(untyped(self()), untyped('x')));
  O.step('call to self', [kind, error instanceof ExitError ? error.reason : error]);
  O.step('call to nil name', await O.catching(() => G.call(untyped(undefined), untyped('x'))));
  O.step('call with timeout :infinity', await G.call(await start(1), 'do', hello, { timeout: 'infinity' }));
}
