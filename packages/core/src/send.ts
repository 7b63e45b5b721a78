/** Sending. OTP: `send/2`, `exit/1`, `exit/2`. */
import { caller, exited } from './current.ts';
import { applyExit, asReceived, deliver, route, routeByAlias, routeMessage } from './delivery.ts';
import { ExitError, withoutStack } from './errors.ts';
import type { ExitReason } from './exit-reason.ts';
import { type Dest, formatName, type Name } from './name.ts';
import { resolveDest } from './names.ts';
import { type Pid, ProcessId, requirePid } from './pid.ts';
import { type Process, processOf } from './process.ts';
import { isPromiseLike } from './promise.ts';
import { Reference } from './reference.ts';
import { Alias, Monitor } from './relation.ts';

/**
 * Fire and forget; order per sender and receiver. To a dead pid, or a reference that is no alias (any more): nothing. To a name that nobody has:
 * throws `TypeError`.
 * A message with a `then` method is refused (`TypeError`): `await` would unwrap it and hang the receiver. OTP: `send/2`.
 */
export function send<M>(dest: Dest<M>, message: NoInfer<M>): void {
  const process = caller();
  if (dest instanceof ProcessId) return sendTo(process, dest, message); // most are: 5 % of a message between behaviours
  const target = resolveDest(process.host, dest);
  if (target instanceof ProcessId) return sendTo(process, target, message);
  if (target instanceof Reference) return sendByAlias(process, target, message);
  if (typeof dest === 'object' && 'local' in dest) return; // OTP: {Name, Node} is looked up over there, silently
  throw new TypeError(`no process has the name ${formatName(dest as Name)}`); // neither pid nor reference, so a name
}

/** Sends as `process`, which is alive. */
export function sendTo(process: Process, to: ProcessId, message: unknown): void {
  refuseThenable(message, 'message');
  if (to === process.pid) deliver(process, asReceived(process, message));
  else routeMessage(to, message);
}

/** Ends the calling process by throwing; needs no context, and narrows (`if (x === undefined) exit(…)`). OTP: `exit/1`. */
export function exit(reason: ExitReason): never;
/** Sends an exit signal: `'kill'` cannot be trapped, `'normal'` does nothing to others that do not trap. To oneself it takes effect at once. OTP: `exit/2`. */
export function exit(pid: Pid<never>, reason: ExitReason): void;
export function exit(...args: [ExitReason] | [Pid<never>, ExitReason]): void {
  if (args.length === 1) throw withoutStack(() => new ExitError(args[0])); // it says why, not where
  const [pid, reason] = args;
  const process = caller();
  requirePid(pid, 'pid');
  if (pid !== process.pid) {
    condemn(pid, reason);
    return route({ kind: 'exit', to: pid, from: process.pid, reason, link: undefined });
  }
  applyExit(pid, pid, reason, undefined);
  if (!process.isAlive) throw exited(process);
}

/** The signal waits in the queue, since it runs user code; whoever asks meanwhile whether its target is alive hears that it is not. */
function condemn(pid: ProcessId, reason: ExitReason): void {
  const target = processOf(pid);
  if (target !== undefined && (reason === 'kill' || (reason !== 'normal' && !target.trapsExits)))
    target.host.condemned.add(target);
}

/** To a reference that is no alias: nothing. */
function sendByAlias(process: Process, ref: Reference<string>, message: unknown): void {
  refuseThenable(message, 'message');
  const alias = Reference.recordOf(ref);
  if (alias instanceof Alias || alias instanceof Monitor) routeByAlias(alias, message, process);
}

/** Throws `TypeError` for what `await` would unwrap. */
export function refuseThenable(value: unknown, parameter: string): void {
  if (isPromiseLike(value)) {
    throw new TypeError(
      `${parameter} must not have a then method: awaiting it would unwrap it. Send what it resolves with`,
    );
  }
}
