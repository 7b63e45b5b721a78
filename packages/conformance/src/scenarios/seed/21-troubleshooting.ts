/** Troubleshooting. */
import { Agent, type AgentPid } from '@coppice/agent';
import { ExitError, monotonicTime, sleep } from '@coppice/core';
import { Ets } from '@coppice/ets';
import { Task } from '@coppice/task';
import { ErlangError } from '../../exceptions.ts';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done, untyped } from '../../term.ts';

interface Item {
  readonly at: number;
}
type Items = Readonly<Record<string, Item>>;

const now = 100;
const isRecent = ([, { at }]: readonly [string, Item]) => at > now - 10;

export const troubleshooting: Scenario = scenario('seed/21_troubleshooting', async (O) => {
  const patient = Task.async(async () => {
    await sleep(20);
    return 'ok';
  });
  O.step('await with a longer time', await Task.await(patient, 30_000));
  const start = monotonicTime();
  const task = Task.async(async () => {
    await sleep(2000);
    return 'finished';
  });
  const r = await Task.shutdown(task, 5000);
  O.step('shutdown gracefully: a plain task is just ended, at once, not given 5 s to finish', [
    r,
    monotonicTime() - start < 500,
  ]);
  table(O);
  await cleanup(O);
  const items = await Agent.startLink((): Items => ({ a: { at: 95 }, b: { at: 50 } }));
  await Agent.update(items, (state) => Object.fromEntries(Object.entries(state).filter(isRecent)));
  O.step('a cleanup that keeps the map', await Agent.get(items, (state) => state));
});

function table(O: Oracle): void {
  const myTable = Ets.new(Ets.name<string, string>('my_table'), { protection: 'public' });
  const inserted = done(Ets.insert(myTable, 'key', 'value'), true);
  O.step('ETS table instead of the agent', [
    myTable.name,
    inserted,
    lookup(myTable, 'key'),
    lookup(myTable, 'nokey'),
  ]);
}

/** `:ets.lookup/2`: the objects under the key. */
function lookup(of: Ets<string, string>, key: string): readonly unknown[] {
  const value = Ets.lookup(of, key);
  return value === undefined ? [] : [[key, value]];
}

async function cleanup(O: Oracle): Promise<void> {
  const agent: AgentPid<Items> = await Agent.start((): Items => ({ a: { at: 95 }, b: { at: 50 } }));
  const seedsCleanup = (state: Items) => untyped(Object.entries(state).filter(isRecent));
  O.step("seed's cleanup: returns :ok", done(await Agent.update(agent, seedsCleanup)));
  O.step(
    'seed defect: the state is now a list of pairs, not a map',
    await Agent.get(agent, (state) => {
      const pairs: readonly (readonly [string, { readonly at: number }])[] = Array.isArray(state)
        ? state
        : [];
      return [isMap(state), Array.isArray(state), pairs.map(([key, { at }]) => [key, at])];
    }),
  );
  const [kind, error] = await O.catching(() => Agent.update(agent, (state) => put(state, 'c', { at: 99 })));
  const reason = error instanceof ExitError ? error.reason : error;
  const original =
    reason instanceof ErlangError && Array.isArray(reason.original) ? reason.original : [reason];
  O.step('the next Map.put on it crashes the agent', [kind, original[0], Array.isArray(original[1])]);
}

/** `Map.put/3` */
function put(state: Items, key: string, item: Item): Items {
  if (!isMap(state)) throw new ErlangError(['badmap', state]);
  return { ...state, [key]: item };
}

function isMap(state: unknown): boolean {
  return typeof state === 'object' && state !== null && !Array.isArray(state);
}
