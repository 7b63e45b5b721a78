/** What is still to be done when the program exits. */

const closers = new Set<() => void>();
let isHeeded = false;

/** Calls `close` when the program exits, before what pino flushes then; the result takes it back. */
export function atExit(close: () => void): () => void {
  closers.add(close);
  if (!isHeeded) globalThis.process?.prependListener?.('exit', closeAll); // a browser has none
  isHeeded = true;
  return () => {
    closers.delete(close);
  };
}

function closeAll(): void {
  for (const close of closers) close();
}
