/** The flags of a dynamic supervisor, checked and completed. Pure. OTP: `DynamicSupervisor.init/1`. */
import { describe } from '@coppice/core';
import {
  type AutoShutdown,
  type CompleteFlags,
  completeFlags,
  type RestartLimit,
  refuse,
} from './supervisor-flags.ts';

/** How a dynamic supervisor behaves. */
export interface DynamicSupervisorFlags extends RestartLimit {
  /** The only one that there is, and the default. */
  readonly strategy?: 'one_for_one';
  /** Children at most, those that wait for their restart among them; default `'infinity'`. */
  readonly maxChildren?: number | 'infinity';
  /** Come before the arguments of every child's start function; default none. */
  readonly extraArguments?: readonly unknown[];
  /** Default `'never'`. OTP has it for `simple_one_for_one`, Elixir's `DynamicSupervisor` has not. */
  readonly autoShutdown?: AutoShutdown;
}

/** Flags as a dynamic supervisor keeps them. */
export interface CompleteDynamicFlags {
  readonly common: CompleteFlags;
  readonly maxChildren: number;
  readonly extraArguments: readonly unknown[];
}

/** Checks and completes flags. Throws `SpecError` that names the option. */
export function completeDynamicFlags(flags: DynamicSupervisorFlags): CompleteDynamicFlags {
  const { maxChildren = 'infinity', extraArguments = [], strategy = 'one_for_one' } = flags;
  if (strategy !== 'one_for_one') {
    refuse(`strategy must be 'one_for_one', got ${describe(strategy)}`, ['invalid_strategy', strategy]);
  }
  if (maxChildren !== 'infinity' && !(Number.isInteger(maxChildren) && maxChildren >= 0)) {
    refuse(`maxChildren must be a whole number from 0, or 'infinity', got ${describe(maxChildren)}`, [
      'invalid_max_children',
      maxChildren,
    ]);
  }
  if (!Array.isArray(extraArguments)) {
    refuse(`extraArguments must be an array, got ${describe(extraArguments)}`, [
      'invalid_extra_arguments',
      extraArguments,
    ]);
  }
  return {
    common: completeFlags({ ...flags, strategy }),
    maxChildren: maxChildren === 'infinity' ? Number.POSITIVE_INFINITY : maxChildren,
    extraArguments,
  };
}
