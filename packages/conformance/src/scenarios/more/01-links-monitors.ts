/** Links and monitors: dead ends, twice, flush, order against messages. */
import {
  demonitor,
  ExitError,
  type ExitReason,
  exit,
  isExit,
  link,
  type MonitorRef,
  monitor,
  type Pid,
  processInfo,
  receive,
  register,
  self,
  send,
  sleep,
  spawn,
  spawnLink,
  trapExit,
  unlink,
  unregister,
} from '@coppice/core';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { asList, done } from '../../term.ts';

export const linksMonitors: Scenario = scenario('more/01_links_monitors', async (O) => {
  await O.trap();
  await linking(O);
  await unlinking(O);
  await monitoring(O);
  await demonitoring(O);
  await order(O);
  await spreading(O);
});

const idle = () => spawn(() => sleep('infinity'));
const links = (pid: Pid<never>) => processInfo(pid)?.links.length ?? 'dead';

async function dead(O: Oracle): Promise<Pid<never>> {
  const pid = spawn(() => {});
  await O.down(pid);
  return pid;
}

/** A linked process that exits with `reason` once it gets `'go'`. */
function waiting(reason: ExitReason, start: typeof spawn = spawnLink): Pid<'go'> {
  return start<'go'>(async (ctx) => {
    await ctx.receive();
    exit(reason);
  });
}

async function linking(O: Oracle): Promise<void> {
  const gone = O.name(await dead(O), 'dead1');
  O.step('link to a dead process, trapping: returns true, EXIT noproc comes', [
    done(link(gone), true),
    await O.mailbox(),
  ]);
  O.step(
    'link to a dead process, not trapping: raises',
    await O.isolated(async () => {
      const pid = await dead(O);
      const [, error] = await O.catching(() => link(pid));
      return error instanceof ExitError ? error.reason : error;
    }),
  );
  O.step('link to oneself is nothing', await O.isolated(() => [done(link(self()), true), links(self())]));
  const p = idle();
  link(p);
  link(p);
  const n = links(p);
  unlink(p);
  const counts = [n, links(p)];
  exit(p, 'kill');
  await O.down(p);
  O.step('linking twice is one link', [counts, await O.mailbox()]);
  O.step('unlink of a stranger, of a dead process', [
    done(unlink(idle()), true),
    done(unlink(await dead(O)), true),
  ]);
}

async function unlinking(O: Oracle): Promise<void> {
  const me = self<'linked'>();
  const early = O.name(
    spawnLink(() => exit('early')),
    'early',
  );
  await O.down(early);
  O.step('unlink leaves an EXIT that is in the mailbox', [done(unlink(early), true), await O.mailbox()]);
  const late = waiting('late');
  unlink(late);
  send(late, 'go');
  await O.down(late);
  O.step('after unlink no EXIT comes', await O.mailbox());
  const parent = self();
  const other = spawn<'go'>(async (ctx) => {
    link(parent);
    send(me, 'linked');
    await ctx.receive();
    exit('bye');
  });
  O.name(other, 'other');
  await receive((m): m is 'linked' => m === 'linked');
  send(other, 'go');
  O.step('link from the other side counts as well', await O.recv());
}

async function monitoring(O: Oracle): Promise<void> {
  O.name(monitor(O.name(await dead(O), 'dead2')), 'r1');
  O.step('monitor of a dead process: DOWN noproc', await O.recv());
  const named = idle();
  register(named, 'named');
  O.name(monitor('named'), 'r2');
  exit(named, 'kill');
  O.step('monitor of a name: DOWN carries the name', await O.recv());
  O.name(monitor('nobody'), 'r3');
  O.step('monitor of a name that nobody has', await O.recv());
  const moving = idle();
  register(moving, 'moving');
  O.name(monitor('moving'), 'r4');
  unregister('moving');
  const before = await O.recv(20);
  exit(moving, 'kill');
  O.step('a monitor by name watches the process, not the name', [before, await O.recv()]);
  const twice = O.name(idle(), 'twice');
  O.name(monitor(twice), 'm1');
  O.name(monitor(twice), 'm2');
  exit(twice, 'kill');
  await O.down(twice);
  O.step('two monitors give two DOWNs with their own refs', new Set(await O.mailbox()).size);
  const [kind, own] = await O.isolated(() => {
    const ref = monitor(self());
    return [typeof ref === 'object', processInfo(self())?.monitors.length];
  });
  O.step('monitor of oneself', [kind, ...asList(own)]);
}

async function demonitoring(O: Oracle): Promise<void> {
  const p = idle();
  const removed = demonitor(monitor(p));
  exit(p, 'kill');
  await sleep(5);
  O.step('demonitor: returns true; no DOWN later', [removed, await O.mailbox()]);
  const ended = async (pid: Pid<never>): Promise<MonitorRef> => {
    const ref = monitor(pid);
    await sleep(5);
    return ref;
  };
  const gone = O.name(
    spawn(() => {}),
    'gone',
  );
  const left = O.name(await ended(gone), 'rgone');
  O.step('demonitor leaves a DOWN that is in the mailbox', [
    demonitor(left) !== undefined,
    await O.mailbox(),
  ]);
  const flushed = await ended(spawn(() => {}));
  O.step('demonitor with flush takes it out', [
    demonitor(flushed, { flush: true }) !== undefined,
    await O.mailbox(),
  ]);
  const q = idle();
  const known = monitor(q);
  O.step('demonitor with info tells whether there was one', [demonitor(known), demonitor(known)]);
  const late = await ended(spawn(() => {}));
  O.step('demonitor with flush and info: false when the DOWN was flushed', [
    demonitor(late, { flush: true }),
    await O.mailbox(),
  ]);
  await O.mailbox();
}

async function order(O: Oracle): Promise<void> {
  const me = self<unknown>();
  const both = O.name(waiting('x'), 'both');
  O.name(monitor(both), 'rboth');
  send(both, 'go');
  O.step('linked and monitored, trapping: EXIT comes before DOWN', [await O.recv(), await O.recv()]);
  O.step(
    'linked and monitored, not trapping: the EXIT kills before the DOWN is seen',
    await O.isolated(async () => {
      const pid = waiting('x', spawn);
      monitor(pid);
      link(pid);
      send(pid, 'go');
      return ['saw', await O.recv()];
    }),
  );
  O.name(
    spawnLink(() => {
      send(me, 1);
      send(me, 2);
      exit('after');
    }),
    'sender',
  );
  O.step('messages sent before an exit arrive before its DOWN and EXIT', [
    await O.recv(),
    await O.recv(),
    await O.recv(),
  ]);
  const p = spawn<string>(async (ctx) => {
    send(me, ['got', await ctx.receive()]);
    await ctx.receive();
  });
  send(p, 'hello');
  exit(p, 'shutdown');
  const ref = monitor(p);
  O.step('a message and then an exit signal from one process: the exit signal comes before it has run', [
    await O.recv(),
    await O.awaitDown(ref),
  ]);
  O.name(
    spawnLink(() => {}),
    'ended',
  );
  O.step('exit signal with :normal of a linked process to a trapping one is a message', await O.recv());
}

async function endOf(O: Oracle, body: () => void | Promise<void>): Promise<ExitReason> {
  const { ref } = O.spawnMon(body);
  return O.awaitDown(ref);
}

async function spreading(O: Oracle): Promise<void> {
  const ends: (() => void)[] = [
    () => {},
    () => exit('a'),
    () => exit({ shutdown: 1 }),
    () => {
      throw 't';
    },
  ];
  const reasons: unknown[] = [];
  for (const end of ends) reasons.push(await endOf(O, end));
  O.step('spawn_monitor: reason of each end', reasons);
  const trapper = spawnLink(async () => {
    trapExit(true);
    await sleep('infinity');
  });
  O.name(trapper, 'trapper');
  await sleep(5);
  exit(trapper, 'kill');
  O.step('kill of a process that traps and links: the links get killed', await O.recv());
  const chain = async () => {
    spawnLink(async () => {
      spawnLink(() => exit('root'));
      await sleep('infinity');
    });
    await sleep('infinity');
  };
  O.step('a chain dies with the first reason', await endOf(O, chain));
  const stopping = async () => {
    trapExit(true);
    spawnLink(() => exit('stopped_here'));
    exit(['saw', (await receive(isExit)).reason]);
  };
  O.step('a trapping process in the chain stops it', await endOf(O, stopping));
  O.step(
    'trap_exit off again: the next EXIT kills',
    await O.isolated(async () => {
      trapExit(true);
      trapExit(false);
      spawnLink(() => exit('boom'));
      await sleep(300);
    }),
  );
}
