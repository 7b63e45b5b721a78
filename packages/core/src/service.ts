/** Which processes are services of their node: see `ProcLib.startService`. They are told first when the node is stopped, while all that they keep still runs. */
import type { Process } from './process.ts';

const services = new WeakSet<Process>();

export function markService(process: Process): void {
  services.add(process);
}

export function isService(process: Process): boolean {
  return services.has(process);
}
