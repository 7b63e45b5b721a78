/** How hard and how patiently to check: our own server can be pressed, others are to be treated kindly. */
import type { CommandLine } from './cli.ts';
import { MAX_FAILURES } from './faults.ts';
import type { Limits } from './host-worker.ts';
import { ENOUGH } from './kill-count.ts';
import type { Plan } from './ledger.ts';
import type { UsableSource } from './source.ts';

export interface Settings {
  /** For the server that we run ourselves, where a folder is checked. */
  readonly ours: Limits;
  readonly others: Limits;
  readonly patience: Pick<Plan, 'attempts' | 'restMs'>;
}

/** What the command line asks for, else what suits the source. */
export function settingsFor(source: UsableSource, line: CommandLine): Settings {
  const withFaults = source.kind === 'folder' && line.chaos;
  const others: Limits = {
    concurrency: line.concurrency ?? 4,
    perSecond: line.rate ?? 10,
    timeoutMs: 1_000 * (line.timeout ?? 10),
    maxBytes: 1_024 * (line.maxSize ?? 2_000),
  };
  const ours: Limits = {
    ...others,
    concurrency: line.concurrency ?? 8,
    perSecond: line.rate ?? 400,
    // Our server hangs on purpose under chaos: no need to wait long for it.
    timeoutMs: 1_000 * (line.timeout ?? (withFaults ? 1 : 10)),
  };
  const patience = {
    // A server that is killed breaks connections, which says nothing about the addresses: so many failures prove little.
    attempts: line.attempts ?? (withFaults ? MAX_FAILURES + ENOUGH + 5 : 3),
    restMs: withFaults ? 10 : 500,
  };
  return { ours, others, patience };
}
