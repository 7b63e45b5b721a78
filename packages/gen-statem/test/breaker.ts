import { GenStatem } from '@coppice/gen-statem';
import { assign, setup } from 'xstate';

type Event =
  | { readonly type: 'success' }
  | { readonly type: 'failure'; readonly error: Error }
  | { readonly type: 'reset' };

/** Opens after `limit` failures, tries again after 10 s. */
export const breakerMachine = setup({
  types: GenStatem.types<{
    context: { failures: number; limit: number };
    events: Event;
    input: { limit: number };
  }>(),
  guards: { tooMany: ({ context }) => context.failures + 1 >= context.limit },
  delays: { coolDown: 10_000 },
}).createMachine({
  id: 'breaker',
  initial: 'closed',
  context: ({ input }) => ({ failures: 0, limit: input.limit }),
  states: {
    closed: {
      on: {
        success: { actions: assign({ failures: 0 }) },
        failure: [
          { guard: 'tooMany', target: 'open' },
          { actions: assign({ failures: ({ context }) => context.failures + 1 }) },
        ],
      },
    },
    open: { after: { coolDown: 'halfOpen' }, on: { reset: 'closed' } },
    halfOpen: {
      on: { success: { target: 'closed', actions: assign({ failures: 0 }) }, failure: 'open' },
    },
  },
});

/** The breaker as a process. */
export const Breaker = GenStatem.define('Breaker', breakerMachine);
