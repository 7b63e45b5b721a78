/** Groups that restart together, while one of them waits for its restart or is not there. */
import { sleep, whereis } from '@coppice/core';
import { type ChildSpec, type Strategy, Supervisor, type SupervisorPid } from '@coppice/supervisor';
import type { Oracle } from '../../../oracle.ts';
import { Gate, ids, isUp, type Workers } from '../../../workers.ts';

type Body = (sup: SupervisorPid) => Promise<unknown>;
/** Runs a step with a fresh supervisor, which is stopped afterwards. */
export type Step = (
  name: string,
  children: readonly ChildSpec[],
  body: Body,
  strategy?: Strategy,
) => Promise<void>;

/** `b` has crashed, and waits for a restart that goes well. */
export async function crash(O: Oracle, W: Workers, sup: SupervisorPid): Promise<void> {
  await W.crash('b', 'boom');
  await O.waitUntil(async () =>
    (await Supervisor.whichChildren(sup)).some(({ id, child }) => id === 'b' && child === 'restarting'),
  );
}

export async function groupWaits(O: Oracle, W: Workers, step: Step, strategy: Strategy): Promise<void> {
  const first = new Gate();
  await step(
    `${strategy}: the group while one of it waits`,
    [W.spec('a'), W.gated('b', first), W.spec('c'), W.spec('t', { restart: 'temporary' })],
    async (s) => {
      await crash(O, W, s);
      const waiting = await ids(s);
      first.open();
      await isUp(O, s, 'c');
      return [waiting, await ids(s)];
    },
    strategy,
  );
  const second = new Gate();
  await step(
    `${strategy}: terminate_child of the one that waits: the others stay down`,
    [W.spec('a'), W.gated('b', second), W.spec('c')],
    async (s) => {
      await crash(O, W, s);
      const terminated = await O.ok(() => Supervisor.terminateChild(s, 'b'));
      second.open();
      await sleep(20);
      return [terminated, await ids(s)];
    },
    strategy,
  );
  const third = new Gate();
  await step(
    `${strategy}: a new child while one waits, and then the group restarts with it`,
    [W.spec('a'), W.gated('b', third)],
    async (s) => {
      await crash(O, W, s);
      const started = await Supervisor.startChild(s, W.spec('n'));
      third.open();
      await isUp(O, s, 'b');
      return [await ids(s), whereis('n') !== started];
    },
    strategy,
  );
}

export async function groupComesBack(W: Workers, step: Step, strategy: Strategy): Promise<void> {
  await step(
    `${strategy}: one that was terminated comes back with its group, one that was deleted does not`,
    ['a', 'b', 'c', 'd'].map((id) => W.spec(id)),
    async (s) => {
      await Supervisor.terminateChild(s, 'c');
      await Supervisor.terminateChild(s, 'd');
      await Supervisor.deleteChild(s, 'd');
      await W.crashSync(s, 'b', 'boom');
      return ids(s);
    },
    strategy,
  );
  await step(
    `${strategy}: a transient one that had ended comes back with its group`,
    [W.spec('a'), W.spec('b', { restart: 'transient' }), W.spec('c')],
    async (s) => {
      await W.crashSync(s, 'b', 'normal');
      const ended = await ids(s);
      await W.crashSync(s, 'a', 'boom');
      return [ended, await ids(s)];
    },
    strategy,
  );
}
