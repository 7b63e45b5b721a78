/** Trying again what fails for a while. It runs in the process that calls it: to end it, end that. */
import { sleep } from 'coppice';
import { type Backoff, pauseMs } from './backoff.ts';

export interface RetryOptions {
  /** How often the work is tried, the first time included. */
  readonly attempts: number;
  readonly backoff: Backoff;
  /** Whether it may go better next time. What it does not know must be `false`: the error by which a killed process is stopped comes by here, too. */
  readonly isTransient: (error: unknown) => boolean;
  /** Told before each pause. */
  readonly onPause?: (error: unknown, ms: number) => void;
}

/** What `work` gives. Rejects with its error if that is not transient, and with the last one when all attempts have failed. */
export async function retry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { attempts, backoff, isTransient, onPause } = options;
  for (let failures = 1; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      if (failures === attempts || !isTransient(error)) throw error;
      const ms = pauseMs(failures, backoff);
      onPause?.(error, ms);
      await sleep(ms);
    }
  }
}
