/** Errors of a registry that a caller can act on. */
import { CoppiceError, formatTerm, type Pid } from '@coppice/core';

/** The key is taken. `pid`: by whom; it may be the caller itself. OTP: `{:error, {:already_registered, pid}}`. */
export class AlreadyRegisteredError extends CoppiceError {
  static {
    this.prototype.name = 'AlreadyRegisteredError';
  }
  readonly code = 'already_registered';
  readonly pid: Pid<never>;

  constructor(registry: string, key: unknown, pid: Pid<never>) {
    super(`key ${formatTerm(key)} is already registered in ${JSON.stringify(registry)} by process ${pid}`);
    this.pid = pid;
  }
}
