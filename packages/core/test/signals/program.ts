/** Random programs: what processes do to each other. */
import fc from 'fast-check';
import type { Action, Reason } from './model.ts';

export const FIRST_PROCESSES = 3;
const MOST_PROCESSES = 9;

/** One process does these actions in one go; with `joins`, before the signals of the burst before it have arrived. */
export interface Burst {
  readonly actor: number;
  readonly joins: boolean;
  readonly actions: readonly Action[];
}

const place = fc.nat(MOST_PROCESSES - 1);
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('spawn' as const),
      how: fc.constantFrom('plain', 'link', 'monitor'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('send' as const), to: place }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('link' as const), to: place }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('unlink' as const), to: place }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('monitor' as const), to: place }) },
  {
    weight: 10,
    arbitrary: fc.record({ kind: fc.constant('demonitor' as const), which: fc.nat(9), flush: fc.boolean() }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('exit' as const),
      to: place,
      reason: fc.constantFrom<Reason>('normal', 'shutdown', 'kill', 'boom'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('trap' as const), on: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      how: fc.constantFrom('return', 'exit', 'throw'),
    }),
  },
);
export const program: fc.Arbitrary<Burst[]> = fc.array(
  fc.record({ actor: place, joins: fc.boolean(), actions: fc.array(action, { minLength: 1, maxLength: 6 }) }),
  { minLength: 1, maxLength: 14 },
);

/** The actions that make sense now: no process beyond those that are there, and not too many. */
export function fit(actions: readonly Action[], population: number): Action[] {
  let count = population;
  return actions.flatMap((action): Action[] => {
    if ('to' in action) return [{ ...action, to: action.to % count }];
    if (action.kind !== 'spawn') return [action];
    if (count === MOST_PROCESSES) return [];
    count += 1;
    return [action];
  });
}
