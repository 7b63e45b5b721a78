/** What the end of an application, or a start that failed, means for the others. Pure. OTP: the restart types of `application_controller`. */
import type { ExitReason, Restart } from '@coppice/core';

/** Whether the node goes on without an application that has ended by itself. A permanent one takes it down whatever the reason, a transient one unless it is `'normal'`. */
export function survivesEnd(restart: Restart, reason: ExitReason): boolean {
  return restart === 'temporary' || (restart === 'transient' && reason === 'normal');
}

/** Whether the node goes on without an application that did not start. A transient one may `exit('normal')` in its `start`. */
export function survivesFailedStart(restart: Restart, reason: ExitReason): boolean {
  if (restart !== 'transient') return restart === 'temporary';
  return Array.isArray(reason) && reason[0] === 'EXIT' && reason[1] === 'normal';
}

/** What a start needs to know. */
export interface StartCondition {
  readonly name: string;
  /** What it depends on. */
  readonly applications: readonly string[];
  readonly isRunning: (name: string) => boolean;
  readonly isStarted: (name: string) => boolean;
}

/** Why an application can't be started now; `undefined` if it can. One that has ended by itself can be; one that depends on such a one can't. */
export function refuseStart(condition: StartCondition): readonly [string, string] | undefined {
  const { name, applications, isRunning, isStarted } = condition;
  if (isRunning(name)) return ['already_started', name];
  const missing = applications.find((one) => !isStarted(one));
  if (missing !== undefined) return ['not_started', missing];
  const ended = applications.find((one) => !isRunning(one));
  return ended === undefined ? undefined : ['not_running', ended];
}
