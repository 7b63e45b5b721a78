/** How a supervisor as a whole behaves: its flags, checked and completed. Pure. OTP: `sup_flags()`. */
import { describe, type ExitReason } from '@coppice/core';
import { SpecError } from './errors.ts';
import type { Intensity } from './restart-intensity.ts';

/** Whom a restart restarts: the child, all children, or the child and those started after it. */
export type Strategy = 'one_for_one' | 'one_for_all' | 'rest_for_one';

/** Whether the end of `significant` children ends the supervisor: never, of any of them, of the last of them. */
export type AutoShutdown = 'never' | 'any_significant' | 'all_significant';

/** How many restarts a supervisor takes before it gives up: more than `maxRestarts` within `maxSeconds`. OTP: `intensity`, `period`. */
export interface RestartLimit {
  /** Default 3; 0 tolerates none. */
  readonly maxRestarts?: number;
  /** Whole seconds; default 5. */
  readonly maxSeconds?: number;
}

/** What a static supervisor is told beside its children. OTP: `sup_flags()`. */
export interface SupervisorFlags extends RestartLimit {
  readonly strategy: Strategy;
  /** Default `'never'`. */
  readonly autoShutdown?: AutoShutdown;
}

/** Flags as a supervisor keeps them. */
export interface CompleteFlags {
  readonly strategy: Strategy;
  readonly autoShutdown: AutoShutdown;
  readonly limit: Intensity;
}

const STRATEGIES: ReadonlySet<unknown> = new Set<Strategy>(['one_for_one', 'one_for_all', 'rest_for_one']);
const AUTO_SHUTDOWNS: ReadonlySet<unknown> = new Set<AutoShutdown>([
  'never',
  'any_significant',
  'all_significant',
]);

/** Checks and completes flags. Throws `SpecError` that names the option. */
export function completeFlags(flags: SupervisorFlags): CompleteFlags {
  const { strategy, maxRestarts = 3, maxSeconds = 5, autoShutdown = 'never' } = flags;
  if (!STRATEGIES.has(strategy)) {
    refuse(`strategy must be 'one_for_one', 'one_for_all' or 'rest_for_one', got ${describe(strategy)}`, [
      'invalid_strategy',
      strategy,
    ]);
  }
  if (!Number.isInteger(maxRestarts) || maxRestarts < 0) {
    refuse(`maxRestarts must be a whole number from 0, got ${describe(maxRestarts)}`, [
      'invalid_intensity',
      maxRestarts,
    ]);
  }
  if (!Number.isInteger(maxSeconds) || maxSeconds < 1) {
    refuse(`maxSeconds must be a whole number from 1, got ${describe(maxSeconds)}`, [
      'invalid_period',
      maxSeconds,
    ]);
  }
  if (!AUTO_SHUTDOWNS.has(autoShutdown)) {
    refuse(
      `autoShutdown must be 'never', 'any_significant' or 'all_significant', got ${describe(autoShutdown)}`,
      ['invalid_auto_shutdown', autoShutdown],
    );
  }
  return { strategy, autoShutdown, limit: { intensity: maxRestarts, periodMs: maxSeconds * 1_000 } };
}

/** Throws `SpecError` for an option with OTP's reason. */
export function refuse(message: string, reason: ExitReason): never {
  throw new SpecError(message, ['supervisor_data', reason]);
}
