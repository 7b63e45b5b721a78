/** Why a test fails that did not fail by itself. */
import { CoppiceError, type ExitEvent, formatCrash } from '@coppice/core';

/** A process crashed, and the test did not say that it would. `cause` is the first reason. */
export class UndeclaredCrashError extends CoppiceError {
  static {
    this.prototype.name = 'UndeclaredCrashError'; // on the prototype, so that `stack` carries it
  }
  readonly code = 'undeclared_crash';
  readonly crashes: readonly ExitEvent[];

  /** `declared`: what was declared, and matches none of them. */
  constructor(crashes: readonly ExitEvent[], declared: readonly string[] = []) {
    const told = crashes.map((crash) => formatCrash(crash)).join('\n');
    const only = declared.length === 0 ? '' : `, only ${declared.join(' and ')}`;
    super(`crashes that the test did not declare with expectCrash${only}: ${crashes.length}\n${told}`, {
      cause: crashes[0]?.reason,
    });
    this.crashes = crashes;
  }
}

/** A crash was declared that never came. */
export class MissingCrashError extends CoppiceError {
  static {
    this.prototype.name = 'MissingCrashError';
  }
  readonly code = 'missing_crash';
}

/** Nothing is left that could ever wake the test. */
export class DeadlockError extends CoppiceError {
  static {
    this.prototype.name = 'DeadlockError';
  }
  readonly code = 'deadlock';
}

/** Processes keep each other busy for ever: time can't pass, and the test does not end. */
export class LivelockError extends CoppiceError {
  static {
    this.prototype.name = 'LivelockError';
  }
  readonly code = 'livelock';
}

/** The test runner has given the test up. */
export class AbandonedError extends CoppiceError {
  static {
    this.prototype.name = 'AbandonedError';
  }
  readonly code = 'abandoned';
}

/** Something of the test outlived it. */
export class LeakError extends CoppiceError {
  static {
    this.prototype.name = 'LeakError';
  }
  readonly code = 'leak';
  readonly leaks: readonly string[];

  constructor(leaks: readonly string[]) {
    super(`the test left behind: ${leaks.join('; ')}`);
    this.leaks = leaks;
  }
}

/** A body fails under a seed. `cause` is how. */
export class ExplorationError extends CoppiceError {
  static {
    this.prototype.name = 'ExplorationError';
  }
  readonly code = 'exploration_failed';
  readonly seed: number;

  constructor(seed: number, tried: number, cause: unknown) {
    const message = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    super(
      `fails under seed ${seed}, after ${tried} seeds that pass: run it again with simulate(body, { seed: ${seed} })\n${message}`,
      { cause },
    );
    this.seed = seed;
  }
}
