/** Random programs of links, monitors, aliases, names and exits, each done by four workers, one step at a time. */
import {
  context,
  type Down,
  demonitor,
  exit,
  isAlive,
  isDown,
  isRef,
  type MonitorRef,
  monitor,
  self,
  send,
  sleep,
} from '@coppice/core';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { text } from '../../term.ts';
import { randomProgram, type Step, WORKERS } from './11-random-signals/program.ts';
import {
  type Command,
  type Done,
  formatReason,
  startWorker,
  type WorkerPid,
} from './11-random-signals/worker.ts';

export const randomSignals: Scenario = scenario('more/11_random_signals', async (O) => {
  for (let seed = 1; seed <= 60; seed++) O.step(`program ${seed}`, text(await perform(O, seed)));
});

interface Group {
  readonly workers: readonly WorkerPid[];
  readonly ends: ReadonlyMap<WorkerPid, MonitorRef>;
  /** That came in place of an answer: each is shown with its step. */
  readonly downs: Map<MonitorRef, Down>;
}

async function perform(O: Oracle, seed: number): Promise<readonly string[]> {
  const driver = self<Done>();
  const workers: WorkerPid[] = [];
  for (const place of WORKERS) workers.push(startWorker(driver, place, workers));
  const ends = new Map(workers.map((worker) => [worker, monitor(worker)]));
  const group: Group = { workers, ends, downs: new Map() };
  const lines: string[] = [];
  for (const step of randomProgram(seed)) {
    const line = await lineOf(step, group);
    if (!line.endsWith(': dead')) lines.push(line);
  }
  for (const [worker, ref] of ends) {
    demonitor(ref, { flush: true });
    exit(worker, 'kill');
    await O.down(worker);
  }
  return lines;
}

async function lineOf(step: Step, group: Group): Promise<string> {
  const { operation, worker, other, index, reason } = step;
  const target = operation === 'send_ref' ? await command(other, { type: 'ref', index }, group) : undefined;
  const result = await command(
    worker,
    { type: 'step', step, target: isRef(target) ? target : undefined },
    group,
  );
  await sleep(2); // all that follows from the step has happened then
  const downs: string[] = [];
  for (const [place, member] of group.workers.entries()) {
    const down = await receiveDown(member, group);
    if (down !== undefined) downs.push(` ${place}=${formatReason(down.reason)}`);
  }
  return `${operation} ${worker} ${other} ${index} ${reason}: ${String(result)}${downs.join('')}`;
}

async function command(place: number, what: Command, { workers, ends, downs }: Group): Promise<unknown> {
  const worker = workers[place];
  if (worker === undefined || !isAlive(worker)) return 'dead';
  const end = ends.get(worker);
  send(worker, what);
  const isNews = (message: Done | Down): boolean =>
    isDown(message) ? message.ref === end : message.worker === worker;
  const news = await context<Done | Down>().receive(isNews);
  if (!isDown(news)) return news.result;
  downs.set(news.ref, news);
  return 'ended';
}

async function receiveDown(worker: WorkerPid, { ends, downs }: Group): Promise<Down | undefined> {
  const ref = ends.get(worker);
  if (ref === undefined) return undefined;
  const early = downs.get(ref);
  downs.delete(ref);
  return early ?? context<Down>().receive({ ref }, { timeout: 0 });
}
