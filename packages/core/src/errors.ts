/** The errors that the runtime throws and rejects with. Bad arguments are `TypeError` and `RangeError`. */
import { type ExitReason, errorIn, isError, safely } from './exit-reason.ts';
import { formatValue, meaningOf, UNREADABLE } from './format.ts';
import { formatName, type Name } from './name.ts';
import { isPid, type Pid } from './pid.ts';

/** Base of all errors of this library that a caller can act on. */
export abstract class CoppiceError extends Error {
  /** Stable, for programs. */
  abstract readonly code: string;
}

/** What was being called when an exit happened. OTP: the `{Module, Function, Args}` of an exit. */
export interface CallSite {
  readonly module: string;
  readonly function: string;
  readonly args: readonly unknown[];
}

/**
 * An exit of the caller, catchable: a failed call, await or stop, or `exit(reason)` itself. `reason` is the raw reason.
 * Uncaught, it ends the process: with `reason` if there is no `call`, else with this error. OTP: `exit({Reason, {M, F, A}})`.
 */
export class ExitError extends CoppiceError {
  static {
    this.prototype.name = 'ExitError'; // on the prototype, so that `stack` carries it
  }
  readonly code = 'exit';
  /** Not enumerable where it is an error: that is the `cause` too, and would be printed twice. */
  declare readonly reason: ExitReason;
  /** What it was an exit of. Not enumerable: what was asked for may hold secrets, and loggers write what they can enumerate. */
  declare readonly call: CallSite | undefined;

  constructor(reason: ExitReason, call?: CallSite) {
    const where = call === undefined ? '' : ` in ${formatCall(call)}`;
    const isCause = isError(reason);
    super(
      `exited: ${formatValue(reason)}${where}${meaningOf(reason)}`,
      isCause ? { cause: reason } : undefined,
    );
    Object.defineProperties(this, {
      reason: { value: reason, enumerable: !isCause },
      call: { value: call },
    });
  }
}

/** Stops the code of a process that is already dead. Not an `ExitError`, so that a handler of exits never swallows it. */
export class ProcessExited extends CoppiceError {
  static {
    this.prototype.name = 'ProcessExited';
  }
  readonly code = 'process_exited';
  readonly pid: Pid<never>;
  readonly reason: ExitReason;

  constructor(pid: Pid<never>, reason: ExitReason) {
    super(
      `process ${pid} has exited (${formatValue(reason)}); its code goes on only until its next call of the runtime`,
    );
    this.pid = pid;
    this.reason = reason;
  }
}

/** Rejection of a start function whose name is taken. OTP: `{error, {already_started, Pid}}`. */
export class AlreadyStartedError extends CoppiceError {
  static {
    this.prototype.name = 'AlreadyStartedError';
  }
  readonly code = 'already_started';
  readonly pid: Pid<never>;

  constructor(name: string, pid: Pid<never>) {
    super(`name ${name} is already taken by process ${pid}`);
    this.pid = pid;
  }
}

/** Rejection of a start function whose `init` failed or timed out. OTP: `{error, Reason}`. */
export class StartError extends CoppiceError {
  static {
    this.prototype.name = 'StartError';
  }
  readonly code = 'start_failed';
  /** Not enumerable where it is an error: that is the `cause` too, and would be printed twice. */
  declare readonly reason: ExitReason;

  constructor(what: string, reason: ExitReason) {
    const cause = errorIn(reason);
    super(`${what} failed to start: ${formatValue(reason)}${meaningOf(reason)}`, cause && { cause });
    Object.defineProperty(this, 'reason', { value: reason, enumerable: reason !== cause });
  }
}

/** Who was asked, and of what was asked for the name alone. */
function formatCall({ module, function: name, args }: CallSite): string {
  return `${module}.${name}(${args.map((arg, index) => (index === 0 ? formatServer(arg) : formatArgument(arg))).join(', ')})`;
}

/** What names a server, for a report: a child's id is the name too, most often. Never throws: a proxy may be revoked. */
export function formatServer(server: unknown): string {
  return safely(() => {
    const isName = typeof server === 'object' && server !== null && ('via' in server || 'global' in server);
    return isName ? formatName(server as Name) : formatValue(server); // a call names who was asked in the first place
  }, UNREADABLE);
}

/** A request has its name in the first place, as a tuple has: `["login", …]`. Never throws: a proxy may be revoked. */
function formatArgument(arg: unknown): string {
  return safely(() => {
    if (typeof arg !== 'object' || arg === null || isPid(arg)) return formatValue(arg);
    if (!Array.isArray(arg)) return '{…}';
    const tag: unknown = arg[0];
    return typeof tag === 'string' ? `["${formatValue(tag)}", …]` : '[…]';
  }, '…');
}

/** An error that says why, not where: writing the stack takes two thirds of the time of an exit. */
export function withoutStack<E>(make: () => E): E {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
