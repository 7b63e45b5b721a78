/** A port of one of the oracle's scripts: the same steps in the same order, through Coppice's public API. */
import '@coppice/application'; // its channels
import { createNode, subscribe } from '@coppice/core';
import '@coppice/gen-server'; // its channels
import '@coppice/supervisor'; // its channels
import { simulate } from '@coppice/testing';
import { type Line, Oracle } from './oracle.ts';

export interface Scenario {
  /** Path of the script without its ending: `sup/13_exit_signal_matrix`. */
  readonly id: string;
  readonly run: (O: Oracle) => Promise<void>;
}

/** A number: virtual time, in an order of processes that this seed fixes; 0 is first-in first-out. `'real'`: the production scheduler and clock. */
export type Run = number | 'real';

export interface Observed {
  readonly lines: readonly Line[];
  /** What ended the scenario before its last step. */
  readonly failure: unknown;
}

export function scenario(id: string, run: (O: Oracle) => Promise<void>): Scenario {
  return { id, run };
}

/** Runs a scenario as the main work of a fresh node and gives the lines that it wrote. */
export async function perform({ run }: Scenario, how: Run): Promise<Observed> {
  const lines: Line[] = [];
  // Crashes, restarts and stray messages are what scenarios are about: not for the console.
  const silence = [
    subscribe('coppice.process.crash', () => {}),
    subscribe('coppice.gen_server.unexpected_message', () => {}),
    subscribe('coppice.supervisor.report', () => {}),
    subscribe('coppice.application.report', () => {}),
  ];
  const body = () => run(new Oracle(lines));
  try {
    await (how === 'real' ? inRealTime(body) : inVirtualTime(body, how));
    return { lines, failure: undefined };
  } catch (failure) {
    return { lines, failure };
  } finally {
    for (const detach of silence) detach();
  }
}

function inVirtualTime(body: () => Promise<void>, seed: number): Promise<void> {
  return simulate(body, { crashes: 'allowed', isolation: 'share', seed });
}

async function inRealTime(body: () => Promise<void>): Promise<void> {
  const node = createNode();
  try {
    await node.run(body);
  } finally {
    await node.stop({ timeout: 1000 });
  }
}
