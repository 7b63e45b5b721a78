/** What the program waits for that is not of the runtime: sockets, files, child processes, real timers. */

/** Server sockets wait for nothing that a process awaits, and would hold virtual time for as long as they listen. */
const IDLE: ReadonlySet<string> = new Set(['Immediate', 'TCPServerWrap', 'PipeServerWrap', 'CloseReq']);

/** Tells whether the host has begun something since this was made, and not ended it. Jobs of Node's thread pool (zlib, crypto) do not show. */
export class ForeignWork {
  readonly #before = count();

  get isPending(): boolean {
    for (const [kind, pending] of count()) {
      if (!IDLE.has(kind) && pending > (this.#before.get(kind) ?? 0)) return true;
    }
    return false;
  }
}

function count(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of globalThis.process?.getActiveResourcesInfo?.() ?? []) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}
