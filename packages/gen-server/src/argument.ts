/** Checks of arguments at the public edge. OTP: `badarg`. */
import { describe } from '@coppice/core';

/** Throws `TypeError` that names the parameter. */
export function requireObject(value: unknown, parameter: string): void {
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(`${parameter} must be an object, got ${describe(value)}`);
  }
}

/** Throws `TypeError` that names the parameter. */
export function requireBoolean(value: unknown, parameter: string): void {
  if (typeof value !== 'boolean')
    throw new TypeError(`${parameter} must be a boolean, got ${describe(value)}`);
}
