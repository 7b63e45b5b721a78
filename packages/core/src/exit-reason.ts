/** Why processes end. OTP: exit reasons. How they are written is in `format`. */

/** An orderly stop with a detail. OTP: `{shutdown, Term}`. */
export interface Shutdown {
  readonly shutdown: unknown;
}
/** Reason of a body or task that threw something other than an `Error`. OTP: `{{nocatch, Term}, Stack}`. */
export interface Nocatch {
  readonly nocatch: unknown;
}

/**
 * Why a process ended. Open: any value may be a reason, so compare (`=== 'noproc'`), use `instanceof Error` or `isShutdown`.
 * A thrown `Error` is the reason itself.
 */
export type ExitReason =
  | 'normal'
  | 'shutdown'
  | 'kill'
  | 'killed'
  | 'noproc'
  | 'noconnection'
  | 'timeout'
  | Shutdown
  | Nocatch
  | Error
  | {}
  | null
  | undefined;

/** How someone else's work ended well. OTP: `{:ok, value}`. */
export interface Success<out T> {
  readonly ok: true;
  readonly value: T;
}
/** How someone else's work failed. OTP: `{:exit, reason}`. */
export interface Failure {
  readonly ok: false;
  readonly reason: ExitReason;
}
/** How someone else's work ended. OTP: `{:ok, value} | {:exit, reason}`. */
export type Outcome<T> = Success<T> | Failure;

/** Whether `reason` is `{ shutdown: … }`: an orderly stop with a detail. */
export function isShutdown(reason: unknown): reason is Shutdown {
  return isRecordWith('shutdown', reason);
}

/** True for anything but `'normal'`, `'shutdown'` and `{ shutdown }`: what restarts a `transient` child and what is reported as a crash. */
export function isAbnormal(reason: ExitReason): boolean {
  return reason !== 'normal' && reason !== 'shutdown' && !isShutdown(reason);
}

/** Whether `reason` is `{ nocatch: … }`: a thrown value that is no `Error`. */
export function isNocatch(reason: unknown): reason is Nocatch {
  return isRecordWith('nocatch', reason);
}

export function isRecordWith(key: string, reason: unknown): boolean {
  if (typeof reason !== 'object' || reason === null) return false;
  return safely(() => !(reason instanceof Error) && Object.hasOwn(reason, key), false);
}

/** Whether `reason` is an error. */
export function isError(reason: unknown): reason is Error {
  return safely(() => reason instanceof Error, false);
}

/** Any value may be a reason. To look at one may throw: a proxy that was revoked, a getter. */
export function safely<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}

const MAX_DEPTH = 8;

/** The error inside of a reason, however it is wrapped: in a `shutdown`, in a tuple such as `['failed_to_start_child', id, reason]`. */
export function errorIn(reason: ExitReason, depth: number = MAX_DEPTH): Error | undefined {
  if (isError(reason)) return reason;
  if (depth === 0) return undefined;
  return safely(() => errorInside(reason, depth), undefined);
}

function errorInside(reason: ExitReason, depth: number): Error | undefined {
  if (isShutdown(reason)) return errorIn(reason.shutdown, depth - 1);
  if (!Array.isArray(reason)) return undefined;
  const parts: readonly unknown[] = reason;
  for (const part of parts) {
    const error = errorIn(part, depth - 1);
    if (error !== undefined) return error;
  }
  return undefined;
}
