/** What the fetching costs, for the progress line. An Agent whose loss is no loss: it begins again at nought, and no verdict depends on it. */
import { Agent } from '@coppice/agent';
import type { ChildSpec } from '@coppice/supervisor';

export interface Statistics {
  readonly requests: number;
  readonly bytes: number;
}

const NONE: Statistics = { requests: 0, bytes: 0 };
const statistics = Agent.name<Statistics>('statistics');

export function childSpec(): ChildSpec {
  return Agent.childSpec(() => NONE, { name: statistics, id: 'statistics' });
}

/** Counts a request. Fire and forget: it may be lost. */
export function countRequest(bytes: number): void {
  Agent.cast(statistics, (sofar) => ({ requests: sofar.requests + 1, bytes: sofar.bytes + bytes }));
}

/** Since the agent started, which may be a moment ago. Rejects with `ExitError` while there is none. */
export const current = (): Promise<Statistics> => Agent.get(statistics, (sofar) => sofar);
