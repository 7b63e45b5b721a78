/** Code that is not the runtime's and must hurt nobody: subscribers, hooks, closing of resources. */

/** Calls `fn` and gives what it throws, or its promise rejects with later, to `report`. */
export function attempt(fn: () => unknown, report: (error: unknown) => void): void {
  try {
    const result = fn();
    if (result instanceof Promise) result.catch(report);
  } catch (error) {
    report(error);
  }
}
