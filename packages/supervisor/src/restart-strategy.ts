/** Whom a restart stops and starts, in which order. Pure. OTP: `restart/3` of `supervisor`. */
import type { ChildView } from './children.ts';
import type { Strategy } from './supervisor-flags.ts';

/** One thing to do with one child. `forget`: it does not run and is not waited for; a temporary one is gone. */
export interface Step<C> {
  readonly kind: 'forget' | 'stop' | 'start';
  readonly child: C;
}

/** Children in the order of their start, walked from either end. */
export interface Siblings<out C> extends Iterable<C> {
  backwards(): Iterable<C>;
}

/**
 * The steps that restart `child`, which has ended: those affected are stopped, last started first, then started, first started first. Temporary
 * siblings are stopped with their group and not started again; siblings that did not run are started with it. A start that fails ends the plan.
 */
export function planRestart<C extends ChildView>(
  strategy: Strategy,
  siblings: Siblings<C>,
  child: C,
): readonly Step<C>[] {
  switch (strategy) {
    case 'one_for_one':
      return [{ kind: 'start', child }];
    case 'one_for_all':
      return restartGroup([...siblings.backwards()], child);
    case 'rest_for_one':
      return restartGroup(untilChild(siblings.backwards(), child), child);
  }
}

/** The steps that stop every child, last started first. */
export function planShutdown<C extends ChildView>(siblings: Siblings<C>): readonly Step<C>[] {
  return Array.from(siblings.backwards(), (child) => ({ kind: 'stop', child }) as const);
}

function restartGroup<C extends ChildView>(group: readonly C[], child: C): readonly Step<C>[] {
  const steps: Step<C>[] = [{ kind: 'forget', child }];
  for (const sibling of group) if (sibling !== child) steps.push({ kind: 'stop', child: sibling });
  for (const sibling of group.toReversed()) {
    if (sibling.spec.restart !== 'temporary') steps.push({ kind: 'start', child: sibling });
  }
  return steps;
}

/** Children from the last started one down to `child`: the cost is that of those which are affected. */
function untilChild<C>(lastFirst: Iterable<C>, child: C): readonly C[] {
  const group: C[] = [];
  for (const sibling of lastFirst) {
    group.push(sibling);
    if (sibling === child) break;
  }
  return group;
}
