/** The errors of this package that a caller can act on. */
import { CoppiceError, type ExitReason, formatValue } from '@coppice/core';

/** Rejection of `replaceState` and `codeChange` whose function threw in the server; the server goes on as it was. OTP: `{callback_failed, …}`. */
export class CallbackError extends CoppiceError {
  static {
    this.prototype.name = 'CallbackError'; // on the prototype, so that `stack` carries it
  }
  readonly code = 'callback_failed';
  /** What was thrown. */
  readonly reason: ExitReason;

  constructor(what: string, reason: ExitReason) {
    super(`the function given to ${what} threw in the server: ${formatValue(reason)}`, { cause: reason });
    this.reason = reason;
  }
}
