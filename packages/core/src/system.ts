/** What the machine has. Elixir: `System`. */

/** How many threads the machine runs at once, which is how much is worth doing at once. Elixir: `System.schedulers_online/0`. */
export function schedulersOnline(): number {
  // `getBuiltinModule` needs no import, so that one entry serves Node and browsers.
  const os = globalThis.process?.getBuiltinModule?.('node:os');
  return os?.availableParallelism() ?? threadsOfBrowser() ?? 1;
}

function threadsOfBrowser(): number | undefined {
  const navigator: unknown = Reflect.get(globalThis, 'navigator');
  if (typeof navigator !== 'object' || navigator === null || !('hardwareConcurrency' in navigator))
    return undefined;
  return typeof navigator.hardwareConcurrency === 'number' ? navigator.hardwareConcurrency : undefined;
}
