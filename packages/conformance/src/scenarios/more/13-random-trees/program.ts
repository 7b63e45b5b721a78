/** Random trees and what is done to them, the same as `RandomTree` of the Elixir script makes. */
import type { ExitReason } from '@coppice/core';
import {
  type AutoShutdown,
  type ChildSpec,
  type Restart,
  type Strategy,
  Supervisor,
  type SupervisorFlags,
} from '@coppice/supervisor';
import { Dice } from '../../../dice.ts';
import { outcomeOf } from '../../../random-children.ts';
import type { Workers } from '../../../workers.ts';

const operations = [
  ...(['crash', 'crash', 'crash', 'crash', 'kill'] as const),
  ...(['kill', 'crash', 'terminate', 'restart'] as const),
];
const reasons: readonly ExitReason[] = ['normal', 'shutdown', 'boom', 'boom', 'boom'];
const strategies: readonly Strategy[] = ['one_for_one', 'one_for_all', 'rest_for_one'];
const autoShutdowns: readonly AutoShutdown[] = ['never', 'never', 'any_significant', 'all_significant'];
const restartsOfBranches: readonly Restart[] = ['permanent', 'permanent', 'transient', 'temporary'];
const restartsOfLeaves: readonly Restart[] = ['permanent', ...restartsOfBranches];
const shutdowns = ['brutal_kill', 5000, 30] as const;

/** A supervisor's flags and children, and the names of all workers and supervisors below it. */
interface Branch {
  readonly flags: SupervisorFlags;
  readonly children: readonly ChildSpec[];
  readonly leaves: readonly string[];
  readonly supervisors: readonly string[];
}
/** What is done with the worker `id`, or with the child at a place of `supervisor`. */
export interface Step {
  readonly operation: (typeof operations)[number];
  readonly id: string;
  readonly reason: ExitReason;
  readonly supervisor: string;
  readonly place: number;
}
export interface Program {
  readonly root: Branch;
  readonly steps: readonly Step[];
}

export function randomProgram(W: Workers, seed: number): Program {
  const dice = new Dice(seed * 7919 + 77);
  const root = new Trees(W, dice).branch(2, 'n');
  const supervisors = ['root', ...root.supervisors];
  const steps = Array.from({ length: 12 }, (): Step => {
    // The order of the draws is that of the script.
    const operation = dice.from(operations);
    const id = dice.from(root.leaves);
    const reason = dice.from(reasons);
    const supervisor = dice.from(supervisors);
    return { operation, id, reason, supervisor, place: dice.pick(3) };
  });
  return { root, steps };
}

class Trees {
  readonly #W: Workers;
  readonly #dice: Dice;

  constructor(W: Workers, dice: Dice) {
    this.#W = W;
    this.#dice = dice;
  }

  branch(depth: number, prefix: string): Branch {
    const dice = this.#dice;
    const strategy = dice.from(strategies);
    const maxRestarts = dice.from([0, 1, 1, 2, 3]);
    const autoShutdown = dice.from(autoShutdowns);
    const children: ChildSpec[] = [];
    const leaves: string[] = [];
    const supervisors: string[] = [];
    const count = 1 + dice.pick(3);
    for (let n = 1; n <= count; n++) {
      const id = `${prefix}${n}`;
      if (depth > 0 && dice.pick(2) === 0) {
        const { spec, below } = this.#inner(depth - 1, id, autoShutdown);
        children.push(spec);
        leaves.push(...below.leaves);
        supervisors.push(id, ...below.supervisors);
      } else {
        children.push(this.#leaf(id, autoShutdown));
        leaves.push(id);
      }
    }
    return {
      flags: { strategy, maxRestarts, maxSeconds: 1000, autoShutdown },
      children,
      leaves,
      supervisors,
    };
  }

  #inner(
    depth: number,
    id: string,
    auto: AutoShutdown,
  ): { readonly spec: ChildSpec; readonly below: Branch } {
    const restart = this.#dice.from(restartsOfBranches);
    const significant = this.#significant(auto, restart);
    const below = this.branch(depth, `${id}_`);
    const spec = Supervisor.childSpec(below.children, { ...below.flags, name: id });
    return { spec: { ...spec, id, restart, significant, shutdown: 'infinity' }, below };
  }

  #leaf(id: string, auto: AutoShutdown): ChildSpec {
    const dice = this.#dice;
    const restart = dice.from(restartsOfLeaves);
    const significant = this.#significant(auto, restart);
    const trap = dice.pick(2) === 0;
    const starts = Array.from({ length: 10 }, (_, n) => {
      const drawn = dice.pick(16);
      return outcomeOf(n === 0 ? 2 : drawn);
    });
    const shutdown = dice.from(shutdowns);
    const init = (n: number) => starts[n % 10];
    return this.#W.spec(id, { restart, shutdown, trap, significant, counter: { starts: 0 }, init });
  }

  #significant(auto: AutoShutdown, restart: Restart): boolean {
    return this.#dice.pick(3) === 0 && auto !== 'never' && restart !== 'permanent';
  }
}
