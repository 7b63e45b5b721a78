/** What a supervisor's server does when a child ends, and when a failed restart is due again. The policy is in `child-exit`. */
import type { Awaitable, Exit } from '@coppice/core';
import { type Noreply, noreply, type Stop, stop } from '@coppice/gen-server';
import type { Child } from './children.ts';
import { childExited, type Supervision, tryAgain } from './supervision.ts';
import { whenReady } from './when-ready.ts';

type Next = Noreply<Supervision> | Stop<Supervision>;

/** An exit signal of a linked process. One of no child is dropped, as in OTP. */
export function whenExited(state: Supervision, { from, reason }: Exit): Awaitable<Next> {
  const child = state.children.ofPid(from);
  if (child?.status !== 'running') return noreply(state);
  return whenReady(childExited(state, child, reason), (next) => follow(state, next));
}

/** A failed restart is due again, unless the child has been stopped or restarted meanwhile. */
export function whenRetryIsDue(state: Supervision, child: Child): Awaitable<Next> {
  if (!child.isKept || child.status !== 'restarting') return noreply(state);
  return whenReady(tryAgain(state, child), (next) => follow(state, next));
}

function follow(state: Supervision, next: 'go_on' | 'shutdown'): Next {
  return next === 'shutdown' ? stop('shutdown', state) : noreply(state);
}
