/** Random programs, the same as `RandomSupervisor` of the Elixir script makes. */
import type { ExitReason } from '@coppice/core';
import type { AutoShutdown, ChildSpec, Restart, Strategy, SupervisorFlags } from '@coppice/supervisor';
import { Dice } from '../../../dice.ts';
import { outcomeOf } from '../../../random-children.ts';
import type { Workers } from '../../../workers.ts';

const names = ['c0', 'c1', 'c2', 'c3', 'c4', 'c5'];
const operations = [
  ...(['crash', 'crash', 'crash', 'kill', 'terminate'] as const),
  ...(['restart', 'delete', 'start', 'both', 'both'] as const),
];
const reasons: readonly ExitReason[] = ['normal', 'shutdown', { shutdown: 'x' }, 'boom', 'boom', 'boom'];
const strategies: readonly Strategy[] = ['one_for_one', 'one_for_all', 'rest_for_one'];
const autoShutdowns: readonly AutoShutdown[] = ['never', 'never', 'any_significant', 'all_significant'];
const restarts: readonly Restart[] = ['permanent', 'permanent', 'transient', 'temporary'];
const shutdowns = ['brutal_kill', 20, 'infinity', 5000, 30] as const;

export interface Step {
  readonly operation: (typeof operations)[number];
  readonly id: string;
  readonly other: string;
  readonly reason: ExitReason;
  /** Of a child to start. */
  readonly spec: ChildSpec;
}
export interface Program {
  readonly flags: SupervisorFlags;
  readonly children: readonly ChildSpec[];
  readonly steps: readonly Step[];
}

export function randomProgram(W: Workers, seed: number): Program {
  const dice = new Dice(seed * 7919);
  // The order of the draws is that of the script.
  const strategy = dice.from(strategies);
  const maxRestarts = dice.from([0, 1, 2, 3, 10]);
  const autoShutdown = dice.from(autoShutdowns);
  const count = 2 + dice.pick(4);
  const children = names.slice(0, count).map((id) => randomChild(W, dice, id, autoShutdown));
  const steps = Array.from({ length: 12 }, (): Step => {
    const operation = dice.from(operations);
    const id = dice.from(names);
    const other = dice.from(names);
    const reason = dice.from(reasons);
    const spec = randomChild(W, dice, dice.from(names), autoShutdown);
    return { operation, id, other, reason, spec };
  });
  return { flags: { strategy, maxRestarts, maxSeconds: 1000, autoShutdown }, children, steps };
}

function randomChild(W: Workers, dice: Dice, id: string, autoShutdown: AutoShutdown): ChildSpec {
  const restart = dice.from(restarts);
  const significant = dice.pick(2) === 0 && autoShutdown !== 'never' && restart !== 'permanent';
  const shutdown = dice.from(shutdowns);
  const trap = dice.pick(2) === 0;
  const hangs = dice.pick(5) === 0 && trap;
  const starts = Array.from({ length: 10 }, (_, n) => {
    const drawn = dice.pick(12);
    return outcomeOf(n === 0 && drawn < 2 && dice.pick(3) > 0 ? 2 : drawn);
  });
  return W.spec(id, {
    restart,
    shutdown,
    trap,
    significant,
    counter: { starts: 0 },
    init: (n) => starts[n % 10],
    ...(hangs && { hang: shutdown === 20 ? 60 : 2 }),
  });
}
