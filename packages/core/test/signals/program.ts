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
const burst: fc.Arbitrary<Burst[]> = fc
  .record({ actor: place, joins: fc.boolean(), actions: fc.array(action, { minLength: 1, maxLength: 6 }) })
  .map((one) => [one]);

/** Two of the first processes. */
const pair = fc
  .tuple(fc.nat(FIRST_PROCESSES - 1), fc.integer({ min: 1, max: FIRST_PROCESSES - 1 }))
  .map(([one, step]) => [one, (one + step) % FIRST_PROCESSES] as const);

/** Both link each other before either link has arrived: the first one's waits behind an exit signal. */
const crossing: fc.Arbitrary<Burst[]> = pair.map(([one, other]) => [
  {
    actor: one,
    joins: false,
    actions: [
      { kind: 'exit', to: other, reason: 'normal' },
      { kind: 'link', to: other },
    ],
  },
  { actor: other, joins: true, actions: [{ kind: 'link', to: one }] },
]);

/** One ends, and the other unlinks it before the exit signal has arrived. */
const parting: fc.Arbitrary<Burst[]> = pair.map(([one, other]) => [
  { actor: one, joins: false, actions: [{ kind: 'link', to: other }] },
  {
    actor: one,
    joins: false,
    actions: [
      { kind: 'trap', on: false },
      { kind: 'exit', to: one, reason: 'boom' },
    ],
  },
  { actor: other, joins: true, actions: [{ kind: 'unlink', to: one }] },
]);

export const program: fc.Arbitrary<Burst[]> = fc
  .array(
    fc.oneof(
      { weight: 12, arbitrary: burst },
      { weight: 1, arbitrary: crossing },
      { weight: 1, arbitrary: parting },
    ),
    { minLength: 1, maxLength: 14 },
  )
  .map((parts) => parts.flat());

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
