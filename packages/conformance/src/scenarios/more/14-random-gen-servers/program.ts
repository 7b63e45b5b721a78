/** Random programs, the same as `RandomServer` of the Elixir script makes. */
import type { ExitReason } from '@coppice/core';
import { Dice } from '../../../dice.ts';

const calm = [
  ...(['noreply', 'reply', 'reply', 'answer'] as const),
  ...(['before', 'send_self', 'cast_self', 'sleep'] as const),
];
const kinds = [
  ...(['noreply', 'noreply', 'noreply', 'reply', 'reply', 'reply', 'reply', 'answer', 'answer'] as const),
  ...(['before', 'send_self', 'cast_self', 'sleep', 'stop', 'stop_reply', 'raise', 'exit'] as const),
  ...(['throw', 'bad', 'link', 'self_exit'] as const),
];
const initKinds = [
  ...(['go', 'go', 'go', 'go', 'go', 'go', 'go', 'go'] as const),
  ...(['ignore', 'stop', 'raise', 'exit', 'self_exit', 'send_self'] as const),
];
const lastSteps = ['none', 'zero', 'soon', 'infinity', 'hibernate'] as const;
const steps = [
  ...(['none', 'none', 'zero', 'soon', 'infinity', 'hibernate', 'continue', 'continue'] as const),
];
const operations = [
  ...(['cast', 'cast', 'cast', 'info', 'info', 'call', 'call', 'call', 'call'] as const),
  ...(['parent', 'stranger', 'stop'] as const),
];
const reasons: readonly ExitReason[] = ['normal', 'shutdown', { shutdown: 'x' }, 'boom'];
const reasonsOfInit: readonly ExitReason[] = ['normal', 'shutdown', 'boom'];
const reasonsFromOutside: readonly ExitReason[] = ['normal', 'shutdown', 'boom', 'boom'];

/** What a callback does, and which step it ends with. `next` is for a continue, or to be sent. */
export interface Action {
  readonly id: number;
  readonly kind: (typeof kinds)[number];
  readonly nextStep: (typeof steps)[number];
  readonly reason: ExitReason;
  readonly next: Action | undefined;
}
export interface InitAction extends Omit<Action, 'kind'> {
  readonly kind: (typeof initKinds)[number];
}
/** What is done to the server; some are done for some numbers (0 to 7) only. */
export interface Operation {
  readonly kind: (typeof operations)[number];
  readonly action: Action;
  readonly reason: ExitReason;
  readonly number: number;
}
export interface Program {
  readonly trapsExits: boolean;
  readonly init: InitAction;
  readonly phases: readonly (readonly Operation[])[];
}

export function randomProgram(seed: number): Program {
  const dice = new Dice(seed * 7919 + 3);
  // The order of the draws is that of the script.
  const trapsExits = dice.pick(2) === 0;
  const drawn = randomAction(dice, 2, true);
  const init: InitAction = { ...drawn, kind: dice.from(initKinds), reason: dice.from(reasonsOfInit) };
  const phases = [1, 2, 3].map(() =>
    Array.from({ length: 1 + dice.pick(5) }, (): Operation => {
      const kind = dice.from(operations);
      const action = randomAction(dice, 2, dice.pick(3) > 0);
      return { kind, action, reason: dice.from(reasonsFromOutside), number: dice.pick(8) };
    }),
  );
  return { trapsExits, init, phases };
}

const last: Action = { id: 0, kind: 'noreply', nextStep: 'none', reason: 'normal', next: undefined };

function randomAction(dice: Dice, depth: number, isCalm: boolean): Action {
  const next = depth === 0 ? last : randomAction(dice, depth - 1, isCalm);
  const id = dice.pick(1000);
  const kind = dice.from<Action['kind']>(isCalm ? calm : kinds);
  const nextStep = dice.from<Action['nextStep']>(depth === 0 ? lastSteps : steps);
  return { id, kind, nextStep, reason: dice.from(reasons), next };
}
