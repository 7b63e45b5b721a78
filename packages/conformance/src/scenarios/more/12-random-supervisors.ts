/** Random programs of one supervisor each: children of all restart types that start, ignore or fail, and twelve operations. */
import { isAlive, monitor, type Pid, StartError, sleep } from '@coppice/core';
import { GenServer, type ServerPid } from '@coppice/gen-server';
import { Supervisor, type SupervisorPid } from '@coppice/supervisor';
import type { Oracle } from '../../oracle.ts';
import { crash, kill, quietly, resultOf, settle, startResult } from '../../random-children.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { ids, Workers } from '../../workers.ts';
import { type Program, randomProgram, type Step } from './12-random-supervisors/program.ts';

export const randomSupervisors: Scenario = scenario('more/12_random_supervisors', async (O) => {
  await O.trap();
  const W = new Workers(O);
  for (let seed = 1; seed <= 100; seed++) O.step(`program ${seed}`, await run(O, W, randomProgram(W, seed)));
});

async function run(O: Oracle, W: Workers, { flags, children, steps }: Program): Promise<readonly unknown[]> {
  O.takeLog();
  let sup: SupervisorPid;
  try {
    sup = await Supervisor.startLink(children, flags);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    await O.mailbox();
    return [['failed', tagOf(error.reason), O.takeLog()]];
  }
  const end = monitor(sup);
  const lines: unknown[] = [['started', O.takeLog(), await ids(sup)]];
  for (const step of steps) {
    if (!isAlive(sup)) break;
    lines.push(await lineOf(O, W, sup, step));
  }
  if (isAlive(sup)) await Supervisor.stop(sup);
  const last = O.takeLog();
  const reason = await O.awaitDown(end);
  await O.mailbox();
  return [...lines, ['stopped', reason, last]];
}

/** The first element of a reason's tuple. */
function tagOf(reason: unknown): unknown {
  return typeof reason === 'object' && reason !== null ? Object.keys(reason)[0] : reason;
}

async function lineOf(O: Oracle, W: Workers, sup: SupervisorPid, step: Step): Promise<readonly unknown[]> {
  const result = await resultOf(() => perform(O, W, sup, step));
  await settle([sup], () => sleep(2));
  const line = [step.operation, step.id, result];
  if (!isAlive(sup)) return [...line, O.takeLog()];
  const { active, specs, supervisors, workers } = await Supervisor.countChildren(sup);
  return [...line, O.takeLog(), await ids(sup), [active, specs, supervisors, workers]];
}

async function perform(O: Oracle, W: Workers, sup: SupervisorPid, step: Step): Promise<unknown> {
  const { operation, id, other, reason, spec } = step;
  switch (operation) {
    case 'crash':
      return crash(W, id, reason);
    case 'kill':
      return kill(O, id);
    case 'terminate':
      return O.ok(() => Supervisor.terminateChild(sup, id));
    case 'restart':
      return startResult(O, () => Supervisor.restartChild(sup, id));
    case 'delete':
      return O.ok(() => Supervisor.deleteChild(sup, id));
    case 'start':
      return startResult(O, () => Supervisor.startChild(sup, spec));
    case 'both': {
      // Two ends that the supervisor sees at once.
      const server = sup as Pid<never> as ServerPid<never>; // every supervisor is a server
      await GenServer.suspend(server);
      const ends = [other, await kill(O, id), await crash(W, other, reason)];
      await quietly(() => GenServer.resume(server));
      return ends;
    }
  }
}
