/**
 * Random streams: what the task of each item does, how the stream works, and what its consumer does. Durations have a fraction that is a different power of
 * two for each, so that no two things ever happen at the same moment by chance.
 */
import fc from 'fast-check';
import type { Ending, Limit } from './task-program.ts';

/** What the task of one item does. */
export interface ItemPlan {
  readonly ms: number;
  readonly ending: Ending;
  readonly trapsExits: boolean;
}

export interface StreamProgram {
  /** Order of the processes. */
  readonly seed: number;
  readonly items: readonly ItemPlan[];
  readonly from: 'Task' | 'asyncStream' | 'asyncStreamNolink';
  readonly maxConcurrency: number;
  readonly ordered: boolean;
  readonly timeout: Limit;
  readonly onTimeout: 'exit' | 'kill_task';
  readonly zipInputOnExit: boolean;
  /** Of the consumer. */
  readonly trapsExits: boolean;
  /** Ms that the consumer takes for each outcome. */
  readonly consumerMs: readonly number[];
  /** It leaves the loop after so many outcomes. */
  readonly leaveAfter: number | undefined;
  /** It is killed at this time. */
  readonly killedAt: number | undefined;
}

/** When, and what. */
export interface Moment {
  readonly at: number;
  readonly what: unknown;
}

/** All that can be observed of a run. */
export interface StreamObservation {
  readonly outcomes: readonly Moment[];
  /** How the iteration ended: `'done'`, `'left'`, an exit that was caught, or the reason for which the consumer ended. */
  readonly consumer: Moment;
  readonly mailbox: readonly string[];
  /** By item, of each that was drawn and not killed in the moment of its start: when its task began, and when and why that ended. */
  readonly tasks: ReadonlyMap<number, { readonly began: number; readonly end: Moment }>;
}

const MOST_ITEMS = 8;

export function itemMs(index: number, { ms }: ItemPlan): number {
  return ms + 2 ** -(index + 1);
}
/** What the consumer takes for the outcome that is the `index`th. */
export function consumerMs(program: StreamProgram, index: number): number {
  return (program.consumerMs[index] ?? 0) + 2 ** -(MOST_ITEMS + index + 1);
}
export function timeoutMs(timeout: Limit): Limit {
  return timeout === 'infinity' ? timeout : timeout + 2 ** -(2 * MOST_ITEMS + 1);
}
export function killMs(ms: number): number {
  return ms + 2 ** -(2 * MOST_ITEMS + 2);
}

const ms = fc.integer({ min: 1, max: 60 });
const item: fc.Arbitrary<ItemPlan> = fc.record({
  ms,
  ending: fc.oneof(
    { weight: 8, arbitrary: fc.constant<Ending>('value') },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Ending>('throw', 'exit', 'exit_normal', 'exit_normal', 'shutdown'),
    },
  ),
  trapsExits: fc.boolean(),
});

export const streamProgram: fc.Arbitrary<StreamProgram> = fc.record({
  seed: fc.integer({ min: 0, max: 1_000 }),
  items: fc.array(item, { maxLength: MOST_ITEMS, size: 'max' }),
  from: fc.constantFrom('Task' as const, 'asyncStream' as const, 'asyncStreamNolink' as const),
  maxConcurrency: fc.integer({ min: 1, max: 5 }),
  ordered: fc.boolean(),
  timeout: fc.oneof(ms, fc.constant('infinity' as const)),
  onTimeout: fc.constantFrom('exit' as const, 'kill_task' as const, 'kill_task' as const),
  zipInputOnExit: fc.boolean(),
  trapsExits: fc.boolean(),
  consumerMs: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: MOST_ITEMS, maxLength: MOST_ITEMS }),
  leaveAfter: fc.option(fc.integer({ min: 1, max: MOST_ITEMS }), { nil: undefined }),
  killedAt: fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: ms }),
});
