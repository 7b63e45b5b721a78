/** How reasons, errors and values are written for people. Never throws, never without bounds: any value may be a reason. Elixir: `Exception.format_exit/1`, `inspect/2`. */
import { type ExitReason, isError, isNocatch, isRecordWith, safely } from './exit-reason.ts';
import { isPlain } from './plain.ts';

/** The reason for humans: an error's stack with its causes, anything else as a value; never throws. OTP: `Exception.format_exit/1`. */
export function formatExit(reason: ExitReason): string {
  if (isError(reason)) return safely(() => formatError(reason, new Set()), UNREADABLE);
  return formatBanner(reason);
}

/** {@link formatExit} without stacks and causes. Elixir: `Exception.format_banner/2`. */
export function formatBanner(reason: ExitReason): string {
  return isNocatch(reason) ? `(throw) ${formatValue(reason.nocatch)}` : formatValue(reason);
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
  [
    BAD_RETURN,
    'a callback gave or threw what it may not: a server’s gives reply(…), noreply(…) or stop(…) and throws errors, getAndUpdate’s gives [value, state]',
  ],
  ['duplicate_child_name', 'two children have the same id: { ...spec, id } changes one'],
  ['bad_combination', 'a significant child is not permanent, and its supervisor has autoShutdown'],
]);

/** `'duplicate_child_name'` for `['start_spec', ['duplicate_child_name', id]]`. */
function refusalIn(reason: ExitReason): unknown {
  return safely(() => {
    const refusal: unknown = Array.isArray(reason) && reason[0] === 'start_spec' ? reason[1] : undefined;
    return Array.isArray(refusal) ? (refusal[0] as unknown) : undefined;
  }, undefined);
}

const MAX_CAUSES = 8;
const MAX_MESSAGE_CHARACTERS = 8_192;
const MAX_VALUE_CHARACTERS = 400;
const MAX_PARTS = 500;
const MAX_KEYS = 6;
export const UNREADABLE = '[unreadable]';

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

/** A value for people, without line breaks of ours, cut where it gets long; never throws. */
export function formatValue(value: unknown): string {
  const text = safely(() => writeValue(value), UNREADABLE);
  return text.length > MAX_VALUE_CHARACTERS ? `${text.slice(0, MAX_VALUE_CHARACTERS)}…` : text;
}

function writeValue(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return writePart(value, { parts: MAX_PARTS, open: new Set() });
  } catch {
    return shapeOf(value as object); // circular, or a getter that throws: no primitive
  }
}

/** A term for messages and reports, such as a key: a string in quotes, anything else as a value. */
export function formatTerm(term: unknown): string {
  return typeof term === 'string' ? JSON.stringify(formatValue(term)) : formatValue(term);
}

/** An argument for an error message: what kind of object was given, anything else itself, as a pid is; never throws. */
export function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return formatTerm(value);
  return safely(() => describeObject(value), UNREADABLE);
}

function describeObject(value: object): string {
  const own = ownForm(value);
  if (typeof own === 'string') return formatValue(own);
  const maker: unknown = value.constructor; // an object whose prototype has none has none
  return isPlain(value) || typeof maker !== 'function' ? shapeOf(value) : `an instance of ${maker.name}`;
}

/** How many parts may still be written, and the objects that this one is in. */
interface Room {
  parts: number;
  readonly open: Set<object>;
}

/** As JSON, but for what that would refuse or leave out. Looks at no more than will be shown: a reason may have a million parts, or hold a large buffer. */
function writePart(part: unknown, room: Room): string {
  room.parts -= 1;
  if (typeof part === 'string') return JSON.stringify(part.slice(0, MAX_VALUE_CHARACTERS));
  if (typeof part === 'bigint') return `${part}n`;
  if (typeof part === 'function') return `[function ${part.name || 'anonymous'}]`;
  if (typeof part !== 'object' || part === null) return String(part);
  const closed = shapeOfClosed(part);
  if (closed !== undefined) return closed;
  if (room.open.has(part) || room.parts < 0) throw new TypeError('circular');
  room.open.add(part);
  const own = ownForm(part);
  const text = own === part ? writeMembers(part, room) : writeOwn(own, room);
  room.open.delete(part);
  return text;
}

function writeOwn(own: unknown, room: Room): string {
  return typeof own === 'string' ? own : writePart(own, room);
}

/** What a value gives for itself, as a pid or a date its text; most give nothing else. */
function ownForm(value: object): unknown {
  return 'toJSON' in value && typeof value.toJSON === 'function' ? value.toJSON() : value;
}

function writeMembers(whole: object, room: Room): string {
  const isArray = Array.isArray(whole);
  const keys = isArray ? whole.keys() : Object.keys(whole);
  const parts: string[] = [];
  for (const key of keys) {
    if (room.parts <= 0) break;
    const part: unknown = Reflect.get(whole, key);
    const isMistake = key === BAD_RETURN && typeof part === 'object' && part !== null;
    const text = isMistake ? shapeOf(part) : writePart(part, room);
    parts.push(isArray ? text : `${JSON.stringify(key)}:${text}`);
  }
  return isArray ? `[${parts.join(',')}]` : `{${parts.join(',')}}`;
}

/** A value without its contents: what a callback gave by mistake is most often its state, and a log is no place for what is in it. */
function shapeOf(value: object): string {
  const closed = shapeOfClosed(value);
  if (closed !== undefined) return closed;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const keys = Object.keys(value);
  return `{${keys.slice(0, MAX_KEYS).join(', ')}${keys.length > MAX_KEYS ? ', …' : ''}}`;
}

/** Of what is never written part by part. */
function shapeOfClosed(value: object): string | undefined {
  if (value instanceof Error) return briefOf(value);
  const isCollection = value instanceof Map || value instanceof Set;
  if (!isCollection && !ArrayBuffer.isView(value)) return undefined;
  return `${value.constructor.name}(${isCollection ? value.size : `${value.byteLength} bytes`})`;
}
