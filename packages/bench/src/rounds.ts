/** How long the rounds of the event loop take, with and without the pauses of the garbage collector. */
import { PerformanceObserver } from 'node:perf_hooks';

interface Span {
  readonly from: number;
  readonly to: number;
}

export class Rounds {
  readonly #rounds: Span[] = [];
  readonly #pauses: Span[] = [];
  readonly #observer: PerformanceObserver;
  #isOver = false;

  /** Observes from now on. */
  constructor() {
    this.#observer = new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries())
        this.#pauses.push({ from: startTime, to: startTime + duration });
    });
    this.#observer.observe({ entryTypes: ['gc'] });
    this.#next(performance.now());
  }

  /** The longest round since the start, in milliseconds, and the longest when the pauses are not counted. */
  async stop(): Promise<{ readonly longestMs: number; readonly withoutGcMs: number }> {
    this.#isOver = true;
    await new Promise((resolve) => setTimeout(resolve, 100)); // the last pauses are told later
    this.#observer.disconnect();
    const pauses = this.#pauses.sort((a, b) => a.from - b.from);
    let longestMs = 0;
    let withoutGcMs = 0;
    let first = 0;
    for (const { from, to } of this.#rounds) {
      while ((pauses[first]?.to ?? Number.POSITIVE_INFINITY) <= from) first += 1;
      let paused = 0;
      for (let n = first; (pauses[n]?.from ?? to) < to; n += 1)
        paused += Math.min(pauses[n]?.to ?? to, to) - Math.max(pauses[n]?.from ?? to, from);
      longestMs = Math.max(longestMs, to - from);
      withoutGcMs = Math.max(withoutGcMs, to - from - paused);
    }
    return { longestMs, withoutGcMs };
  }

  #next(from: number): void {
    setImmediate(() => {
      if (this.#isOver) return;
      const to = performance.now();
      this.#rounds.push({ from, to });
      this.#next(to);
    });
  }
}
