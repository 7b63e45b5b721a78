/** The errors of this package. */
import {
  AlreadyStartedError,
  CoppiceError,
  type ExitReason,
  errorIn,
  formatValue,
  isPid,
  type Pid,
} from '@coppice/core';

/**
 * Rejection of `startChild`, `terminateChild`, `restartChild`, `deleteChild` and `getChildSpec`: what the supervisor answered. `reason` is OTP's:
 * `'not_found'`, `'running'`, `'restarting'`, `'already_present'`, `['already_started', pid]`, `'max_children'`, or why the child did not start.
 * OTP: `{error, Reason}`.
 */
export class ChildError extends CoppiceError {
  static {
    this.prototype.name = 'ChildError'; // on the prototype, so that `stack` carries it
  }
  readonly code = 'child';
  /** Not enumerable where it is an error: that is the `cause` too, and would be printed twice. */
  declare readonly reason: ExitReason;
  /** Who has the id, if `reason` is `['already_started', pid]`, or the name, if it is an `AlreadyStartedError`. */
  readonly pid: Pid<never> | undefined;

  constructor(what: string, reason: ExitReason) {
    const cause = errorIn(reason);
    super(`${what}: ${formatValue(reason)}${meaningOf(reason)}`, cause && { cause });
    Object.defineProperty(this, 'reason', { value: reason, enumerable: reason !== cause });
    this.pid = holderIn(reason);
  }
}

/**
 * A child spec or a supervisor's options that cannot be: rejected before anything is started. The message names the child, the field and the value;
 * `reason` is OTP's term for it, such as `['start_spec', 'missing_start']`. OTP: `{error, {start_spec, _} | {supervisor_data, _}}`.
 */
export class SpecError extends TypeError {
  static {
    this.prototype.name = 'SpecError';
  }
  readonly code = 'invalid_spec';
  readonly reason: ExitReason;

  constructor(message: string, reason: ExitReason) {
    super(message);
    this.reason = reason;
  }
}

/** What a refusal for an id that is taken means, to stand behind it. */
function meaningOf(reason: ExitReason): string {
  if (reason === 'already_present')
    return ' (a child with this id is there and does not run: restartChild or deleteChild)';
  return Array.isArray(reason) && reason[0] === 'already_started'
    ? ' (a child with this id runs already)'
    : '';
}

function holderIn(reason: ExitReason): Pid<never> | undefined {
  if (reason instanceof AlreadyStartedError) return reason.pid;
  if (!Array.isArray(reason) || reason[0] !== 'already_started') return undefined;
  const holder: unknown = reason[1];
  return isPid(holder) ? holder : undefined;
}
