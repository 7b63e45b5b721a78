/** A port of one of the oracle's scripts: the same steps in the same order, through Coppice's public API. */
import { createNode, subscribe } from '@coppice/core';
import '@coppice/gen-server'; // its channel
import { type Line, Oracle } from './oracle.ts';

export interface Scenario {
  /** Path of the script without its ending: `sup/13_exit_signal_matrix`. */
  readonly id: string;
  readonly run: (O: Oracle) => Promise<void>;
}

export interface Observed {
  readonly lines: readonly Line[];
  /** What ended the scenario before its last step. */
  readonly failure: unknown;
}

export function scenario(id: string, run: (O: Oracle) => Promise<void>): Scenario {
  return { id, run };
}

/** Runs a scenario as the main process of a fresh node and gives the lines that it wrote. */
export async function perform({ run }: Scenario): Promise<Observed> {
  const node = createNode({ name: 'nonode@nohost' });
  const lines: Line[] = [];
  // Crashes and stray messages are what scenarios are about: not for the console.
  const silence = [
    subscribe('coppice.process.crash', () => {}),
    subscribe('coppice.gen_server.unexpected_message', () => {}),
  ];
  try {
    await node.run(() => run(new Oracle(lines)));
    return { lines, failure: undefined };
  } catch (failure) {
    return { lines, failure };
  } finally {
    await node.stop({ timeout: 1000 });
    for (const detach of silence) detach();
  }
}
