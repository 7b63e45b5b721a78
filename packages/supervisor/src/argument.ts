/** Checks of arguments at the public edge. OTP: `badarg`. */
import { describe } from '@coppice/core';
import { SpecError } from './errors.ts';

/** Throws `TypeError` for options that are no object. */
export function requireOptions(options: unknown): void {
  if (typeof options === 'object' && options !== null) return;
  throw new SpecError(`options must be an object, got ${describe(options)}`, [
    'supervisor_data',
    ['invalid_type', options],
  ]);
}

/** Throws `TypeError` for what is no module-style supervisor. */
export function requireModule(module: unknown, init: unknown): void {
  if (typeof module !== 'string' || module === '') {
    throw new TypeError(`module must be a non-empty string, got ${describe(module)}`);
  }
  if (typeof init !== 'function')
    throw new TypeError(`init of ${module} must be a function, got ${describe(init)}`);
}
