/** How long the event loop was held while some work ran. */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { sleep } from 'coppice';

export interface Measured<T> {
  readonly value: T;
  readonly tookMs: number;
  /** The longest time between two ticks of a 1 ms timer. */
  readonly heldMs: number;
}

export async function measure<T>(work: () => T): Promise<Measured<Awaited<T>>> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  await sleep(10); // it ticks
  const startedAt = performance.now();
  const value = await work();
  const tookMs = performance.now() - startedAt;
  await sleep(10); // the tick that came late
  delays.disable();
  return { value, tookMs, heldMs: delays.max / 1e6 };
}
