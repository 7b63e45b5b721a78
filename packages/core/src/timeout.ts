/** Durations as callers give them. */
import { describe } from './format.ts';

/** Milliseconds, or `'infinity'`. */
export type Timeout = number | 'infinity';

/** Checks a timeout. Throws `RangeError` or `TypeError` that names the parameter. */
export function requireTimeout(value: unknown, parameter: string): asserts value is Timeout {
  if (value === 'infinity') return;
  if (typeof value !== 'number')
    throw new TypeError(`${parameter} must be milliseconds or 'infinity', got ${describe(value)}`);
  requireMs(value, parameter);
}

/** Checks a duration that must end. Throws `RangeError` or `TypeError` that names the parameter. */
export function requireMs(value: unknown, parameter: string): asserts value is number {
  if (typeof value !== 'number')
    throw new TypeError(`${parameter} must be milliseconds, got ${describe(value)}`);
  if (!(value >= 0) || value === Number.POSITIVE_INFINITY) {
    throw new RangeError(`${parameter} must be 0 or more milliseconds, got ${value}`);
  }
}
