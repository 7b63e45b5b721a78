/** Random programs, the same as `RandomProgram` of the Elixir script makes. */
import type { ExitReason } from '@coppice/core';
import { Dice } from '../../../dice.ts';

const often = [
  'link',
  'link',
  'link',
  'unlink',
  'monitor',
  'monitor',
  'exit_to',
  'exit_to',
  'trap',
  'drain',
  'drain',
] as const;
const seldom = [
  'monitor_explicit',
  'monitor_bound',
  'monitor_once',
  'demonitor',
  'flush',
  'exit',
  'throw',
  'send',
  'untrap',
  'alias',
  'alias_once',
  'unalias',
  'send_ref',
  'info',
  'name',
  'unname',
  'send_name',
  'monitor_name',
  'spawn_link',
  'spawn_monitor',
] as const;
const operations = [...often, ...seldom];
const reasons = ['normal', 'shutdown', 'crash', 'kill', 'killed', 'noproc'] as const;

/** What worker `worker` does, with the worker `other`, its reference or the name number `index`, and `reason`. */
export interface Step {
  readonly operation: (typeof operations)[number];
  readonly worker: number;
  readonly other: number;
  readonly index: number;
  readonly reason: ExitReason & string;
}

export const WORKERS = [0, 1, 2, 3] as const;

export function randomProgram(seed: number): readonly Step[] {
  const dice = new Dice(seed);
  const plain = { other: 0, index: 0, reason: 'normal' } as const;
  const first = WORKERS.filter(() => dice.pick(5) < 3).map(
    (worker): Step => ({ operation: 'trap', worker, ...plain }),
  );
  const steps = Array.from({ length: 40 }, () => randomStep(dice));
  const last = (['drain', 'info'] as const).flatMap((operation) =>
    WORKERS.map((worker): Step => ({ operation, worker, ...plain })),
  );
  return [...first, ...steps, ...last];
}

function randomStep(dice: Dice): Step {
  // The order of these draws is that of the script.
  const operation = dice.from(operations);
  const worker = dice.pick(4);
  const other = dice.pick(4);
  const index = dice.pick(4);
  return { operation, worker, other, index, reason: dice.from(reasons) };
}
