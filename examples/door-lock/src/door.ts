/**
 * A door with a code lock, the example of OTP's own manual: the right digits open it, after a while it locks itself. What is pressed while it is open
 * counts when it is locked again; what was pressed before a long pause is forgotten.
 */
import { GenStatem, postpone, startTimeout } from '@coppice/gen-statem';
import { assign, setup } from 'xstate';

export interface DoorOptions {
  readonly code: string;
  readonly openMs: number;
  /** A longer pause between two digits begins anew. */
  readonly pauseMs: number;
  /** Draws the bolt; a throw means that it is stuck. */
  readonly drawBolt: () => void;
}

type Event = { type: 'digit'; digit: string } | { type: 'lock' } | { type: 'forget' };

const machine = setup({
  types: GenStatem.types<{
    context: DoorOptions & { readonly entered: string };
    events: Event;
    input: DoorOptions;
  }>(),
  guards: {
    isCode: ({ context: { code, entered }, event }) =>
      event.type === 'digit' && (entered + event.digit).endsWith(code),
  },
}).createMachine({
  context: ({ input }) => ({ ...input, entered: '' }),
  initial: 'locked',
  states: {
    locked: {
      entry: assign({ entered: '' }),
      on: {
        digit: [
          { guard: 'isCode', target: 'open' },
          {
            actions: [
              assign({
                entered: ({ context, event }) => (context.entered + event.digit).slice(-context.code.length),
              }),
              ({ context }) => startTimeout('timeout', context.pauseMs, { type: 'forget' }),
            ],
          },
        ],
        forget: { actions: assign({ entered: '' }) },
      },
    },
    open: {
      entry: [
        ({ context }) => context.drawBolt(),
        ({ context }) => startTimeout('state_timeout', context.openMs, { type: 'lock' }),
      ],
      on: { digit: { actions: postpone }, lock: 'locked' },
    },
  },
});

export const Door = GenStatem.define('Door', machine, {
  formatStatus: ({ value }) => value, // the code is nobody's business
});

/** Any reference to a door: its pid or its typed name. */
export type DoorRef = ReturnType<typeof Door.name>;
