/**
 * Random programs against one server: what clients do, each action at a time of its own, and what the server does on each request. Durations
 * have a fraction that is a different power of two for each action, so that no two things ever happen at the same moment by chance.
 */
import fc from 'fast-check';

/** What the server does on a request. `add` goes to its state, `ms` is how long it takes where it takes time. */
export interface Op {
  readonly do:
    | 'add'
    | 'slow'
    | 'later'
    | 'twice'
    | 'continue'
    | 'idle'
    | 'hibernate'
    | 'thrown_reply'
    | 'throw'
    | 'slow_throw'
    | 'exit'
    | 'stop'
    | 'stop_reply'
    | 'bad';
  readonly add: number;
  readonly ms: number;
}

/** What a client does. */
export type Action =
  | {
      readonly kind: 'call';
      readonly op: Op;
      readonly timeout: number | 'infinity';
      readonly byOther: boolean;
    }
  | { readonly kind: 'cast' | 'info'; readonly op: Op }
  | { readonly kind: 'kill' | 'shutdown' | 'get_state' | 'suspend' | 'resume' }
  | { readonly kind: 'replace_state'; readonly add: number; readonly throws: boolean }
  | { readonly kind: 'stop'; readonly reason: 'normal' | 'shutdown' | 'odd' };

export interface Program {
  /** Order of the processes. */
  readonly seed: number;
  readonly trapExit: boolean;
  readonly terminate: 'plain' | 'throws' | 'slow';
  readonly actions: readonly Action[];
}

/** How an action ended for who did it, and when. */
export interface Outcome {
  readonly at: number;
  readonly value?: unknown;
  readonly reason?: unknown;
}

/** All that can be observed of a run. */
export interface Observation {
  readonly outcomes: readonly (Outcome | undefined)[];
  /** What the server did, in order: the time and what it was. */
  readonly log: readonly (readonly [number, string])[];
  /** The state if it lives, else the reason. */
  readonly end: { readonly state: number } | { readonly reason: unknown };
}

/** Ms between two actions. */
const GAP = 100;
const MOST_ACTIONS = 12;
/** Ms that a slow `terminate` takes. */
export const TERMINATE_MS = 30 + 2 ** -17;

/** When action `index` is done. */
export function timeOf(index: number): number {
  return GAP * index;
}

/** `ms`, made unlike any other duration or sum of them. */
export function unique(index: number, ms: number): number {
  return ms + 2 ** (index - MOST_ACTIONS - 4);
}

/** A limit that no sum of durations meets. */
export function limit(index: number, ms: number): number {
  return unique(index, ms) + 2 ** -20;
}

/** The reason that something of action `index` ends the server with. */
export function reasonFor(index: number, what: string): string {
  return `${what} ${index}`;
}

const ms = fc.integer({ min: 1, max: 250 });
const calm = fc.constantFrom<Op['do']>('add', 'slow', 'continue', 'idle', 'hibernate', 'thrown_reply');
const answering = fc.constantFrom<Op['do']>('later', 'twice');
const fatal = fc.constantFrom<Op['do']>(
  'throw',
  'slow_throw',
  'exit',
  'stop',
  'stop_reply',
  'stop_reply',
  'bad',
);

function op(kinds: fc.Arbitrary<Op['do']>): fc.Arbitrary<Op> {
  return fc.record({ do: kinds, add: fc.integer({ min: 1, max: 9 }), ms });
}

const oneWay = fc.oneof({ weight: 19, arbitrary: op(calm) }, { weight: 1, arbitrary: op(fatal) });
const anyOp = fc.oneof(
  { weight: 14, arbitrary: op(calm) },
  { weight: 6, arbitrary: op(answering) },
  { weight: 1, arbitrary: op(fatal) },
);

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 16,
    arbitrary: fc.record({
      kind: fc.constant('call' as const),
      op: anyOp,
      timeout: fc.oneof(ms, ms, fc.constant('infinity' as const)),
      byOther: fc.boolean(),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constantFrom('cast' as const, 'info' as const), op: oneWay }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('kill' as const, 'shutdown' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('get_state' as const, 'suspend' as const, 'resume' as const, 'resume' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('replace_state' as const),
      add: fc.integer({ min: 1, max: 9 }),
      throws: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('stop' as const),
      reason: fc.constantFrom('normal' as const, 'shutdown' as const, 'odd' as const),
    }),
  },
);

/** Programs of up to twelve actions. */
export const program: fc.Arbitrary<Program> = fc.record({
  seed: fc.nat(),
  trapExit: fc.boolean(),
  terminate: fc.constantFrom('plain' as const, 'throws' as const, 'slow' as const),
  actions: fc.array(action, { minLength: 1, maxLength: MOST_ACTIONS }),
});
