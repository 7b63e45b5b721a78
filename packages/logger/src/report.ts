/** What a report is before it is written: one line for people, and fields for programs. */
import {
  type ExitReason,
  errorIn,
  formatBanner,
  formatValue,
  type Pid,
  userFramesFirst,
} from '@coppice/core';
import { cut, loggable } from './loggable.ts';

export type Level = 'debug' | 'info' | 'warn' | 'error';

/** The levels, the least first. */
export const LEVELS: readonly Level[] = ['debug', 'info', 'warn', 'error'];

/** One line to be. */
export interface Report {
  readonly level: Level;
  /** What it counts as when lines are held back. */
  readonly kind: string;
  /** It tells the end of what others rest on: lines are kept free for such ones. */
  readonly isTerminal?: boolean;
  readonly message: string;
  /** Whose metadata it carries; who comes first wins. */
  readonly processes: readonly (Pid<never> | string)[];
  /** Asked for only if it is written. */
  readonly fields: () => object;
}

/** What a state or message becomes in a record: nothing, unless the user has opted in. */
export type Contents = (value: unknown) => unknown;

/** The contents of states and messages as `redact` lets them through; without it none. */
export function contentsBy(redact: ((value: unknown) => unknown) | undefined): Contents {
  return (value) => {
    if (redact === undefined || value === undefined) return undefined;
    try {
      return loggable(redact(value));
    } catch (error) {
      return `[redact threw ${formatValue(error)}]`;
    }
  };
}

/** The fields that tell a reason: as text, and the error in it, if there is one, under pino's key for errors with the program's own frames first. */
export function reasonFields(reason: ExitReason): { readonly reason: string; readonly err?: Error } {
  const error = errorIn(reason);
  return error === undefined
    ? { reason: why(reason) }
    : { reason: why(reason), err: withUserFramesFirst(error) };
}

/** A reason on one line. */
export function why(reason: ExitReason): string {
  const text = formatBanner(reason);
  return text.split('\n', 1)[0] ?? text;
}

/** ` (name)` behind a pid, where there is one. */
export function inParentheses(name: string | undefined): string {
  return name === undefined ? '' : ` (${name})`;
}

/**
 * The error itself but for its stack, and its message if that is very long; pino's serializer adds the causes. A copy would lose its class, and what a
 * DOMException keeps in private fields.
 */
function withUserFramesFirst(error: Error): Error {
  const stack: unknown = error.stack; // anybody may have set it, and the message
  if (typeof stack !== 'string' || Object.isFrozen(error)) return error;
  const message = formatMessage(error.message);
  const get = (target: Error, key: PropertyKey): unknown => {
    if (key === 'stack') return userFramesFirst(stack.replace(message, () => cut(message)));
    return key === 'message' ? cut(message) : Reflect.get(target, key);
  };
  return new Proxy(error, { get });
}

/** Pino takes what has no text for no error. */
function formatMessage(message: unknown): string {
  return typeof message === 'string' ? message : '';
}
