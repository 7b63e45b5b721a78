/** What the bodies of random programs have in common. */
import { exit } from '@coppice/core';
import { type Ending, reasonOf, valueOf } from './task-program.ts';

/** Ends the calling task as its plan says. */
export function endAs(ending: Ending, index: number): string {
  switch (ending) {
    case 'value':
      return valueOf(index);
    case 'throw':
      throw new Error(reasonOf(index, 'throw'));
    case 'exit':
      return exit(reasonOf(index, 'exit'));
    case 'exit_normal':
      return exit('normal');
    case 'shutdown':
      return exit('shutdown');
  }
}

/** A reason as the models write it. */
export function textOf(reason: unknown): string {
  if (typeof reason === 'string') return reason;
  return reason instanceof Error ? `${reason.name}: ${reason.message}` : JSON.stringify(reason);
}

/** An outcome as the models write it. */
export function plain(outcome: unknown): unknown {
  if (typeof outcome !== 'object' || outcome === null || !('reason' in outcome)) return outcome;
  return { ...outcome, reason: textOf(outcome.reason) };
}
