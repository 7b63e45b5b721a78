/**
 * A circuit breaker: a state machine that stands before a service. After too many failures in a row it refuses requests, so that a service in
 * trouble is left alone and its users are told at once. When it has cooled down it lets one request through, and goes by how that ends.
 */
import { GenStatem, reply } from '@coppice/gen-statem';
import { assign, setup } from 'xstate';

export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly limit: number;
  /** How long it stays open, and how long a trial may take. */
  readonly coolDownMs: number;
}

const allow = () => reply(true);
const refuse = () => reply(false);

const machine = setup({
  types: GenStatem.types<{
    context: BreakerOptions & { readonly failures: number };
    events: { type: 'ask' } | { type: 'success' } | { type: 'failure' };
    input: BreakerOptions;
  }>(),
  guards: { isLast: ({ context }) => context.failures + 1 >= context.limit },
  delays: { coolDown: ({ context }) => context.coolDownMs },
}).createMachine({
  context: ({ input }) => ({ ...input, failures: 0 }),
  initial: 'closed',
  states: {
    closed: {
      entry: assign({ failures: 0 }),
      on: {
        ask: { actions: allow },
        success: { actions: assign({ failures: 0 }) },
        failure: [
          { guard: 'isLast', target: 'open' },
          { actions: assign({ failures: ({ context }) => context.failures + 1 }) },
        ],
      },
    },
    open: {
      after: { coolDown: 'halfOpen' },
      on: { ask: { actions: refuse } },
    },
    halfOpen: {
      on: { ask: { target: 'trial', actions: allow } },
    },
    trial: {
      after: { coolDown: 'open' }, // whoever tried has died and says nothing
      on: { ask: { actions: refuse }, success: 'closed', failure: 'open' },
    },
  },
});

export const CircuitBreaker = GenStatem.define('CircuitBreaker', machine, {
  answers: { ask: GenStatem.answer<boolean>() },
});

/** Any reference to a breaker: its pid or its typed name. */
export type BreakerRef = ReturnType<typeof CircuitBreaker.name>;

/** The breaker is open: the request was not made. */
export class CircuitOpenError extends Error {
  override readonly name = 'CircuitOpenError';
}

/** Does `work` if the breaker lets it, and tells the breaker how it ended. The work runs in the caller's process: the breaker waits for nobody. */
export async function guarded<T>(breaker: BreakerRef, work: () => Promise<T>): Promise<T> {
  if (!(await CircuitBreaker.call(breaker, { type: 'ask' }))) throw new CircuitOpenError('not asked');
  try {
    const value = await work();
    CircuitBreaker.cast(breaker, { type: 'success' });
    return value;
  } catch (error) {
    CircuitBreaker.cast(breaker, { type: 'failure' });
    throw error;
  }
}
