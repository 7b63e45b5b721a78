/** What a model test has met: how often each way of ending met each kind of child under each strategy, and each operation. */
import type { Restart } from '@coppice/core';
import type { Strategy } from '@coppice/supervisor';
import type { SupervisorNode, TreeNode } from './plan.ts';

const STRATEGIES: readonly Strategy[] = ['one_for_one', 'one_for_all', 'rest_for_one'];
const RESTARTS: readonly Restart[] = ['permanent', 'transient', 'temporary'];
const ENDS = ['normal', 'shutdown', 'shutdown_term', 'crash', 'killed'] as const;
const OPERATIONS = ['start', 'terminate', 'restart', 'delete'] as const;
const FAILURES = ['restart_failed', 'restart_ignored'] as const;

/** What can happen to a child, beside ending. */
export type Met = (typeof OPERATIONS)[number] | (typeof FAILURES)[number];

export class Coverage {
  readonly #counts = new Map<string, number>();

  /** A child ended, and its supervisor had to deal with it. */
  exit(supervisor: SupervisorNode, child: TreeNode, reason: string): void {
    this.#count(supervisor, child, reason);
  }

  operation(supervisor: SupervisorNode, child: TreeNode, operation: Met): void {
    this.#count(supervisor, child, operation);
  }

  /** The smallest count of all cells that can be met: a temporary child is never restarted, so its restart never fails. */
  get least(): number {
    return Math.min(...this.#cells().map(([, count]) => count));
  }

  /** A table for people. */
  toString(): string {
    return this.#cells()
      .map(([cell, count]) => `${cell.padEnd(46)}${String(count).padStart(8)}`)
      .join('\n');
  }

  #cells(): readonly (readonly [cell: string, count: number])[] {
    const cells = STRATEGIES.flatMap((strategy) =>
      RESTARTS.flatMap((restart) =>
        [...ENDS, ...OPERATIONS, ...(restart === 'temporary' ? [] : FAILURES)].map(
          (met) => `${strategy} ${restart} ${met}`,
        ),
      ),
    );
    return cells.map((cell) => [cell, this.#counts.get(cell) ?? 0]);
  }

  #count({ strategy }: SupervisorNode, { restart }: TreeNode, met: string): void {
    const cell = `${strategy} ${restart} ${met}`;
    this.#counts.set(cell, (this.#counts.get(cell) ?? 0) + 1);
  }
}
