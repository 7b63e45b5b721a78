/** The errors of this package. */
import { CoppiceError, type ExitReason, errorIn } from '@coppice/core';

/**
 * What went wrong with an application. `application` is its name, `reason` OTP's: `['already_started', name]`, `['not_started', name]` (of the application itself
 * in `stop`, of one that it depends on in `start`), `['not_running', name]` (it depends on one that has ended), `['already_loaded', name]`, `['not_loaded', name]`,
 * `['running', name]`, `['bad_environment_value', issues]`, `'stopping'` (the program is being stopped, or a `prepStop` or `stop` asks, which the
 * controller waits for), or why its start failed: the reason of a start function's
 * rejection, `['bad_return', …]` for a throw or a result that is no pid. OTP: `{error, Reason}`.
 */
export class ApplicationError extends CoppiceError {
  static {
    this.prototype.name = 'ApplicationError'; // on the prototype, so that `stack` carries it
  }
  readonly code = 'application';
  readonly application: string;
  readonly reason: ExitReason;

  constructor(application: string, message: string, reason: ExitReason) {
    const cause = errorIn(reason);
    super(message, cause && { cause });
    this.application = application;
    this.reason = reason;
  }
}
