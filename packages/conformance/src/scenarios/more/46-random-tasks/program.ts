/** Random programs of tasks, the same as `RandomTasks` of the Elixir script makes. */

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
  let state = seed;
  /** The minimal standard generator: the same numbers in any language. */
  const pick = (count: number): number => {
    state = (state * 16_807) % 2_147_483_647;
    return Math.floor(state / 8) % count;
  };
  const from = <T>(list: readonly T[]): T => list[pick(list.length)] as T; // `pick` is within the list
  // The order of the draws is that of the script.
  for (let n = 0; n < 10; n += 1) pick(2);
  const trapsExits = pick(2) === 1;
  const tasks = Array.from({ length: pick(3) + 1 }, (_, index): Spec => {
    const start = from(starts);
    const end = from(ends);
    return { index, start, end, ms: 400 * (1 + pick(3)) + 100 * index };
  });
  const actions = Array.from({ length: pick(4) + 1 }, (): Action => {
    const kind = from(kinds);
    const index = pick(tasks.length);
    return { kind, index, ms: 400 * pick(3) + 20 };
  });
  return { trapsExits, tasks, actions };
}
