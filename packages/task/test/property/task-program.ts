/**
 * Random programs of one owner and its tasks: what each task does, what outsiders do to them, and what the owner does, one thing after the other.
 * Durations have a fraction that is a different power of two for each, so that no two things ever happen at the same moment by chance.
 */
import fc from 'fast-check';

/** How a task ends, if it is left alone. */
export type Ending = 'value' | 'throw' | 'exit' | 'exit_normal' | 'shutdown';

export interface TaskPlan {
  readonly ms: number;
  readonly ending: Ending;
  /** A signal from outside, if the task still runs then. */
  readonly signal: { readonly ms: number; readonly reason: 'kill' | 'shutdown' | 'odd' } | undefined;
  readonly trapsExits: boolean;
  readonly isLinked: boolean;
}

/** Ms, or for ever. */
export type Limit = number | 'infinity';

/** What the owner does; `tasks` are indices. */
export type Action =
  | { readonly kind: 'await' | 'yield'; readonly task: number; readonly timeout: Limit }
  | { readonly kind: 'shutdown'; readonly task: number; readonly time: Limit | 'brutal_kill' }
  | { readonly kind: 'ignore'; readonly task: number }
  | { readonly kind: 'awaitMany'; readonly tasks: readonly number[]; readonly timeout: Limit }
  | {
      readonly kind: 'yieldMany';
      readonly tasks: readonly number[];
      readonly timeout: Limit;
      readonly limit: number | undefined;
      readonly onTimeout: 'nothing' | 'ignore' | 'kill_task';
    }
  | { readonly kind: 'sleep'; readonly ms: number };

export interface Program {
  /** Order of the processes. */
  readonly seed: number;
  readonly trapsExits: boolean;
  readonly tasks: readonly TaskPlan[];
  readonly actions: readonly Action[];
}

/** What an action gave, and when. */
export interface Result {
  readonly at: number;
  readonly gave: unknown;
}

/** All that can be observed of a run. */
export interface Observation {
  readonly results: readonly Result[];
  /** When and why the owner ended; `'done'`: it did all. */
  readonly owner: Result;
  /** What is in its mailbox when it has done all. */
  readonly mailbox: readonly string[];
  /** When and why each task ended. */
  readonly tasks: readonly Result[];
}

const MOST_TASKS = 5;
const MOST_ACTIONS = 7;

/** Duration of a task, made unlike any other and any sum of others. */
export function taskMs(index: number, { ms }: TaskPlan): number {
  return ms + 2 ** -(index + 1);
}
export function signalMs(index: number, ms: number): number {
  return ms + 2 ** -(MOST_TASKS + index + 1);
}
export function actionMs<T extends Limit | 'brutal_kill'>(index: number, ms: T): T | number {
  return typeof ms === 'number' ? ms + 2 ** -(2 * MOST_TASKS + index + 1) : ms;
}

/** The value and the reasons of task `index`. */
export const valueOf = (index: number): string => `value ${index}`;
export const reasonOf = (index: number, what: string): string => `${what} ${index}`;

const ms = fc.integer({ min: 1, max: 120 });
const limit: fc.Arbitrary<Limit> = fc.oneof(
  { weight: 5, arbitrary: ms },
  { weight: 1, arbitrary: fc.constant('infinity' as const) },
);
const index = fc.integer({ min: 0, max: MOST_TASKS - 1 });
const some = fc.array(index, { maxLength: 4 });

const plan: fc.Arbitrary<TaskPlan> = fc.record({
  ms,
  ending: fc.oneof(
    { weight: 5, arbitrary: fc.constant<Ending>('value') },
    { weight: 3, arbitrary: fc.constantFrom<Ending>('throw', 'exit', 'exit_normal', 'shutdown') },
  ),
  signal: fc.oneof(
    { weight: 2, arbitrary: fc.constant(undefined) },
    {
      weight: 1,
      arbitrary: fc.record({
        ms,
        reason: fc.constantFrom('kill' as const, 'shutdown' as const, 'odd' as const),
      }),
    },
  ),
  trapsExits: fc.boolean(),
  isLinked: fc.boolean(),
});

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('await' as const, 'yield' as const),
      task: index,
      timeout: limit,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('shutdown' as const),
      task: index,
      time: fc.oneof(limit, fc.constant('brutal_kill' as const)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('ignore' as const), task: index }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('awaitMany' as const), tasks: some, timeout: limit }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('yieldMany' as const),
      tasks: some,
      timeout: limit,
      limit: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
      onTimeout: fc.constantFrom('nothing' as const, 'ignore' as const, 'kill_task' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('sleep' as const), ms }) },
);

export const program: fc.Arbitrary<Program> = fc.record({
  seed: fc.integer({ min: 0, max: 1_000 }),
  trapsExits: fc.boolean(),
  tasks: fc.array(plan, { minLength: MOST_TASKS, maxLength: MOST_TASKS }),
  actions: fc.array(action, { minLength: 1, maxLength: MOST_ACTIONS }),
});
