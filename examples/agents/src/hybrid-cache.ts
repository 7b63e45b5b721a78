/** Reads from a table without asking a process; an agent owns the table, so that a supervisor starts both anew. */
import { Agent, type AgentPid } from '@coppice/agent';
import type { ChildSpec, Outcome } from '@coppice/core';
import { Ets } from '@coppice/ets';

const cache = Ets.name<string, number>('cache');

/** The table belongs to the agent, for the agent makes it: one that the caller made would go with the caller. */
const open = (): 'open' => {
  Ets.new(cache, { protection: 'public' });
  return 'open';
};

export const startLink = (): Promise<AgentPid<'open'>> => Agent.startLink(open, { name: 'hybrid_cache' });
export const childSpec = (): ChildSpec => Agent.childSpec(open, { name: 'hybrid_cache' });

export const put = (key: string, value: number): void => Ets.insert(cache, key, value);
export function get(key: string): Outcome<number> {
  const value = Ets.lookup(cache, key);
  return value === undefined ? { ok: false, reason: 'not_found' } : { ok: true, value };
}
