/** Random programs of tasks, the same as `RandomTasks` of the Elixir script makes. */
import { Dice } from '../../../dice.ts';

const starts = ['linked', 'supervised', 'nolink'] as const;
const ends = [
  ...(['value', 'value', 'value', 'crash', 'normal', 'shutdown', 'shutdown_1'] as const),
  ...(['raise', 'throw', 'kill', 'forever', 'deaf', 'heeds'] as const),
];
const kinds = [
  ...(['sleep', 'await', 'await', 'yield', 'yield', 'shutdown', 'shutdown'] as const),
  ...(['brutal', 'ignore', 'await_many', 'yield_many'] as const),
];

/** A task: how it is started, how it ends, after how many ms. */
export interface Spec {
  readonly index: number;
  readonly start: (typeof starts)[number];
  readonly end: (typeof ends)[number];
  readonly ms: number;
}
/** What the owner does: with the task number `index`, or all that are left. */
export interface Action {
  readonly kind: (typeof kinds)[number];
  readonly index: number;
  readonly ms: number;
}
export interface Program {
  readonly trapsExits: boolean;
  readonly tasks: readonly Spec[];
  readonly actions: readonly Action[];
}

export function randomProgram(seed: number): Program {
  const dice = new Dice(seed);
  // The order of the draws is that of the script.
  for (let n = 0; n < 10; n += 1) dice.pick(2);
  const trapsExits = dice.pick(2) === 1;
  const tasks = Array.from({ length: dice.pick(3) + 1 }, (_, index): Spec => {
    const start = dice.from(starts);
    const end = dice.from(ends);
    return { index, start, end, ms: 400 * (1 + dice.pick(3)) + 100 * index };
  });
  const actions = Array.from({ length: dice.pick(4) + 1 }, (): Action => {
    const kind = dice.from(kinds);
    const index = dice.pick(tasks.length);
    return { kind, index, ms: 400 * dice.pick(3) + 20 };
  });
  return { trapsExits, tasks, actions };
}
