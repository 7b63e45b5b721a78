/** Random programs of trees of supervisors, three levels deep: crashes, kills, terminations and restarts of what is where. */
import { isAlive, monitor, sleep, whereis } from '@coppice/core';
import { Supervisor } from '@coppice/supervisor';
import type { Oracle } from '../../oracle.ts';
import { crash, kill, resultOf, settle, startResult } from '../../random-children.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { ids, Workers } from '../../workers.ts';
import { type Program, randomProgram, type Step } from './13-random-trees/program.ts';

export const randomTrees: Scenario = scenario('more/13_random_trees', async (O) => {
  await O.trap();
  const W = new Workers(O);
  for (let seed = 1; seed <= 80; seed++) O.step(`program ${seed}`, await run(O, W, randomProgram(W, seed)));
});

async function run(O: Oracle, W: Workers, { root, steps }: Program): Promise<readonly unknown[]> {
  O.takeLog();
  const sup = await Supervisor.startLink(root.children, { ...root.flags, name: 'root' });
  const end = monitor(sup);
  const supervisors = ['root', ...root.supervisors];
  const lines: unknown[] = [['started', O.takeLog(), await shot(supervisors)]];
  for (const step of steps) {
    if (!isAlive(sup)) break;
    const result = await resultOf(() => perform(O, W, step));
    await settle(supervisors, () => sleep(1));
    const line = [step.operation, step.id, result, O.takeLog()];
    lines.push(isAlive(sup) ? [...line, await shot(supervisors)] : line);
  }
  if (isAlive(sup)) await Supervisor.stop(sup);
  const last = O.takeLog();
  const reason = await O.awaitDown(end);
  await O.mailbox();
  return [...lines, ['stopped', reason, last]];
}

/** What each supervisor that runs says of its children. */
async function shot(supervisors: readonly string[]): Promise<readonly unknown[]> {
  const shots: unknown[] = [];
  for (const name of supervisors) if (whereis(name) !== undefined) shots.push([name, await ids(name)]);
  return shots;
}

async function perform(O: Oracle, W: Workers, step: Step): Promise<unknown> {
  const { operation, id, reason, supervisor } = step;
  switch (operation) {
    case 'crash':
      return crash(W, id, reason);
    case 'kill':
      return kill(O, id);
    case 'terminate':
      return withChild(step, (child) => O.ok(() => Supervisor.terminateChild(supervisor, child)));
    case 'restart':
      return withChild(step, async (child) => {
        const [kind, value] = await startResult(O, () => Supervisor.restartChild(supervisor, child));
        return [kind, kind === 'error' && typeof value !== 'string' ? 'other' : value];
      });
  }
}

/** Does it with the child at the step's place, if there is one. */
async function withChild(
  { supervisor, place }: Step,
  fn: (id: string) => Promise<unknown>,
): Promise<unknown> {
  if (whereis(supervisor) === undefined) return 'none';
  const child = (await Supervisor.whichChildren(supervisor))[place];
  if (child === undefined) return 'none';
  const id = String(child.id); // all of them are strings
  return [id, await fn(id)];
}
