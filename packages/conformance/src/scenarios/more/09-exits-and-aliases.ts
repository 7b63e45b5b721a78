/** Links, monitors and aliases at the edge: ends on their way, aliases of monitors, tags, chains of exits. */
import {
  type AliasRef,
  alias,
  demonitor,
  exit,
  isAlive,
  isDown,
  isExit,
  link,
  type MonitorRef,
  makeRef,
  monitor,
  nodeName,
  type Pid,
  processInfo,
  receive,
  register,
  self,
  send,
  sleep,
  spawn,
  spawnLink,
  spawnMonitor,
  trapExit,
  unalias,
  unlink,
  whereis,
} from '@coppice/core';
import { Task } from '@coppice/task';
import { type Oracle, ofType } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done, untyped } from '../../term.ts';

interface Told<T> {
  readonly type: 'told';
  readonly value: T;
}
interface Tagged {
  readonly type: 'my_tag';
  readonly ref: MonitorRef;
  readonly object: unknown;
  readonly reason: unknown;
}

const isTagged = ofType<Tagged>('my_tag');
const isChild = ofType<Told<Pid<never>>>('told');
const isAlias = ofType<Told<AliasRef>>('told');
const forever = () => sleep('infinity');

export const exitsAndAliases: Scenario = scenario('more/09_exits_and_aliases', async (O) => {
  await O.trap();
  await links(O);
  await parents(O);
  await chains(O);
  await monitors(O);
  await flushing(O);
  for (const mode of ['reply_demonitor', 'demonitor'] as const) await modes(O, mode);
  await monitorAliases(O);
  await aliases(O);
});

function idle(O: Oracle, name: string): Pid<never> {
  return O.name(spawn<never>(forever), name);
}

/** It ends with `e` when it is told to. */
function goer(O: Oracle, name: string): Pid<'go'> {
  const body = async () => {
    await receive();
    exit('e');
  };
  return O.name(spawn<'go'>(body), name);
}

async function links(O: Oracle): Promise<void> {
  const a1 = idle(O, 'a1');
  exit(a1, 'kill');
  O.step('kill, then link', [done(link(a1), true), await O.recv()]);
  const a2 = idle(O, 'a2');
  exit(a2, 'kill');
  O.name(monitor(a2), 'a2r');
  O.step('kill, then monitor', await O.recv());
  const a3 = idle(O, 'a3');
  link(a3);
  exit(a3, 'kill');
  const first = await O.recv();
  link(a3);
  O.step('link, kill, then link again', [first, await O.recv()]);
  O.step(
    'an EXIT stays in the mailbox when trapping ends',
    await O.isolated(async () => {
      trapExit(true);
      O.name(
        spawnLink(() => exit('x')),
        'a4',
      );
      await sleep(5);
      trapExit(false);
      return O.mailbox();
    }),
  );
}

async function parents(O: Oracle): Promise<void> {
  const me = self<Told<Pid<never>> | 'done'>();
  const parent = spawn(() => send(me, { type: 'told', value: spawnLink(forever) }));
  const { value: child } = await receive(isChild);
  await O.down(parent);
  O.step('the parent ends normally: a linked child lives, without the link', [
    isAlive(child),
    ['links', processInfo(child)?.links],
  ]);
  exit(child, 'kill');
  const other = O.name(
    spawn<'un'>(async () => {
      await receive();
      unlink(me);
      send(me, 'done');
      await forever();
    }),
    'a6',
  );
  link(other);
  send(other, 'un');
  await O.recv();
  const isLinked = processInfo(me)?.links.includes(other);
  exit(other, 'kill');
  await sleep(5);
  O.step('unlink from the other side', [isLinked, await O.mailbox()]);
}

async function chains(O: Oracle): Promise<void> {
  const ended = await O.isolated(() => {
    try {
      exit('x');
    } finally {
      O.log('after');
    }
  });
  O.step('exit, then what is to be done after', [ended, O.takeLog()]);
  const { ref } = O.spawnMon(async () => {
    spawnLink(async () => {
      spawnLink(() => exit('kill'));
      await forever();
    });
    await forever();
  });
  O.step('exit with kill through two links', await O.awaitDown(ref));
  const me = self<Told<Pid<never>>>();
  const { ref: end } = O.spawnMon(async () => {
    trapExit(true);
    spawnLink(async () => {
      send(me, { type: 'told', value: spawnLink(forever) });
      await forever();
    });
    const { reason } = await receive(isExit);
    exit(['seen', reason]);
  });
  const { value: last } = await receive(isChild);
  exit(last, 'kill');
  O.step(
    'a killed process, through a link to one that does not trap, seen by one that does',
    await O.awaitDown(end),
  );
}

async function monitors(O: Oracle): Promise<void> {
  const named = spawn<'go'>(async (context) => {
    register(context.self, 'named');
    await context.receive();
  });
  O.name(named, 'b1');
  await O.waitUntil(() => whereis('named') === named);
  O.name(monitor({ local: 'named', node: nodeName() }), 'b1r');
  send(named, 'go');
  O.step('monitor of {name, node}', await O.recv());
  const b2 = goer(O, 'b2');
  const ref = monitor(b2, { tag: 'my_tag' });
  send(b2, 'go');
  const message = await receive(isTagged);
  O.step('a tag in place of DOWN', [
    message.type,
    message.ref === ref,
    message.object === b2,
    message.reason,
  ]);
}

async function flushing(O: Oracle): Promise<void> {
  const tagged = monitor(
    spawn(() => {}),
    { tag: 'my_tag' },
  );
  await sleep(5);
  demonitor(tagged, { flush: true });
  O.step('demonitor with flush takes a tagged one', await O.mailbox());
  const ref = monitor(idle(O, 'b4'));
  O.step('demonitor with flush and info: there was one; again', [
    demonitor(ref, { flush: true }),
    demonitor(ref, { flush: true }),
  ]);
  const ended = spawn(() => {});
  const [one, two] = [monitor(ended), monitor(ended)];
  await sleep(5);
  demonitor(one, { flush: true });
  O.step(
    'demonitor with flush takes its own DOWN only',
    (await O.mailbox()).map((message) => isDown(message) && message.ref === two),
  );
  O.step('demonitor of a reference that is no monitor', demonitor(untyped(makeRef())));
}

async function modes(O: Oracle, mode: 'reply_demonitor' | 'demonitor'): Promise<void> {
  const { pid, ref } = spawnMonitor<Told<MonitorRef>>(
    async () => {
      const { value } = await receive(ofType<Told<MonitorRef>>('told'));
      post(value, 'reply');
      post(value, 'again');
      exit('x');
    },
    { monitor: { alias: mode } },
  );
  O.name(pid, `p_${mode}`);
  O.name(ref, `r_${mode}`);
  send(pid, { type: 'told', value: ref });
  await sleep(10);
  const messages = await O.mailbox();
  post(ref, 'late');
  O.step(`spawn_opt with a monitor, alias ${mode}`, [messages, await O.mailbox()]);
  const watched = goer(O, `u_${mode}`);
  const watch = O.name(monitor(watched, { alias: mode }), `ur_${mode}`);
  const was = unalias(watch);
  post(watch, 'no');
  send(watched, 'go');
  O.step(`${mode}: unalias keeps the monitor`, [was, await O.recv(), await O.mailbox()]);
}

/** Sends to an alias, or to a reference that is none any more. */
function post(ref: MonitorRef | AliasRef, message: string): void {
  send<string>(untyped(ref), message);
}

async function monitorAliases(O: Oracle): Promise<void> {
  const explicit = monitor(idle(O, 'c1'), { alias: 'explicit_unalias' });
  demonitor(explicit);
  post(explicit, 'a');
  const arrived = await O.mailbox();
  const was = unalias(explicit);
  post(explicit, 'b');
  O.step('explicit_unalias: after demonitor still an alias', [arrived, was, await O.mailbox()]);
  const c2 = goer(O, 'c2');
  const once = O.name(monitor(c2, { alias: 'reply_demonitor' }), 'c2r');
  send(c2, 'go');
  const down = await O.recv();
  post(once, 'late');
  O.step('reply_demonitor: after the DOWN no alias', [down, await O.mailbox(), unalias(once)]);
  const anyones = monitor(idle(O, 'c3'), { alias: 'reply_demonitor' });
  await O.down(spawn(() => post(anyones, 'reply')));
  O.step('reply_demonitor: a reply of anyone ends the monitor', [await O.mailbox(), demonitor(anyones)]);
}

async function aliases(O: Oracle): Promise<void> {
  const own = alias();
  const byAnother = await Task.await(Task.async(() => unalias(own)));
  await O.mailbox();
  post(own, 'still');
  O.step('unalias by another process', [byAnother, await O.mailbox(), unalias(own)]);
  const me = self<Told<AliasRef>>();
  const ended = spawn(() => send(me, { type: 'told', value: alias() }));
  const { value: dead } = await receive(isAlias);
  await O.down(ended);
  post(dead, 'x');
  O.step('alias of a dead process', await O.mailbox());
}
