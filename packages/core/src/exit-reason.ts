/** Why processes end, and how that is told. OTP: exit reasons. */

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

/** The reason for humans: an error's stack with its causes, anything else as a value; never throws. OTP: `Exception.format_exit/1`. */
export function formatExit(reason: ExitReason): string {
  if (isError(reason)) return safely(() => formatError(reason, new Set()), UNREADABLE);
  if (isNocatch(reason)) return `(throw) ${formatValue(reason.nocatch)}`;
  return formatValue(reason);
}

/**
 * Text of several lines as one report: its continuation lines are indented, its control characters escaped. Names and reasons may hold anything; no line of theirs
 * shall pass for a report of its own, nor change what a terminal shows.
 */
export function printable(text: string): string {
  return text
    .replaceAll('\n', '\n  ')
    .replaceAll(/[^\P{Cc}\n\t]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What a reason of the runtime's own means, to stand behind it; nothing for any other. */
export function meaningOf(reason: ExitReason): string {
  const meaning = MEANINGS.get(isRecordWith(BAD_RETURN, reason) ? BAD_RETURN : (refusalIn(reason) ?? reason));
  return meaning === undefined ? '' : ` (${meaning})`;
}

const BAD_RETURN = 'bad_return_value';
const MEANINGS: ReadonlyMap<unknown, string> = new Map([
  ['noproc', 'no live process has this pid or name'],
  ['calling_self', 'a process that waits for itself would wait for ever'],
  ['timeout', 'time was up; what was asked for may still happen'],
  ['mailbox_full', 'more messages came than its limit allows'],
  [BAD_RETURN, 'a callback gave what it may not give: a server’s gives reply(…), noreply(…) or stop(…)'],
  ['duplicate_child_name', 'two children have the same id'],
  ['bad_combination', 'a significant child is not permanent, and its supervisor has autoShutdown'],
]);

/** `'duplicate_child_name'` for `['start_spec', ['duplicate_child_name', id]]`. */
function refusalIn(reason: ExitReason): unknown {
  return safely(() => {
    const refusal: unknown = Array.isArray(reason) && reason[0] === 'start_spec' ? reason[1] : undefined;
    return Array.isArray(refusal) ? (refusal[0] as unknown) : undefined;
  }, undefined);
}

/** Whether `reason` is `{ nocatch: … }`: a thrown value that is no `Error`. */
export function isNocatch(reason: unknown): reason is Nocatch {
  return isRecordWith('nocatch', reason);
}

function isRecordWith(key: string, reason: unknown): boolean {
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

/** The error inside of a reason, however it is wrapped: in a `shutdown`, in a tuple such as `['failed_to_start_child', id, reason]`. */
export function errorIn(reason: ExitReason, depth: number = MAX_CAUSES): Error | undefined {
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

const MAX_CAUSES = 8;
const MAX_MESSAGE_CHARACTERS = 8_192;
const MAX_VALUE_CHARACTERS = 400;
const MAX_PARTS = 500;
const MAX_KEYS = 6;
const UNREADABLE = '[unreadable]';

/** Each error once, and no more than some: what is in an `AggregateError` may be one that holds more, or itself. */
function formatError(error: Error, told: Set<unknown>): string {
  told.add(error);
  const lines = [safely(() => stackOf(error), UNREADABLE)];
  for (const cause of safely(() => [...innerErrors(error), error.cause], [])) {
    if (cause === undefined || told.has(cause) || told.size > MAX_CAUSES) continue;
    lines.push(isError(cause) ? formatError(cause, told) : formatValue(cause));
  }
  return lines.join('\ncaused by: ');
}

/** The stack as the host wrote it, the message in it cut where it gets long. */
function stackOf(error: Error): string {
  const stack: unknown = safely(() => error.stack, undefined);
  if (typeof stack !== 'string') return briefOf(error);
  const message: unknown = safely(() => error.message, undefined);
  return typeof message === 'string' && message.length > MAX_MESSAGE_CHARACTERS
    ? stack.replace(message, () => `${message.slice(0, MAX_MESSAGE_CHARACTERS)}…`)
    : stack;
}

/** What an `AggregateError` stands for; the host's own, of a refused connection, says nothing itself. */
function innerErrors(error: Error): readonly unknown[] {
  const isAggregate = error instanceof AggregateError && Array.isArray(error.errors);
  return isAggregate ? error.errors.slice(0, MAX_KEYS) : [];
}

function briefOf(error: Error): string {
  const inner = (one: unknown): string => (isError(one) ? `${one.name}: ${one.message}` : typeof one);
  return `${error.name}: ${error.message || innerErrors(error).map(inner).join(', ')}`;
}

/** A value on one line, cut where it gets long; never throws. */
export function formatValue(value: unknown): string {
  const text = safely(() => writeValue(value), UNREADABLE);
  return text.length > MAX_VALUE_CHARACTERS ? `${text.slice(0, MAX_VALUE_CHARACTERS)}…` : text;
}

function writeValue(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'function') return `[function ${value.name || 'anonymous'}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Error) return briefOf(value);
  try {
    const text = JSON.stringify(value, partWriter()) ?? shapeOf(value);
    return text.startsWith('"') ? String(JSON.parse(text)) : text; // a pid, a date: what prints itself
  } catch {
    return shapeOf(value); // circular, or a toJSON that throws
  }
}

/** What JSON would leave out or refuse. Of several fields one may be left out, a place or the only field says something by being `undefined`. */
function partWriter(): (this: object, key: string, part: unknown) => unknown {
  let left = MAX_PARTS; // more than will be shown; a reason may have a million
  let holder: object | undefined;
  let isAlone = false;
  return function write(key, part) {
    left -= 1;
    if (left < 0) return undefined;
    if (key === BAD_RETURN && typeof part === 'object' && part !== null) return shapeOf(part);
    if (part === undefined) {
      if (holder !== this) isAlone = Array.isArray(this) || Object.keys(this).length === 1;
      holder = this; // oxlint-disable-line typescript/no-this-alias -- whose field it is
      return isAlone ? 'undefined' : part;
    }
    if (typeof part === 'bigint') return `${part}n`;
    if (typeof part === 'number' && !Number.isFinite(part)) return String(part);
    if (typeof part === 'string') return part.slice(0, MAX_VALUE_CHARACTERS);
    return part instanceof Error || part instanceof Map || part instanceof Set ? shapeOf(part) : part;
  };
}

/** A value without its contents: what a callback gave by mistake is most often its state, and a log is no place for what is in it. */
function shapeOf(value: object): string {
  if (value instanceof Error) return briefOf(value);
  if (value instanceof Map || value instanceof Set) return `${value.constructor.name}(${value.size})`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const keys = Object.keys(value);
  const shown = keys.slice(0, MAX_KEYS);
  return `{${[...shown, ...(keys.length > shown.length ? ['…'] : [])].join(', ')}}`;
}
