/** How a child is shut down: reason seen by a monitor, and what terminate saw. */
import {
  exit,
  monitor,
  monotonicTime,
  register,
  self,
  sleep,
  spawnLink,
  trapExit,
  whereis,
} from '@coppice/core';
import { Supervisor } from '@coppice/supervisor';
import { Task } from '@coppice/task';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done } from '../../term.ts';
import { Workers } from '../../workers.ts';

type SpecOptions = Parameters<Workers['spec']>[1];

/** Terminates a child with these options: the result, its exit reason, the log. */
async function probe(O: Oracle, W: Workers, options: SpecOptions): Promise<readonly unknown[]> {
  const sup = await Supervisor.startLink([W.spec('a', options)], { strategy: 'one_for_one' });
  const ref = monitor(whereis('a') ?? sup);
  O.takeLog();
  const r = done(await Supervisor.terminateChild(sup, 'a'));
  const down = await O.awaitDown(ref);
  const log = O.takeLog();
  await Supervisor.stop(sup);
  return [r, down, log];
}

export const shutdownModes: Scenario = scenario('sup/07_shutdown_modes', async (O) => {
  const W = new Workers(O);
  const step = async (name: string, options: SpecOptions) => O.step(name, await probe(O, W, options));
  await step('default 5000, does not trap', {});
  await step('default 5000, traps, quick terminate', { trap: true });
  await step('brutal_kill, does not trap', { shutdown: 'brutal_kill' });
  await step('brutal_kill, traps: terminate is not called', { trap: true, shutdown: 'brutal_kill' });
  await step('timeout 30, traps, hangs in terminate: killed', { trap: true, shutdown: 30, hang: 1000 });
  await step('timeout 300, traps, terminate takes 20: clean', { trap: true, shutdown: 300, hang: 20 });
  await step('infinity, traps, terminate takes 60: waits', { trap: true, shutdown: 'infinity', hang: 60 });
  const atOnce = await probe(O, W, { trap: true, shutdown: 0, hang: 500 });
  O.step('shutdown 0 is allowed: the shutdown signal, then killed at once', atOnce.slice(0, 2));
  await step('traps and exits with another reason in terminate', {
    trap: true,
    terminate: () => exit('other_reason'),
  });
  await step('traps and raises in terminate', {
    trap: true,
    terminate: () => {
      throw new Error('in terminate');
    },
  });
  await plainChild(O);
  await oneAfterAnother(O, W);
  await blocked(O, W);
  await crashDuringStop(O, W);
});

async function plainChild(O: Oracle): Promise<void> {
  const start = async () =>
    spawnLink<unknown>(async (ctx) => {
      trapExit(true);
      register(self(), 'plain');
      await ctx.receive((m) => m === 'never');
    });
  const sup = await Supervisor.startLink([{ id: 'p', shutdown: 30, start }], { strategy: 'one_for_one' });
  await O.waitUntil(() => whereis('plain') !== undefined);
  const ref = monitor(whereis('plain') ?? sup);
  O.step('a plain spawned child that traps and ignores EXIT messages, timeout 30', [
    done(await Supervisor.terminateChild(sup, 'p')),
    await O.awaitDown(ref),
  ]);
}

async function oneAfterAnother(O: Oracle, W: Workers): Promise<void> {
  const slow = { trap: true, shutdown: 40, hang: 1000 } as const;
  const sup = await Supervisor.startLink(
    ['h1', 'h2', 'h3'].map((id) => W.spec(id, slow)),
    { strategy: 'one_for_one' },
  );
  const start = monotonicTime();
  await Supervisor.stop(sup);
  const elapsed = monotonicTime() - start;
  O.takeLog();
  O.step(
    'children are shut down one after another, each with its own time: the total is the sum',
    elapsed >= 115 && elapsed < 900,
  );
}

async function blocked(O: Oracle, W: Workers): Promise<void> {
  const slow = W.spec('slow', { trap: true, shutdown: 'infinity', hang: 80 });
  const sup = await Supervisor.startLink([slow, W.spec('x')], { strategy: 'one_for_one' });
  const task = Task.async(async () => {
    await Supervisor.terminateChild(sup, 'slow');
    return 'terminated';
  });
  await sleep(15);
  const counts = await Supervisor.countChildren(sup);
  O.step('supervisor is blocked while it waits for a child: a call queues', [counts, await Task.await(task)]);
  O.takeLog();
}

async function crashDuringStop(O: Oracle, W: Workers): Promise<void> {
  trapExit(true);
  const second = W.spec('second', { trap: true, terminate: () => W.cast('first', 'crash') });
  const sup = await Supervisor.startLink([W.spec('first', { trap: true }), second], {
    strategy: 'one_for_one',
  });
  O.takeLog();
  await Supervisor.stop(sup);
  await O.mailbox();
  O.step('a child that crashes while a sibling is being shut down is not restarted by a stop', O.takeLog());
}
