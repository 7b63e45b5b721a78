/** What listeners hear, and what the end of a registry does to owners. */
import { Agent } from '@coppice/agent';
import {
  context,
  exit,
  isAlive,
  isPid,
  monitor,
  register,
  self,
  send,
  sleep,
  spawnLink,
  whereis,
} from '@coppice/core';
import { Registry } from '@coppice/registry';
import { Supervisor } from '@coppice/supervisor';
import type { Oracle } from '../../../oracle.ts';
import { asList } from '../../../term.ts';
import { ask, other } from './owner.ts';

export async function listening(O: Oracle): Promise<void> {
  const me = self<unknown>();
  spawnLink<unknown>(async ({ self: listener, receive }) => {
    register(listener, 'lis');
    send(me, 'ready');
    for (;;) send(me, ['event', await receive()]);
  });
  await context<unknown>().receive((message) => message === 'ready');
  const RL = Registry.unique<string, number>('RL');
  await Registry.startLink(RL, { listeners: ['lis'] });
  const p = O.name(other(), 'lp');
  await ask(p, () => Registry.register(RL, 'k', 1));
  await ask(p, () => Registry.updateValue(RL, 'k', (value) => value + 1));
  await ask(p, () => Registry.unregister(RL, 'k'));
  await ask(p, () => Registry.register(RL, 'k', 3));
  exit(p, 'kill');
  await O.down(p);
  await sleep(20);
  O.step(
    'listeners: own events only for register and unregister',
    (await O.mailbox()).map((message) => asList(message)[1]),
  );
}

export async function endOfRegistry(O: Oracle): Promise<void> {
  const RK = Registry.unique<string, number>('RK');
  const r = await Registry.startLink(RK);
  const [a, b, c] = [other(), other(true), other()];
  await ask(a, () => Registry.register(RK, 'a', 0));
  await ask(b, () => Registry.register(RK, 'b', 0));
  const ref = monitor(a);
  exit(r, 'kill');
  const reason = await O.awaitDown(ref);
  const isHeard = (message: unknown): message is readonly unknown[] => asList(message)[0] === 'exit_heard';
  const heard = await context<unknown>().receive(isHeard, { timeout: 500 });
  O.step('the registry is killed: who is registered dies, unless it traps', [
    reason,
    heard?.[1] ?? 'none',
    isAlive(b),
    isAlive(c),
  ]);
  await O.mailbox();
  const RP = Registry.unique<string, number>('RP');
  const s = await Registry.startLink(RP);
  const owner = other(true);
  await ask(owner, () => Registry.register(RP, 'a', 0));
  const partition = async () => (await Supervisor.whichChildren(s))[0]?.child;
  const before = await partition();
  if (isPid(before)) exit(before, 'kill');
  await O.waitUntil(async () => {
    const now = await partition();
    return isPid(now) && now !== before;
  });
  O.step('a partition is killed: the registry restarts empty', [
    isAlive(s),
    Registry.lookup(RP, 'a'),
    await O.ok(() => Registry.register(RP, 'a', 1)),
  ]);
  await O.mailbox();
}

export async function inTree(O: Oracle): Promise<void> {
  const RS = Registry.unique<string>('RS');
  const name = Registry.via(RS, 'ag');
  const children = [Registry.childSpec(RS), Agent.childSpec(() => 1, { id: 'ag', name })];
  const s = await Supervisor.startLink(children, { strategy: 'rest_for_one' });
  const before = whereis(name);
  const registry = whereis('RS');
  if (registry === undefined || before === undefined) throw new TypeError('both run');
  exit(registry, 'kill');
  await O.down(before);
  await O.waitUntil(async () => {
    const [how, pid] = await O.catching(() => whereis(name));
    return how === 'returned' && pid !== undefined && pid !== before;
  });
  O.step('a supervisor with a registry and a process named by it: rest_for_one', [
    await Agent.get(name, (state: unknown) => state),
    (await Supervisor.countChildren(s)).active,
  ]);
  await Supervisor.stop(s);
  await O.mailbox();
}
