/** Ends that come from above and from the side; what arrives while a slow child starts or stops. */
import { Agent } from '@coppice/agent';
import {
  ExitError,
  type ExitReason,
  exit,
  isAlive,
  link,
  monitor,
  type Pid,
  receive,
  self,
  send,
  sleep,
  spawn,
  spawnMonitor,
  whereis,
} from '@coppice/core';
import { type ChildSpec, Supervisor, type SupervisorPid } from '@coppice/supervisor';
import { type Oracle, ofType } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done, untyped } from '../../term.ts';
import { ids, Workers } from '../../workers.ts';
import {
  type Step,
  slow,
  slowInit,
  slowOperations,
  slowRestarts,
  slowStops,
} from './34-parents-and-slow-starts/slow.ts';

interface Started {
  readonly type: 's';
  readonly sup: SupervisorPid;
}
const isStarted = ofType<Started>('s');
const trap = { trap: true } as const;

export const parentsAndSlowStarts: Scenario = scenario('more/34_parents_and_slow_starts', async (O) => {
  await O.trap();
  const W = new Workers(O);
  const step: Step = async (name, children, body, options = {}) => {
    const sup = await Supervisor.startLink(children, { strategy: 'one_for_one', ...options });
    O.step(name, await body(sup));
    if (isAlive(sup)) await Supervisor.stop(sup);
    await O.mailbox();
    O.takeLog();
  };
  await parents(O, W);
  await signals(O, W);
  await strangers(O, W);
  await slowInit(O, W);
  await slowOperations(O, W, step);
  await slowRestarts(O, W, step);
  await slowStops(O, W, step);
  await slowParents(O, W);
  await sideways(O, W, step);
});

const written: readonly (readonly [ExitReason, string])[] = [
  ['normal', ':normal'],
  ['shutdown', ':shutdown'],
  [{ shutdown: 'x' }, '{:shutdown, :x}'],
  ['boom', ':boom'],
  ['kill', ':kill'],
];

async function parents(O: Oracle, W: Workers): Promise<void> {
  const me = self<Started>();
  for (const [how, text] of written) {
    const children = [W.spec('a', trap), W.spec('b'), W.spec('c', trap)];
    const parent = spawn<'go'>(async (ctx) => {
      send(me, { type: 's', sup: await Supervisor.startLink(children, { strategy: 'one_for_one' }) });
      await ctx.receive();
      exit(how);
    });
    const { sup } = await receive(isStarted);
    const ref = monitor(sup);
    O.takeLog();
    if (how === 'kill') exit(parent, 'kill');
    else send(parent, 'go');
    O.step(`the parent ends with ${text}`, [await O.awaitDown(ref), O.takeLog()]);
  }
}

async function signals(O: Oracle, W: Workers): Promise<void> {
  const me = self<Started>();
  for (const reason of ['normal', 'shutdown', 'boom']) {
    const parent = spawn<'go'>(async (ctx) => {
      const sup = await Supervisor.startLink([W.spec('a', trap)], { strategy: 'one_for_one' });
      send(me, { type: 's', sup });
      await ctx.receive();
      exit(sup, reason);
      await sleep('infinity');
    });
    const { sup } = await receive(isStarted);
    const ref = monitor(sup);
    O.takeLog();
    send(parent, 'go');
    O.step(`an exit signal :${reason} of its parent, which lives on`, [
      await O.awaitDown(ref, 200),
      O.takeLog(),
    ]);
    exit(parent, 'kill');
    await O.down(sup);
    O.takeLog();
  }
}

async function strangers(O: Oracle, W: Workers): Promise<void> {
  const s = await Supervisor.startLink([W.spec('a', trap)], { strategy: 'one_for_one' });
  for (const reason of ['normal', 'shutdown', 'boom']) spawn(() => exit(s, reason));
  await sleep(20);
  const survived = isAlive(s);
  O.takeLog();
  const a = whereis('a');
  const end = a === undefined ? undefined : monitor(a);
  spawn(() => exit(s, 'kill'));
  const reason = await O.down(s);
  const worker = end === undefined ? 'noproc' : await O.awaitDown(end);
  O.step('an exit signal of a stranger is ignored, but for kill', [
    survived,
    reason,
    worker === 'killed' || worker === 'noproc',
    O.takeLog(),
  ]);
  await O.mailbox();
}

async function slowParents(O: Oracle, W: Workers): Promise<void> {
  const oneForOne = { strategy: 'one_for_one' } as const;
  const parent = spawn(async () => {
    const children = [W.spec('a', trap), slow(W, 'b', 80, trap)];
    await Supervisor.startLink(children, { ...oneForOne, name: 'early' });
  });
  await sleep(20);
  const early = whereis('early');
  const ref = early && monitor(early);
  O.takeLog();
  exit(parent, 'kill');
  O.step('the parent ends while a child starts slowly', [ref && (await O.awaitDown(ref)), O.takeLog()]);

  const s = await Supervisor.startLink([W.spec('a', trap)], oneForOne);
  O.takeLog();
  spawn(() => Supervisor.startChild(s, slow(W, 'b', 60, trap)).then(() => {}));
  await sleep(20);
  const stopped = done(await Supervisor.stop(s));
  O.step('stop while a start_child is slow: after it, and the new child is stopped too', [
    stopped,
    O.takeLog(),
  ]);
  await O.mailbox();

  const t = await Supervisor.startLink([W.spec('a', { trap: true, hang: 80 })], oneForOne);
  const end = monitor(t);
  O.takeLog();
  const [kind, error] = await O.catching(() => Supervisor.stop(t, 'normal', 20));
  O.step('stop with a timeout that is too short: the caller exits, the supervisor still stops', [
    [kind, error instanceof ExitError ? error.reason : error],
    await O.awaitDown(end),
    O.takeLog(),
  ]);
  await O.mailbox();
}

async function sideways(O: Oracle, W: Workers, step: Step): Promise<void> {
  await step(
    'a linked process that is no child crashes: nothing happens to the supervisor',
    [W.spec('a')],
    async (s) => {
      const { ref } = spawnMonitor(() => {
        link(s);
        exit('boom');
      });
      await O.awaitDown(ref);
      await Supervisor.countChildren(s);
      return [isAlive(s), await ids(s)];
    },
  );
  const linked: ChildSpec = {
    id: 'l',
    start: () => Agent.startLink(() => link(whereis('a') as Pid<never>)), // it runs before
  };
  await step(
    'a child links itself to another child: both ends count',
    [W.spec('a'), linked],
    async (s) => {
      const ref = monitor(s);
      await W.crash('a', 'boom');
      return O.awaitDown(ref, 300);
    },
    { maxRestarts: 1 },
  );
  await step('messages of any kind are ignored', [W.spec('a')], async (s) => {
    for (const message of ['hi', { type: 'DOWN' }, { type: 'EXIT' }]) send(s, untyped(message));
    const { active } = await Supervisor.countChildren(s);
    return [isAlive(s), active];
  });
}
