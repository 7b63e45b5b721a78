/**
 * Child specs: checked, and completed with OTP's defaults. Pure. OTP: `supervisor:check_childspecs/2`. What starts a child and what comes of it is in
 * `child-start`.
 */
import { type ChildSpec, describe, type ExitReason, formatValue, isPid, type Pid } from '@coppice/core';
import { SpecError } from './errors.ts';

/** What a start function may give beside a bare pid: a pid, and something for whoever asked for the start. OTP: `{ok, Pid, Info}`. */
export interface PidWithInfo<out P extends Pid<never> = Pid<never>, out I = unknown> {
  readonly pid: P;
  readonly info: I;
}

/** What a start function resolves with. `'ignore'`: there is nothing to run. OTP: `{ok, Pid} | {ok, Pid, Info} | ignore`. */
export type StartResult = Pid<never> | PidWithInfo | 'ignore';

/** A `ChildSpec` whose start may also give info. */
export interface ChildSpecOf<out R extends StartResult = StartResult> extends Omit<ChildSpec, 'start'> {
  readonly start: () => Promise<R>;
}

/** A child spec with all of its fields, as a supervisor keeps it. OTP: what `get_childspec` gives. */
export type CompleteSpec = Required<ChildSpec>;

/**
 * Completes a spec. Throws `SpecError` for a missing or impossible field. Fields that no spec has are ignored, as in OTP.
 * Defaults: `restart: 'permanent'`, `type: 'worker'`, `shutdown` 5000 for workers and `'infinity'` for supervisors, `significant: false`, `modules: []`.
 */
export function completeSpec(spec: unknown): CompleteSpec {
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec) || isPid(spec)) {
    throw new SpecError(`a child spec must be an object with id and start, got ${describe(spec)}`, [
      'invalid_child_spec',
      spec,
    ]);
  }
  const { id, start, restart = 'permanent', significant = false, type = 'worker' } = spec as Fields;
  const { shutdown = type === 'supervisor' ? 'infinity' : 5_000, modules = [] } = spec as Fields;
  if (id === undefined) {
    const hint = 'childSpec' in spec ? ': its childSpec(…) gives one' : '';
    throw new SpecError(`a child spec must have an id, got ${describe(spec)}${hint}`, 'missing_id');
  }
  const complete = { id, start, restart, significant, type, shutdown, modules };
  check(complete);
  return complete;
}

/** Completes the specs of a supervisor's children. Throws `SpecError`, as OTP's `{start_spec, _}`. */
export function completeSpecs(children: unknown): readonly CompleteSpec[] {
  if (!Array.isArray(children)) {
    throw new SpecError(`children must be an array of child specs, got ${describe(children)}`, [
      'start_spec',
      ['invalid_child_spec', children],
    ]);
  }
  return children.map((spec: unknown) => {
    try {
      return completeSpec(spec);
    } catch (error) {
      throw error instanceof SpecError ? new SpecError(error.message, ['start_spec', error.reason]) : error;
    }
  });
}

/** Whether two fields of a spec, or a spec and the supervisor's `autoShutdown`, exclude each other; OTP's term for it if they do. */
export function badCombination(spec: CompleteSpec, autoShutdown: string): ExitReason | undefined {
  if (!spec.significant) return undefined;
  const clash =
    spec.restart === 'permanent'
      ? ['restart', 'permanent']
      : autoShutdown === 'never'
        ? ['auto_shutdown', 'never']
        : undefined;
  return clash && ['bad_combination', [clash, ['significant', true]]];
}

/** A child's id in messages: `"cache"`, `["connection",3]`. */
export function formatId(id: unknown): string {
  return typeof id === 'object' ? formatValue(id) : describe(id);
}

/** A spec of any origin: each field is still to be checked. */
type Fields = { readonly [K in keyof ChildSpec]?: unknown };
type Unchecked = { readonly [K in keyof CompleteSpec]: unknown };

function check(spec: Unchecked): asserts spec is CompleteSpec {
  const { id, start, restart, significant, type, shutdown, modules } = spec;
  const refuse = (field: string, expected: string, value: unknown, reason: ExitReason): never => {
    throw new SpecError(
      `child ${formatId(id)}: ${field} must be ${expected}, got ${describe(value)}`,
      reason,
    );
  };
  if (start === undefined) refuse('start', 'a function', start, 'missing_start');
  if (typeof start !== 'function') refuse('start', 'a function', start, ['invalid_mfa', start]);
  if (restart !== 'permanent' && restart !== 'transient' && restart !== 'temporary') {
    refuse('restart', "'permanent', 'transient' or 'temporary'", restart, ['invalid_restart_type', restart]);
  }
  if (typeof significant !== 'boolean') {
    refuse('significant', 'true or false', significant, ['invalid_significant', significant]);
  }
  if (type !== 'worker' && type !== 'supervisor') {
    refuse('type', "'worker' or 'supervisor'", type, ['invalid_child_type', type]);
  }
  if (!isShutdownTime(shutdown)) {
    refuse('shutdown', "milliseconds from 0, 'infinity' or 'brutal_kill'", shutdown, [
      'invalid_shutdown',
      shutdown,
    ]);
  }
  if (!Array.isArray(modules) || !modules.every((module) => typeof module === 'string')) {
    refuse('modules', 'an array of names', modules, ['invalid_modules', modules]);
  }
}

function isShutdownTime(value: unknown): boolean {
  if (value === 'infinity' || value === 'brutal_kill') return true;
  return typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY;
}
