/** How a dynamic supervisor and its children end. */
import { Agent } from '@coppice/agent';
import { exit, isPid, monitor, monotonicTime, type Pid } from '@coppice/core';
import {
  type ChildSpec,
  DynamicSupervisor as DS,
  type DynamicSupervisorOptions,
  type DynamicSupervisorPid,
} from '@coppice/supervisor';
import type { Oracle } from '../../../oracle.ts';
import { asList } from '../../../term.ts';
import type { Workers } from '../../../workers.ts';

export type Sup = DynamicSupervisorPid;
/** Runs a step with a fresh supervisor, which is stopped afterwards. */
export type Step = (
  name: string,
  options: DynamicSupervisorOptions,
  body: (sup: Sup) => Promise<unknown>,
) => Promise<void>;

const trap = { trap: true } as const;
export const agent = (): ChildSpec => ({ ...Agent.childSpec(() => 0), id: 'agent' });

export async function add(sup: Sup, spec: ChildSpec): Promise<Pid<never>> {
  const started = await DS.startChild(sup, spec);
  if (!isPid(started)) throw new TypeError('the child did not start');
  return started;
}

export async function gaveUp(O: Oracle, W: Workers, step: Step): Promise<void> {
  await step(
    'intensity: too many, then all others end with shutdown',
    { maxRestarts: 1, maxSeconds: 60 },
    async (s) => {
      const ref = monitor(s);
      for (const id of ['a', 'b']) await add(s, W.spec(id, trap));
      await add(s, W.spec('c'));
      await W.crashSync(s, 'c', 'boom');
      O.takeLog();
      await W.crash('c', 'boom');
      return [await O.awaitDown(ref), sorted(O.takeLog().filter((event) => asList(event)[1] !== 'c'))];
    },
  );
  await step('max_restarts 0 and a normal end of a permanent child', { maxRestarts: 0 }, async (s) => {
    const ref = monitor(s);
    await add(s, W.spec('a'));
    await W.crash('a', 'normal');
    return O.awaitDown(ref);
  });
  await step('the supervisor is killed: its children end', {}, async (s) => {
    const [worker, other] = [await add(s, W.spec('a', trap)), await add(s, agent())];
    const refs = [monitor(other), monitor(worker)] as const;
    O.takeLog();
    exit(s, 'kill');
    return [await O.awaitDown(refs[0]), await O.awaitDown(refs[1]), O.takeLog()];
  });
}

export async function stops(O: Oracle, W: Workers, step: Step): Promise<void> {
  await step('mixed shutdown times: all at once', {}, async (s) => {
    const specs = [
      W.spec('bk', { trap: true, shutdown: 'brutal_kill' }),
      W.spec('slow', { trap: true, hang: 1000, shutdown: 30 }),
      W.spec('inf', { trap: true, hang: 60, shutdown: 'infinity' }),
      W.spec('plain'),
    ];
    const refs: (readonly [unknown, ReturnType<typeof monitor>])[] = [];
    for (const spec of specs) refs.push([spec.id, monitor(await add(s, spec))]);
    O.takeLog();
    const began = monotonicTime();
    await DS.stop(s);
    const elapsed = monotonicTime() - began;
    const ends: unknown[] = [];
    for (const [id, ref] of refs) ends.push([id, await O.awaitDown(ref)]);
    return [ends, elapsed >= 60 && elapsed < 200, sorted(O.takeLog())];
  });
  await step('stop with a reason: the children get shutdown all the same', {}, async (s) => {
    await add(s, W.spec('a', trap));
    const ref = monitor(s);
    O.takeLog();
    const stopped = await O.catching(() => O.ok(() => DS.stop(s, { shutdown: 'bye' })));
    return [stopped, await O.awaitDown(ref), O.takeLog()];
  });
}

function sorted(events: readonly unknown[]): readonly unknown[] {
  return events.toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
}
