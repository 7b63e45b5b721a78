/** How long to wait before the next attempt. */

export interface Backoff {
  /** The longest pause after the first failure; it doubles with each. */
  readonly baseMs: number;
  /** No pause is longer. */
  readonly maxMs: number;
  /** From 0 to 1: many who fail together shall not try again together. */
  readonly random: () => number;
}

/** The pause after so many failures, from 1: anything between nothing and the exponential limit ("full jitter"). */
export function pauseMs(failures: number, { baseMs, maxMs, random }: Backoff): number {
  return random() * Math.min(maxMs, baseMs * 2 ** (failures - 1));
}
