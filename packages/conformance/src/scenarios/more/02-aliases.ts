/** Aliases, and what a process shows of its monitors. */
import {
  alias,
  demonitor,
  type ExitReason,
  exit,
  monitor,
  type Pid,
  processInfo,
  receive,
  self,
  send,
  sleep,
  spawn,
  unalias,
} from '@coppice/core';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { untyped } from '../../term.ts';

export const aliasesAndInfo: Scenario = scenario('more/02_aliases', async (O) => {
  await O.trap();
  await aliases(O);
  await monitorAliases(O);
  await information(O);
});

const idle = () => spawn(() => sleep('infinity'));

async function aliases(O: Oracle): Promise<void> {
  const plain = alias();
  send(plain, 'one');
  const first = await O.recv();
  const removed = [unalias(plain), unalias(plain)];
  send(plain, 'two');
  O.step('alias: a message to it arrives; after unalias it does not', [first, removed, await O.mailbox()]);
  const once = alias({ reply: true });
  send(once, 'one');
  send(once, 'two');
  await sleep(5);
  O.step('alias with reply: ends with the first message', await O.mailbox());
}

async function monitorAliases(O: Oracle): Promise<void> {
  const p = O.name(idle(), 'pa');
  const ref = O.name(monitor(p, { alias: 'demonitor' }), 'ra');
  send<unknown>(untyped(ref), 'before');
  exit(p, 'kill');
  await sleep(5);
  send<unknown>(untyped(ref), 'after');
  O.step('monitor with alias demonitor: ends with the DOWN', await O.mailbox());
  const second = monitor(idle(), { alias: 'demonitor' });
  demonitor(second);
  send<unknown>(untyped(second), 'after');
  O.step('monitor with alias demonitor: ends with demonitor', await O.mailbox());
  const q = idle();
  const replied = monitor(q, { alias: 'reply_demonitor' });
  send<unknown>(untyped(replied), 'reply');
  const reply = await O.recv();
  exit(q, 'kill');
  await sleep(5);
  send<unknown>(untyped(replied), 'more');
  O.step('monitor with alias reply_demonitor: the first reply removes the monitor', [
    reply,
    await O.mailbox(),
  ]);
  const e = O.name(idle(), 'pe');
  const lasting = O.name(monitor(e, { alias: 'explicit_unalias' }), 're');
  exit(e, 'kill');
  await sleep(5);
  send<unknown>(untyped(lasting), 'still');
  O.step('monitor with alias explicit_unalias: outlives the DOWN', [await O.mailbox(), unalias(lasting)]);
}

async function information(O: Oracle): Promise<void> {
  const me = self<'on'>();
  const own = self();
  const monitors = (pid: Pid<never>) => processInfo(pid)?.monitors ?? [];
  const monitoredBy = (pid: Pid<never>) => processInfo(pid)?.monitoredBy ?? [];
  const p = idle();
  const ref = monitor(p);
  const isOnly = [
    monitors(own).length === 1 && monitors(own)[0] === p,
    monitoredBy(p).length === 1 && monitoredBy(p)[0] === own,
  ];
  demonitor(ref);
  O.step('monitors and monitored_by in info', [
    isOnly,
    ['monitors', monitors(own).map((object) => ['process', object])],
    ['monitored_by', monitoredBy(p)],
  ]);
  const watched = idle();
  const watcher = spawn<'go'>(async (ctx) => {
    monitor(watched);
    send(me, 'on');
    await ctx.receive();
  });
  await receive((m): m is 'on' => m === 'on');
  const before = monitoredBy(watched).length;
  send(watcher, 'go');
  await O.down(watcher);
  O.step("a dead watcher's monitor is gone", [before, monitoredBy(watched).length]);
  const reasons: unknown[] = [];
  for (const reason of [own, [1, 2], undefined]) reasons.push(await endOf(O, () => exit(reason)));
  O.step('an exit reason that is a pid, a list, nil', reasons);
}

async function endOf(O: Oracle, body: () => void | Promise<void>): Promise<ExitReason> {
  const { ref } = O.spawnMon(body);
  return O.awaitDown(ref);
}
