/** What arrives while a child starts or stops slowly. */
import { exit, sleep, spawn, whereis } from '@coppice/core';
import { stopInit } from '@coppice/gen-server';
import { type ChildSpec, Supervisor, type SupervisorOptions, type SupervisorPid } from '@coppice/supervisor';
import { Task } from '@coppice/task';
import type { Oracle } from '../../../oracle.ts';
import { ids, type Workers } from '../../../workers.ts';

/** Runs a step with a fresh supervisor, which is stopped afterwards. */
export type Step = (
  name: string,
  children: readonly ChildSpec[],
  body: (sup: SupervisorPid) => Promise<unknown>,
  options?: Partial<SupervisorOptions>,
) => Promise<void>;

const trap = { trap: true } as const;

/** Waits ms before it starts. */
export function slow(
  W: Workers,
  id: string,
  ms: number,
  options: { readonly trap?: boolean } = {},
): ChildSpec {
  const init = async () => {
    await sleep(ms);
    return 'go';
  };
  return W.spec(id, { init, ...options });
}

/** Crashes `a` while `b` starts. */
function crashEarly(O: Oracle, W: Workers): void {
  O.takeLog();
  spawn(async () => {
    await sleep(20);
    await W.crash('a', 'boom');
  });
}

export async function slowInit(O: Oracle, W: Workers): Promise<void> {
  const titles = {
    one_for_one: 'a child crashes while a later sibling starts slowly: restarted after the start',
    one_for_all: '…under one_for_all',
  } as const;
  for (const strategy of ['one_for_one', 'one_for_all'] as const) {
    crashEarly(O, W);
    const s = await Supervisor.startLink([W.spec('a'), slow(W, 'b', 60), W.spec('c')], { strategy });
    await Supervisor.countChildren(s);
    O.step(titles[strategy], [O.takeLog(), await ids(s)]);
    await Supervisor.stop(s);
    await O.mailbox();
    O.takeLog();
  }
  crashEarly(O, W);
  const failing = async () => {
    await sleep(60);
    return stopInit('nope');
  };
  const children = [W.spec('a'), W.spec('x', trap), W.spec('b', { init: failing })];
  const started = await O.result(() => Supervisor.startLink(children, { strategy: 'one_for_one' }));
  await O.mailbox();
  O.step('…and then that start fails: the dead one is not restarted', [started, O.takeLog()]);
}

export async function slowOperations(O: Oracle, W: Workers, step: Step): Promise<void> {
  await step(
    'a start_child that is slow: calls and crashes wait for it, in order',
    [W.spec('a')],
    async (s) => {
      O.takeLog();
      const task = Task.async(async () =>
        (await Supervisor.startChild(s, slow(W, 'b', 60))) === undefined ? 'undefined' : 'ok',
      );
      await sleep(20);
      await W.crash('a', 'boom');
      const isUp = whereis('a') !== undefined;
      const counts = await Supervisor.countChildren(s);
      return [isUp, counts, await Task.await(task), O.takeLog(), await ids(s)];
    },
  );
  await step(
    'two crashes while a start_child is slow: restarted in the order of their ends',
    [W.spec('a'), W.spec('b')],
    async (s) => {
      O.takeLog();
      const task = Task.async(() => Supervisor.startChild(s, slow(W, 'c', 60)));
      await sleep(20);
      await W.crash('b', 'boom');
      await W.crash('a', 'boom');
      await Task.await(task);
      await Supervisor.countChildren(s);
      return O.takeLog();
    },
  );
}

/** Ms for which start number `slowStart` of a worker lasts; the others are quick. */
function slowAt(W: Workers, id: string, isSlow: (n: number) => boolean): ChildSpec {
  const init = async (n: number) => {
    if (isSlow(n)) await sleep(60);
    return 'go';
  };
  return W.spec(id, { counter: { starts: 0 }, init });
}

export async function slowRestarts(O: Oracle, W: Workers, step: Step): Promise<void> {
  await step(
    'a restart that is slow: a sibling that crashes meanwhile is next',
    [W.spec('a'), slowAt(W, 'b', (n) => n > 0)],
    async (s) => {
      O.takeLog();
      await W.crash('b', 'boom');
      await sleep(20);
      await W.crash('a', 'boom');
      const isUp = whereis('a') !== undefined;
      await Supervisor.countChildren(s);
      return [isUp, O.takeLog()];
    },
  );
  await step(
    'a group restart that is slow: one that was started again crashes meanwhile, and the group is next',
    [W.spec('a'), slowAt(W, 'b', (n) => n === 1), W.spec('c')],
    async (s) => {
      O.takeLog();
      const before = whereis('a');
      await W.crash('c', 'boom');
      await O.waitUntil(() => ![undefined, before].includes(whereis('a')));
      await W.crash('a', 'again');
      await Supervisor.countChildren(s);
      return [O.takeLog(), await ids(s)];
    },
    { strategy: 'one_for_all' },
  );
}

export async function slowStops(O: Oracle, W: Workers, step: Step): Promise<void> {
  await step(
    'a terminate that is slow: crashes wait',
    [W.spec('a'), W.spec('b', { trap: true, hang: 60 })],
    async (s) => {
      O.takeLog();
      const task = Task.async(() => O.ok(() => Supervisor.terminateChild(s, 'b')));
      await sleep(20);
      await W.crash('a', 'boom');
      const isUp = whereis('a') !== undefined;
      const terminated = await Task.await(task);
      await Supervisor.countChildren(s);
      return [isUp, terminated, O.takeLog(), await ids(s)];
    },
  );
  await step(
    'the sibling that is being stopped crashes by itself: no restart of its own',
    [W.spec('a'), W.spec('b', { trap: true, terminate: () => exit('odd') })],
    async (s) => {
      O.takeLog();
      await W.crashSync(s, 'a', 'boom');
      return [O.takeLog(), await ids(s)];
    },
    { strategy: 'one_for_all' },
  );
}
