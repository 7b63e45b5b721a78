/** Operations on children in odd states: waiting for their restart, dead, unlinked, ignored. */
import { Agent } from '@coppice/agent';
import {
  isAlive,
  isPid,
  monitor,
  type Pid,
  type Restart,
  self,
  sleep,
  spawn,
  unlink,
  whereis,
} from '@coppice/core';
import { GenServer, ignore, type ServerPid } from '@coppice/gen-server';
import { type ChildSpec, Supervisor, type SupervisorPid } from '@coppice/supervisor';
import { Task } from '@coppice/task';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { asList } from '../../term.ts';
import { Gate, ids, isUp, kill, Workers } from '../../workers.ts';
import { crash, groupComesBack, groupWaits, type Step } from './31-odd-states/groups.ts';

export const oddStates: Scenario = scenario('more/31_odd_states', async (O) => {
  await O.trap();
  const W = new Workers(O);
  const step: Step = async (name, children, body, strategy = 'one_for_one') => {
    const sup = await Supervisor.startLink(children, { strategy, maxRestarts: 1_000_000, maxSeconds: 5 });
    O.step(name, await body(sup));
    if (isAlive(sup)) await Supervisor.stop(sup);
    await O.mailbox();
    O.takeLog();
  };
  await waits(O, W, step);
  await meanwhile(O, W, step);
  for (const strategy of ['one_for_all', 'rest_for_one'] as const) {
    await groupWaits(O, W, step, strategy);
    await groupComesBack(W, step, strategy);
  }
  await oddPids(O, step);
  await unlinked(O, step);
  await notRunning(O, W, step);
});

async function waits(O: Oracle, W: Workers, step: Step): Promise<void> {
  await step(
    'a child that waits for its restart: which, count, childspec',
    [W.spec('a'), W.gated('b', new Gate())],
    async (s) => {
      await crash(O, W, s);
      const { start: _, ...spec } = await Supervisor.getChildSpec(s, 'b');
      return [await ids(s), await Supervisor.countChildren(s), spec];
    },
  );
  await step('…restart_child, delete_child, start_child of its id', [W.gated('b', new Gate())], async (s) => {
    await crash(O, W, s);
    return [
      await O.result(() => Supervisor.restartChild(s, 'b')),
      await O.ok(() => Supervisor.deleteChild(s, 'b')),
      await O.result(() => Supervisor.startChild(s, W.spec('b'))),
    ];
  });
  const gate = new Gate();
  await step('…terminate_child stops the tries; then delete, or restart', [W.gated('b', gate)], async (s) => {
    await crash(O, W, s);
    const terminated = [await O.ok(() => Supervisor.terminateChild(s, 'b')), await ids(s)];
    gate.open();
    await sleep(20);
    const later = await ids(s);
    return [terminated, later, [isPid(await Supervisor.restartChild(s, 'b')), await ids(s)]];
  });
  const other = new Gate();
  await step('…the gate opens: it runs again, nobody asked', [W.gated('b', other)], async (s) => {
    await crash(O, W, s);
    other.open();
    const up = await isUp(O, s, 'b');
    return [up, await ids(s), await O.result(() => Supervisor.restartChild(s, 'b'))];
  });
}

async function meanwhile(O: Oracle, W: Workers, step: Step): Promise<void> {
  const trap = { trap: true } as const;
  await step(
    '…the supervisor is stopped meanwhile: the others end, in reverse',
    [W.spec('a', trap), W.gated('b', new Gate()), W.spec('c', trap)],
    async (s) => {
      await crash(O, W, s);
      O.takeLog();
      return [
        await O.ok(() => Supervisor.stop(s)),
        O.takeLog().filter((event) => asList(event)[0] !== 'init_not_ok'),
      ];
    },
  );
  await step(
    '…a sibling crashes meanwhile (one_for_one): restarted by itself',
    [W.spec('a'), W.gated('b', new Gate())],
    async (s) => {
      await crash(O, W, s);
      const before = whereis('a');
      await W.crashSync(s, 'a', 'boom');
      return [whereis('a') !== before, await ids(s)];
    },
  );
  await step(
    '…a sibling started later is terminated and restarted meanwhile',
    [W.gated('b', new Gate()), W.spec('c')],
    async (s) => {
      await crash(O, W, s);
      return [
        await O.ok(() => Supervisor.terminateChild(s, 'c')),
        await ids(s),
        asList(await O.result(() => Supervisor.restartChild(s, 'c')))[0],
        await ids(s),
      ];
    },
  );
}

const raw = (id: string, start: () => Promise<Pid<never>>): ChildSpec => ({ id, start });

async function firstPid(sup: SupervisorPid): Promise<Pid<never>> {
  const [first] = await Supervisor.whichChildren(sup);
  if (!isPid(first?.child)) throw new TypeError('the first child does not run');
  return first.child;
}

async function oddPids(O: Oracle, step: Step): Promise<void> {
  const dead = async (): Promise<Pid<never>> => {
    const pid = spawn(() => {});
    await O.down(pid);
    return pid;
  };
  await step('a start that gives a dead pid', [raw('dead', dead)], async (s) => [
    await ids(s),
    await Supervisor.countChildren(s),
    await O.result(() => Supervisor.restartChild(s, 'dead')),
    await O.ok(() => Supervisor.terminateChild(s, 'dead')),
    await ids(s),
  ]);
  await step(
    'a start that gives a pid that is not linked: its end is not seen, it can be terminated',
    [raw('loose', async () => spawn(() => sleep('infinity')))],
    async (s) => {
      await kill(O, await firstPid(s));
      const [after, counts] = [await ids(s), await Supervisor.countChildren(s)];
      await Supervisor.terminateChild(s, 'loose');
      const again = await Supervisor.restartChild(s, 'loose');
      const terminated = await O.ok(() => Supervisor.terminateChild(s, 'loose'));
      return [after, counts, terminated, again !== undefined && isAlive(again)];
    },
  );
}

/** An agent that unlinks itself from who starts it. */
function loner(): Promise<Pid<never>> {
  const supervisor = self();
  return Agent.startLink(() => unlink(supervisor));
}

async function unlinked(O: Oracle, step: Step): Promise<void> {
  await step(
    'a child that has unlinked itself: its end is not seen, which_children still has it',
    [raw('u', loner)],
    async (s) => {
      await kill(O, await firstPid(s));
      return [
        await ids(s),
        (await Supervisor.countChildren(s)).active,
        await O.result(() => Supervisor.restartChild(s, 'u')),
        await O.ok(() => Supervisor.terminateChild(s, 'u')),
        await ids(s),
      ];
    },
  );
  await step(
    'a child that has unlinked itself and is terminated: shutdown still reaches it',
    [raw('u', loner)],
    async (s) => {
      const ref = monitor(await firstPid(s));
      const terminated = await O.ok(() => Supervisor.terminateChild(s, 'u'));
      return [terminated, await O.awaitDown(ref), await ids(s)];
    },
  );
}

async function notRunning(O: Oracle, W: Workers, step: Step): Promise<void> {
  await step('terminate_child of a child that has just died: no restart', [W.spec('a')], async (s) => {
    const server: ServerPid<never> = s as Pid<never> as ServerPid<never>; // every supervisor is a server
    await GenServer.suspend(server);
    await kill(O, whereis('a'));
    const task = Task.async(() => O.ok(() => Supervisor.terminateChild(s, 'a')));
    await sleep(20);
    await GenServer.resume(server);
    return [await Task.await(task), await ids(s)];
  });
  await step(
    'an ignored child: terminate, delete, start again under its id',
    [W.spec('i', { init: () => ignore() })],
    async (s) => [
      await ids(s),
      await O.result(() => Supervisor.startChild(s, W.spec('i'))),
      await O.ok(() => Supervisor.terminateChild(s, 'i')),
      await O.ok(() => Supervisor.deleteChild(s, 'i')),
      asList(await O.result(() => Supervisor.startChild(s, W.spec('i'))))[0],
      await ids(s),
    ],
  );
  const late = W.spec('i', { counter: { starts: 0 }, init: (n) => (n === 0 ? ignore() : 'go') });
  await step(
    'an ignored child comes up with its group',
    [W.spec('a'), late],
    async (s) => {
      const before = await ids(s);
      await W.crashSync(s, 'a', 'boom');
      return [before, await ids(s)];
    },
    'one_for_all',
  );
  const restart: Restart = 'temporary';
  await step('operations on a temporary child that has ended', [W.spec('t', { restart })], async (s) => {
    await W.crashSync(s, 't', 'normal');
    return [
      await ids(s),
      await O.ok(() => Supervisor.terminateChild(s, 't')),
      await O.result(() => Supervisor.restartChild(s, 't')),
      await O.ok(() => Supervisor.deleteChild(s, 't')),
      asList(await O.result(() => Supervisor.startChild(s, W.spec('t'))))[0],
    ];
  });
}
