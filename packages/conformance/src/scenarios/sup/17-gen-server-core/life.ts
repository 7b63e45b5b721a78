/** How servers start, what they are called, how they stop. */
import { ExitError, exit, isExit, isPid, monitor, self, sleep, unlink, whereis } from '@coppice/core';
import { GenServer, ignore, noreply, ok, stopInit } from '@coppice/gen-server';
import { asList, done, moduleOf, text, untyped } from '../../../term.ts';
import type { Setup } from './server.ts';

const inits: readonly (readonly [label: string, init: () => unknown])[] = [
  ['ok', () => ok(1)],
  ['ignore', () => ignore()],
  ['stop', () => stopInit('why')],
  ['stop_normal', () => stopInit('normal')],
  ['stop_shutdown', () => stopInit('shutdown')],
  [
    'raise',
    () => {
      throw new Error('in init');
    },
  ],
  [
    'throw_ok',
    () => {
      throw ok(5);
    },
  ],
  [
    'throw',
    () => {
      throw 'x';
    },
  ],
  ['exit', () => exit('x')],
  ['exit_normal', () => exit('normal')],
  ['bad', () => 'bad'],
  ['bad_ok', () => ['ok']],
];

export async function starting({ O, G }: Setup): Promise<void> {
  for (const [label, fun] of inits) {
    const started = await O.result(() => G.startLink({ fun }));
    const pid = asList(started).find(isPid);
    if (pid !== undefined) unlink(pid);
    await sleep(10);
    const exits = (await O.mailbox()).map((m) => (isExit(m) ? ['EXIT', m.reason] : m));
    O.step(`init ${label}: start_link result, EXIT message to the trapping parent`, [
      pid === undefined ? started : ['ok', 'pid'],
      exits,
      O.takeLog(),
    ]);
  }
  const never = { fun: () => sleep(500) };
  O.step('init timeout', [await O.result(() => G.start(never, { timeout: 10 })), await O.mailbox()]);
}

export async function naming({ O, G }: Setup): Promise<void> {
  const r = await O.result(() => G.start(1, { name: 'gname' }));
  O.name(whereis('gname'), 'gname');
  O.step('start with name', [r, await O.result(() => G.start(2, { name: 'gname' })), whereis('gname')]);
  const bad: unknown[] = [];
  for (const name of [text('str'), { local: 'x' }, 1, { globl: 'x' }, { via: 'notalist', key: 'x' }]) {
    const [kind, error] = await O.catching(() => G.start(1, { name: untyped(name) }));
    bad.push([kind, moduleOf(error)]);
  }
  O.step('bad names', bad);
  const unnamed = await O.result(() => G.start(1, { name: untyped(undefined) }));
  O.step('name: nil is no name', asList(unnamed)[0]);
}

export async function stopping({ O, start, call }: Setup): Promise<void> {
  const p = await start(1);
  const ref = monitor(p);
  O.takeLog();
  const r = done(await GenServer.stop(p));
  O.step('GenServer.stop', [r, await O.awaitDown(ref), O.takeLog()]);
  const q = await start(1);
  const second = monitor(q);
  const s = done(await GenServer.stop(q, 'shutdown'));
  O.step('GenServer.stop with reason', [s, await O.awaitDown(second), O.takeLog()]);
  const GT = GenServer.define('GT', {
    init: (state: number) => state,
    terminate: () => exit('from_terminate'),
  });
  const gt = O.name(await GT.start(1), 'gt');
  O.step('GenServer.stop: terminate raises: the stopper exits', await O.catching(() => GenServer.stop(gt)));
  const GS = GenServer.define('GS', { init: (state: number) => state, terminate: () => sleep(300) });
  const gs = O.name(await GS.start(1), 'gs');
  O.step('GenServer.stop: timeout', await O.catching(() => GenServer.stop(gs, 'normal', 10)));
  O.step('GenServer.stop of the missing', await O.catching(() => GenServer.stop('no_gs')));
  O.step(
    'GenServer.stop of itself',
    await O.isolated(async () => {
      const server = await start(1);
      const [kind, exitTerm] = asList(
        await call(server, async (_, state) => {
          await GenServer.stop(self());
          return noreply(state);
        }),
      );
      const [inner] = asList(exitTerm);
      return [kind, inner instanceof ExitError ? inner.reason : inner];
    }),
  );
}
