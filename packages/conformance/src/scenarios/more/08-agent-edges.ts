/** Agent: timeouts, crashes, order, stopping. */
import { Agent, type AgentPid } from '@coppice/agent';
import {
  ExitError,
  type ExitReason,
  exit,
  isAlive,
  isExit,
  monitor,
  type Pid,
  receive,
  self,
  send,
  sleep,
  spawn,
} from '@coppice/core';
import { type Caught, type Oracle, ofType, slimExit } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { asList, done, untyped } from '../../term.ts';

interface Done {
  readonly type: 'done';
  readonly n: number;
}
interface Started {
  readonly type: 'a';
  readonly agent: Pid<never>;
}

const isDone = ofType<Done>('done');
const isStarted = ofType<Started>('a');
const same = <S>(state: S): S => state;
const raise = (message: string) => () => {
  throw new Error(message);
};

export const agentEdges: Scenario = scenario('more/08_agent_edges', async (O) => {
  await O.trap();
  await timeouts(O);
  await blocking(O);
  await raising(O);
  await crashing(O);
  await insides(O);
  await starting(O);
  await stopping(O);
  await families(O);
  await states(O);
  await dead(O);
});

function start<S>(state: S): Promise<AgentPid<S>> {
  return Agent.start(() => state);
}

/** An exit of a call, without the agent and the function. */
function slim(caught: Caught<unknown>): unknown {
  const [kind, value] = caught;
  if (!(value instanceof ExitError) || value.call === undefined) return caught;
  const { module, function: name, args } = value.call;
  return [kind, [value.reason, [module, name, args[2]]]];
}

/** How `fn` ends, and why the agent then does. */
async function crash<S>(
  O: Oracle,
  agent: AgentPid<S>,
  fn: () => Promise<unknown>,
): Promise<readonly unknown[]> {
  const ref = monitor(agent);
  const r = slim(await O.catching(fn));
  return [r, await O.awaitDown(ref)];
}

async function timeouts(O: Oracle): Promise<void> {
  const a = await start(1);
  const slowly = async (s: number) => {
    await sleep(50);
    return s;
  };
  const r = slim(await O.catching(() => Agent.get(a, slowly, { timeout: 10 })));
  await sleep(80);
  O.step('get with a timeout: the caller exits, the agent goes on, no late reply', [
    r,
    isAlive(a),
    await O.mailbox(),
  ]);
  const b = await start(1);
  const increment = async (s: number) => {
    await sleep(30);
    return s + 1;
  };
  const [kind] = await O.catching(() => Agent.update(b, increment, { timeout: 10 }));
  await sleep(60);
  O.step('a timed-out update still happens', [kind, await Agent.get(b, same)]);
  const c = await start(1);
  O.step('default timeout is 5000', slim(await O.catching(() => Agent.get(c, () => sleep(6000)))));
}

async function blocking(O: Oracle): Promise<void> {
  const a = await start<readonly number[]>([]);
  const me = self<Done>();
  for (let n = 1; n <= 3; n++) {
    spawn(async () => {
      await sleep(n * 5);
      await Agent.update(a, async (s) => {
        await sleep(20);
        return [n, ...s];
      });
      send(me, { type: 'done', n });
    });
  }
  const order = [await receive(isDone), await receive(isDone), await receive(isDone)].map(({ n }) => n);
  O.step('a slow callback blocks the others, in order', [order, await Agent.get(a, (s) => s.toReversed())]);
}

async function raising(O: Oracle): Promise<void> {
  const a = await start(1);
  O.step(
    'a raise in get: the agent dies, the caller exits with it',
    await crash(O, a, () => Agent.get(a, raise('in get'))),
  );
  const ends: ExitReason[] = [];
  for (const way of [
    (agent: AgentPid<number>) => Agent.update(agent, raise('u')),
    async (agent: AgentPid<number>) => Agent.cast(agent, raise('c')),
    (agent: AgentPid<number>) => Agent.getAndUpdate(agent, raise('g')),
  ]) {
    const agent = await start(1);
    const [, reason] = await crash(O, agent, () => way(agent));
    ends.push(reason);
  }
  O.step('a raise in update, cast, getAndUpdate', ends);
}

async function crashing(O: Oracle): Promise<void> {
  const a = await start(1);
  O.step('exit in a callback', await crash(O, a, () => Agent.get(a, () => exit('bye'))));
  const b = await start(1);
  O.step(
    'get_and_update with a wrong return',
    await crash(O, b, () => Agent.getAndUpdate(b, () => untyped('bad'))),
  );
  const c = await start(1);
  const [kind, error] = await O.catching(() => Agent.get(c, () => Agent.get(c, same)));
  const inner = error instanceof ExitError ? error.reason : error;
  O.step('an agent that asks itself', [kind, inner instanceof ExitError ? inner.reason : inner]);
}

async function insides(O: Oracle): Promise<void> {
  const a = O.name(await start(1), 'agent');
  O.step('the callback runs in the agent', await Agent.get(a, () => self()));
  const b = await start<readonly string[]>([]);
  const r = done(Agent.cast(b, (s) => ['one', ...s]));
  Agent.cast(b, (s) => ['two', ...s]);
  O.step('cast returns at once and is done in order', [r, await Agent.get(b, (s) => s.toReversed())]);
  const c = await start(10);
  O.step('args', [
    await Agent.get(c, (s, n: number) => s + n, { args: [5] }),
    done(await Agent.update(c, (s, n: number) => s * n, { args: [3] })),
    await Agent.get(c, same),
  ]);
}

async function starting(O: Oracle): Promise<void> {
  const exits = async () => (await O.mailbox()).map((m) => (isExit(m) ? m.reason : m));
  O.step('start_link whose function raises', [
    await O.result(() => Agent.startLink(raise('init'))),
    await exits(),
  ]);
  O.step('start_link whose function exits', [
    await O.result(() => Agent.startLink(() => exit('no'))),
    await exits(),
  ]);
  const slow = async () => {
    await sleep(200);
    return 1;
  };
  O.step('start whose function is too slow', [
    await O.result(() => Agent.start(slow, { timeout: 10 })),
    await O.mailbox(),
  ]);
}

async function stopping(O: Oracle): Promise<void> {
  const a = await start(1);
  const first = monitor(a);
  const r1 = done(await Agent.stop(a));
  const d1 = await O.awaitDown(first);
  const b = await start(1);
  const second = monitor(b);
  const r2 = done(await Agent.stop(b, 'done'));
  const d2 = await O.awaitDown(second);
  const [kind, end] = slimExit(await O.catching(() => Agent.stop('no_agent')));
  const [why, site] = asList(end);
  O.step('stop: normal, with a reason, of the missing', [r1, d1, r2, d2, [kind, why, ...asList(site)]]);
}

async function families(O: Oracle): Promise<void> {
  O.step(
    'a linked agent that crashes takes its starter down',
    await O.isolated(async () => {
      const a = await Agent.startLink(() => 1);
      Agent.cast(a, () => exit('gone'));
      await sleep(500);
    }),
  );
  const me = self<Started>();
  const starter = spawn<'go'>(async (ctx) => {
    send(me, { type: 'a', agent: await Agent.startLink(() => 1) });
    await ctx.receive();
    exit('bye');
  });
  const { agent } = await receive(isStarted);
  const ref = monitor(agent);
  send(starter, 'go');
  O.step('a starter that ends takes its linked agent down', await O.awaitDown(ref));
}

async function states(O: Oracle): Promise<void> {
  const a = await start(1);
  send<unknown>(untyped(a), 'hello');
  O.step('a plain message to an agent is ignored', await Agent.get(a, same));
  const nil = await start(undefined);
  const no = await start(false);
  const fn = await start((x: number) => x + 1);
  O.step('state is nil, false, a function', [
    await Agent.get(nil, same),
    await Agent.get(no, same),
    await Agent.get(fn, (f) => f(1)),
  ]);
}

async function dead(O: Oracle): Promise<void> {
  const a = await start(1);
  spawn(async () => {
    await sleep(10);
    exit(a, 'kill');
  });
  O.step('killed during a get', slim(await O.catching(() => Agent.get(a, () => sleep(500)))));
  const b = await start(1);
  await Agent.stop(b);
  O.step('get of a dead agent', slim(await O.catching(() => Agent.get(b, same))));
  const c = await start(1);
  await Agent.stop(c);
  O.step('update of a dead agent by cast', done(Agent.cast(c, same)));
}
