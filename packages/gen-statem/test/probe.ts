import { GenStatem, type Machine } from '@coppice/gen-statem';
import { type AnyActorLogic, fromTransition, setup } from 'xstate';

/** `do` runs a function as the action; `to` changes the state, then runs it as the entry action of the new one. */
export type ProbeEvent =
  | { readonly type: 'do'; readonly run: () => void }
  | { readonly type: 'to'; readonly state: 'a' | 'b'; readonly run?: () => void }
  | { readonly type: 'other'; readonly id: number };

/** Runs when the machine starts. */
type Input = (() => void) | undefined;

const probeMachine = setup({
  types: GenStatem.types<{ events: ProbeEvent; input: Input; context: { readonly init: Input } }>(),
  guards: { isA: ({ event }) => event.type === 'to' && event.state === 'a' },
}).createMachine({
  context: ({ input }) => ({ init: input }),
  entry: ({ context }) => context.init?.(),
  initial: 'a',
  on: {
    do: { actions: ({ event }) => event.run() },
    to: [
      { guard: 'isA', target: '.a', actions: ({ event }) => event.run?.() },
      { target: '.b', actions: ({ event }) => event.run?.() },
    ],
  },
  states: { a: {}, b: {} },
});

const probeFunction = fromTransition<'a' | 'b', ProbeEvent, never, Input>(
  (state, event) => {
    if (event.type !== 'other') event.run?.();
    return event.type === 'to' ? event.state : state;
  },
  ({ input }) => {
    input?.();
    return 'a';
  },
);

/** A machine whose actions the tests pass in. OTP: state functions. */
export const Probe = GenStatem.define('Probe', probeMachine);

/** The same as one function of state and event. OTP: `handle_event_function`. */
const FunctionProbe = GenStatem.define('FunctionProbe', probeFunction);

/** Both kinds, as machines in general: the tests send what they take. */
export const probes: readonly Machine<AnyActorLogic>[] = [Probe, FunctionProbe];
