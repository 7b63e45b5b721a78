/**
 * A running supervisor: its state, and the one loop that performs what the policies decide. Both kinds of supervisor use it; what they differ in is data.
 * OTP: the state of `supervisor`.
 */
import { type Awaitable, type ExitReason, isPromiseLike, monotonicTime } from '@coppice/core';
import type { AsSelf } from './as-self.ts';
import { type Action, type Decision, onExit, onRestart } from './child-exit.ts';
import { stopChild } from './child-shutdown.ts';
import type { CompleteSpec } from './child-spec.ts';
import { type StartOutcome, startChild } from './child-start.ts';
import { type Child, Children } from './children.ts';
import { tryAgainLater } from './protocol.ts';
import { type Reporter, report, reportProgress, type SupervisorReport } from './report.ts';
import { noRestarts, type Restarts } from './restart-intensity.ts';
import type { CompleteFlags } from './supervisor-flags.ts';
import { whenReady } from './when-ready.ts';

/** What a supervisor is made of, beside what it is given. */
export interface SupervisionOptions {
  readonly asSelf: AsSelf;
  readonly reporter: Reporter;
  readonly flags: CompleteFlags;
  /** A child that has ended for good, or ignored its start, keeps its place unless it is temporary. Static supervisors: yes; dynamic ones: no. */
  readonly keepsStopped: boolean;
  /** Children at most. */
  readonly maxChildren: number;
  /** Come before a start function's own arguments. OTP: `extra_arguments`. */
  readonly extraArguments: readonly unknown[];
  /** Whether a child that was told to stop has ended as it should; the two kinds of supervisor differ a little. */
  readonly isOrderlyEnd: (spec: CompleteSpec, reason: ExitReason) => boolean;
  /** A failed start as OTP tells of it, which its two kinds of supervisor do differently. */
  readonly failureReason: (failure: Failed) => ExitReason;
}

type Failed = Extract<StartOutcome, { readonly kind: 'failed' }>;

/** The state of a supervisor, changed by its own process alone. */
export class Supervision {
  readonly options: SupervisionOptions;
  readonly flags: CompleteFlags;
  readonly children: Children = new Children();
  readonly asSelf: AsSelf;
  restarts: Restarts = noRestarts;

  constructor(options: SupervisionOptions) {
    this.options = options;
    this.asSelf = options.asSelf;
    this.flags = options.flags;
  }
}

/** What a start comes to, with the reason of a failure in OTP's form. */
export type Started =
  | Exclude<StartOutcome, Failed>
  | { readonly kind: 'failed'; readonly reason: ExitReason };

/** Starts a child that does not run, and notes what has come of it. A failed start changes nothing. */
export function start(supervision: Supervision, child: Child): Awaitable<Started> {
  const { options, asSelf } = supervision;
  const { start: run }: { start: (...extra: readonly unknown[]) => unknown } = child.spec;
  const outcome = startChild(asSelf, () => run(...options.extraArguments));
  return whenReady(outcome, (known) => noteStart(supervision, child, known));
}

function noteStart(supervision: Supervision, child: Child, outcome: StartOutcome): Started {
  const { options, children, asSelf } = supervision;
  switch (outcome.kind) {
    case 'started':
      children.setRunning(child, outcome.pid);
      asSelf(() => reportProgress(options.reporter, child));
      return outcome;
    case 'ignored':
      forget(supervision, child);
      return outcome;
    case 'failed':
      return { kind: 'failed', reason: options.failureReason(outcome) };
  }
}

/** Stops a child if it runs; then it is one that has ended for good. */
export async function stop(supervision: Supervision, child: Child): Promise<void> {
  const { asSelf } = supervision;
  if (child.status === 'running' && child.pid !== undefined) {
    noteEnd(supervision, child, await stopChild(asSelf, child.pid, child.spec.shutdown));
  }
  forget(supervision, child);
}

/** Reports the end of a child that was told to stop, unless it has ended as it should. */
export function noteEnd(supervision: Supervision, child: Child, reason: ExitReason): void {
  if (!supervision.options.isOrderlyEnd(child.spec, reason))
    tell(supervision, child, { report: 'shutdown_error', reason, action: 'none' });
}

/** The child does not run and is not waited for. OTP: `del_child`. */
function forget({ options, children }: Supervision, child: Child): void {
  if (options.keepsStopped && child.spec.restart !== 'temporary') children.setStopped(child);
  else if (child.isKept) children.remove(child);
}

/** A child has ended. Gives `'shutdown'` when the supervisor is to end. */
export function childExited(
  supervision: Supervision,
  child: Child,
  reason: ExitReason,
): Awaitable<'go_on' | 'shutdown'> {
  return perform(supervision, onExit(supervision, child, { reason, nowMs: monotonicTime() }));
}

/** A failed restart is tried again. */
export function tryAgain(supervision: Supervision, child: Child): Awaitable<'go_on' | 'shutdown'> {
  return perform(supervision, onRestart(supervision, child, monotonicTime()));
}

/** Tells of a child on the channel of reports, as the supervisor. */
export function tell(
  { options, flags, restarts, asSelf }: Supervision,
  child: Child,
  details: Pick<SupervisorReport, 'report' | 'reason' | 'action'>,
): void {
  const { strategy, limit } = flags;
  const { intensity, periodMs } = limit;
  asSelf(() =>
    report(options.reporter, child, {
      ...details,
      strategy,
      restarts: restarts.size,
      maxRestarts: intensity,
      maxSeconds: periodMs / 1_000,
    }),
  );
}

/** What follows an action: the next one, or the end of the loop. */
type Next = 'next' | 'go_on' | 'shutdown';

/** The loop that acts. Messages that come meanwhile wait in the mailbox, as a start or a stop is awaited in the middle of one callback. */
function perform(supervision: Supervision, decision: Decision<Child>): Awaitable<'go_on' | 'shutdown'> {
  supervision.restarts = decision.restarts;
  for (const [index, action] of decision.actions.entries()) {
    const next = act(supervision, action);
    if (isPromiseLike(next)) return performRest(supervision, decision.actions.slice(index + 1), next);
    if (next !== 'next') return next;
  }
  return 'go_on';
}

/** {@link perform}, from an action on that takes time. */
async function performRest(
  supervision: Supervision,
  rest: readonly Action<Child>[],
  first: PromiseLike<Next>,
): Promise<'go_on' | 'shutdown'> {
  let next = await first;
  for (const action of rest) {
    if (next !== 'next') return next;
    next = await act(supervision, action);
  }
  return next === 'next' ? 'go_on' : next;
}

function act(supervision: Supervision, action: Action<Child>): Awaitable<Next> {
  switch (action.kind) {
    case 'report':
      tell(supervision, action.child, {
        report: action.report,
        reason: action.reason,
        action: action.action,
      });
      return 'next';
    case 'forget':
      forget(supervision, action.child);
      return 'next';
    case 'stop':
      return stop(supervision, action.child).then((): Next => 'next');
    case 'start':
      return whenReady(
        start(supervision, action.child),
        (started): Next =>
          started.kind === 'failed' ? retryLater(supervision, action.child, started.reason) : 'next',
      );
    case 'exit':
      return 'shutdown';
  }
}

/**
 * The restart is tried again after what is in the mailbox: in between the supervisor can be stopped, or the child be taken from it, however often the
 * start fails. OTP: the `try_again_restart` that a supervisor casts to itself.
 */
function retryLater(supervision: Supervision, child: Child, reason: ExitReason): 'go_on' {
  tell(supervision, child, { report: 'start_error', reason, action: 'try_again' });
  supervision.children.setRestarting(child);
  supervision.asSelf(() => tryAgainLater(child));
  return 'go_on';
}
