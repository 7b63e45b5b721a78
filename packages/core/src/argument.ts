/** Checks of arguments at the public edge, which behaviours share. OTP: `badarg`. */
import { describe } from './format.ts';

/** Throws `TypeError` that names the parameter. */
export function requireFunction(value: unknown, parameter: string): void {
  if (typeof value !== 'function')
    throw new TypeError(`${parameter} must be a function, got ${describe(value)}`);
}
