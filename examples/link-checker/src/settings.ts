/** How hard and how patiently to check, by what is checked: our own server can be pressed, others are to be treated kindly. */
import type { CommandLine } from './cli.ts';
import { MAX_FAILURES } from './faults.ts';
import type { Limits } from './host-worker.ts';
import { ENOUGH } from './kill-count.ts';
import type { Plan } from './ledger.ts';
import type { Source } from './source.ts';

export interface Settings {
  readonly limits: Limits;
  readonly patience: Pick<Plan, 'attempts' | 'restMs'>;
}

type UsableSource = Exclude<Source, { readonly kind: 'unusable' }>;

export function settingsFor(source: UsableSource, line: CommandLine): Settings {
  const isOurs = source.kind === 'folder';
  const withFaults = isOurs && line.chaos;
  return {
    limits: {
      concurrency: line.concurrency ?? (isOurs ? 8 : 4),
      perSecond: line.rate ?? (isOurs ? 400 : 10),
      // Our server hangs on purpose under chaos: no need to wait long for it.
      timeoutMs: 1_000 * (line.timeout ?? (withFaults ? 1 : 10)),
      maxBytes: 1_024 * (line.maxSize ?? 5_000),
    },
    patience: {
      // A server that is killed breaks connections, which says nothing about the addresses: so many failures prove little.
      attempts: line.attempts ?? (withFaults ? MAX_FAILURES + ENOUGH + 5 : 3),
      restMs: isOurs ? 10 : 500,
    },
  };
}
