/**
 * The live processes of a node, in the order in which they were spawned: a list through the processes themselves. Any of them leaves at once, and
 * there is no array to grow, which at a million processes would hold the thread for many times the scheduler's budget.
 */
import type { Process } from './process.ts';

export class ProcessTable {
  size = 0;
  #oldest: Process | undefined;
  #newest: Process | undefined;

  add(process: Process): void {
    process.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = process;
    else this.#newest.newer = process;
    this.#newest = process;
    this.size += 1;
  }

  /** Takes out a process that is in. */
  delete(process: Process): void {
    const { older, newer } = process;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    process.older = undefined; // a dead process must not keep others
    process.newer = undefined;
    this.size -= 1;
  }

  /** Oldest first, as they are now. */
  list(): Process[] {
    const all: Process[] = [];
    for (let process = this.#oldest; process !== undefined; process = process.newer) all.push(process);
    return all;
  }
}
