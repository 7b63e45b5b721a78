/**
 * What a supervisor does when a child has ended, or when a failed restart is tried again: from its state and the event to new state and actions.
 * Pure; `supervision` performs the actions. OTP: `do_restart/3` and `restart/2` of `supervisor`.
 */
import { type ExitReason, isAbnormal, type Restart } from '@coppice/core';
import { endsSupervisor } from './auto-shutdown.ts';
import type { ChildView } from './children.ts';
import { type Restarts, recordRestart } from './restart-intensity.ts';
import { planRestart, type Siblings, type Step } from './restart-strategy.ts';
import type { CompleteFlags } from './supervisor-flags.ts';

/** What a decision is made from. */
export interface SupervisorView<C extends ChildView> {
  readonly flags: CompleteFlags;
  readonly restarts: Restarts;
  readonly children: Siblings<C>;
}

/** Tells of a child's end. `action`: what follows. */
export interface Report<C> {
  readonly kind: 'report';
  readonly report: 'child_terminated' | 'shutdown';
  readonly child: C;
  readonly reason: ExitReason;
  readonly action: 'restart' | 'remove' | 'shutdown';
}

/** One thing for a supervisor to do. `exit`: end with `shutdown`, children first. */
export type Action<C> = Step<C> | Report<C> | { readonly kind: 'exit' };

/** What follows from an event. */
export interface Decision<C> {
  readonly restarts: Restarts;
  readonly actions: readonly Action<C>[];
}

/** `child` has ended with `reason`, by itself or by a signal from elsewhere. */
export function onExit<C extends ChildView>(
  state: SupervisorView<C>,
  child: C,
  event: { readonly reason: ExitReason; readonly nowMs: number },
): Decision<C> {
  const { reason, nowMs } = event;
  const { restart } = child.spec;
  if (!isRestarted(restart, reason)) return onEnd(state, child, reason);
  const { restarts, actions } = onRestart(state, child, nowMs);
  const action = actions.some(({ kind }) => kind === 'exit') ? 'shutdown' : 'restart';
  return { restarts, actions: [terminated(child, reason, action), ...actions] };
}

/** A restart of `child` is due. It counts, whether or not it will succeed; that of a group counts once. */
export function onRestart<C extends ChildView>(
  { flags, restarts, children }: SupervisorView<C>,
  child: C,
  nowMs: number,
): Decision<C> {
  const recorded = recordRestart(restarts, nowMs, flags.limit);
  if (!recorded.exceeded) {
    return { restarts: recorded.restarts, actions: planRestart(flags.strategy, children, child) };
  }
  const reason = 'reached_max_restart_intensity';
  return {
    restarts: recorded.restarts,
    actions: [
      { kind: 'report', report: 'shutdown', child, reason, action: 'shutdown' },
      { kind: 'forget', child },
      { kind: 'exit' },
    ],
  };
}

/** Whether a child that ended so is started again. `permanent`: always; `transient`: after an abnormal end; `temporary`: never. */
function isRestarted(restart: Restart, reason: ExitReason): boolean {
  switch (restart) {
    case 'permanent':
      return true;
    case 'transient':
      return isAbnormal(reason);
    case 'temporary':
      return false;
  }
}

/** The end of a child that stays down. */
function onEnd<C extends ChildView>(state: SupervisorView<C>, child: C, reason: ExitReason): Decision<C> {
  const { flags, children, restarts } = state;
  const actions: Action<C>[] = [];
  const ends = endsSupervisor(flags.autoShutdown, children, child);
  // An abnormal end that is not restarted is that of a temporary child.
  if (isAbnormal(reason)) actions.push(terminated(child, reason, ends ? 'shutdown' : 'remove'));
  actions.push({ kind: 'forget', child });
  if (ends) actions.push({ kind: 'exit' });
  return { restarts, actions };
}

function terminated<C>(child: C, reason: ExitReason, action: Report<C>['action']): Report<C> {
  return { kind: 'report', report: 'child_terminated', child, reason, action };
}
