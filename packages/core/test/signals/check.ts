/** Random programs, run by real processes and by the model: the same processes alive, the same reasons, mailboxes, flags and links. */
import type * as Core from '@coppice/core';
import type { CoppiceNode, Pid } from '@coppice/core';
import fc from 'fast-check';
import { expect } from 'vitest';
import { SignalModel } from './model.ts';
import { type Burst, FIRST_PROCESSES, fit, program } from './program.ts';
import { type Command, labelOf, type Plain, Puppets } from './puppets.ts';

/** Checks `runs` programs; resolves with how often each action had each outcome, rejects with the smallest program that goes wrong. */
export async function checkPrograms(
  lib: typeof Core,
  runs: number,
  seed: number,
): Promise<ReadonlyMap<string, number>> {
  const coverage = new Map<string, number>();
  const silence = lib.subscribe('coppice.process.crash', () => {}); // they are meant to crash
  try {
    await fc.assert(
      fc.asyncProperty(program, (bursts) => check(lib, bursts, coverage)),
      { numRuns: runs, seed },
    );
  } finally {
    silence();
  }
  return coverage;
}

/** A node that runs one turn after the other, and tells when nothing is left to do. */
class Stage {
  readonly node: CoppiceNode;
  #settled: () => void = () => {};

  constructor(lib: typeof Core) {
    this.node = lib.createNode({ scheduler: { next: () => 0 }, onIdle: () => this.#settled() });
  }

  async settle(act: () => void): Promise<void> {
    const settled = new Promise<void>((resolve) => {
      this.#settled = resolve;
    });
    await this.node.run(act);
    await settled;
  }
}

async function check(
  lib: typeof Core,
  bursts: readonly Burst[],
  coverage: Map<string, number>,
): Promise<void> {
  const model = new SignalModel(FIRST_PROCESSES, coverage);
  const stage = new Stage(lib);
  const puppets = new Puppets(lib);
  const reasons = new Map<Pid<never>, unknown>();
  const detach = lib.subscribe('coppice.process.exit', ({ pid, reason }) => reasons.set(pid, reason));
  try {
    await stage.settle(() => {
      for (let n = 0; n < FIRST_PROCESSES; n += 1) puppets.start('plain');
    });
    for (const round of rounds(bursts)) await step(round);
  } finally {
    detach();
  }

  async function step(round: readonly Burst[]): Promise<void> {
    const parts = round.flatMap(({ actor, actions: all }) => {
      const id = actor % puppets.pids.length;
      // A return or a throw ends a body some promise reactions later: what else is on its way then, comes first or not.
      const alone = round.length === 1 && all[0]?.kind === 'end';
      const actions = alone ? all.slice(0, 1) : all.filter(({ kind }) => kind !== 'end');
      return model.processes[id]?.isAlive === true
        ? [{ id, actions: fit(actions, puppets.pids.length) }]
        : [];
    });
    if (parts[0]?.id === parts[1]?.id) parts.length = Math.min(1, parts.length); // two different ones, or one
    for (const { id, actions } of parts) model.burst(id, actions);
    model.settle();
    await stage.settle(() => {
      for (const { id, actions } of parts) puppets.act(id, actions); // with no signal in between
    });
    for (const process of model.processes) compare(process);
  }

  function compare(process: SignalModel['processes'][number]): void {
    const { id } = process;
    const pid = puppets.pids[id] ?? expect.fail(`process ${id} was not started`);
    const info = stage.node.info(pid);
    expect(info !== undefined, `process ${id} is alive`).toBe(process.isAlive);
    if (info === undefined) {
      expect(labelOf(reasons.get(pid)), `reason of process ${id}`).toBe(process.reason);
      return;
    }
    expect(puppets.seen[id], `what process ${id} has seen`).toEqual(process.mailbox);
    expect(puppets.throws.get(id) ?? 0, `how often link threw in process ${id}`).toBe(process.throws);
    expect(info.trapExit, `whether process ${id} traps`).toBe(process.traps);
    const peers = info.links.map((peer) => puppets.pids.indexOf(peer as Pid<Command | Plain>));
    expect(new Set(peers), `links of process ${id}`).toEqual(model.linksOf(id));
    puppets.seen[id] = [];
    process.mailbox = [];
  }
}

/** Bursts of different processes that follow each other without a pause. */
function rounds(bursts: readonly Burst[]): readonly (readonly Burst[])[] {
  const all: Burst[][] = [];
  for (const burst of bursts) {
    const last = all.at(-1);
    if (last?.length === 1 && burst.joins) last.push(burst);
    else all.push([burst]);
  }
  return all;
}

/** The table of coverage, and its least count. */
export function print(coverage: ReadonlyMap<string, number>): number {
  const rows = [...coverage].sort(([a], [b]) => (a < b ? -1 : 1));
  console.log(rows.map(([key, count]) => `${String(count).padStart(8)}  ${key}`).join('\n'));
  return Math.min(...coverage.values());
}
