/** Sessions that expire. */
import { randomBytes } from 'node:crypto';
import { Agent, type AgentPid } from '@coppice/agent';
import { systemTime } from '@coppice/core';

export interface Session {
  readonly userId: number;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}
export type Lookup =
  | { readonly ok: true; readonly value: Session }
  | { readonly ok: false; readonly reason: 'not_found' | 'expired' };

type Sessions = ReadonlyMap<string, Session>;
const sessions = Agent.name<Sessions>('session_store');

export const startLink = (): Promise<AgentPid<Sessions>> =>
  Agent.startLink((): Sessions => new Map(), { name: sessions });

export async function create(userId: number, lifetimeMs: number): Promise<string> {
  const id = randomBytes(32).toString('base64');
  const session = { userId, expiresAt: systemTime() + lifetimeMs };
  await Agent.update(sessions, (all) => new Map(all).set(id, session));
  return id;
}

export const get = (id: string): Promise<Lookup> =>
  Agent.get(sessions, (all): Lookup => {
    const session = all.get(id);
    if (session === undefined) return { ok: false, reason: 'not_found' };
    return session.expiresAt > systemTime() ? { ok: true, value: session } : { ok: false, reason: 'expired' };
  });

export const remove = (id: string): Promise<void> =>
  Agent.update(sessions, (all) => new Map([...all].filter(([other]) => other !== id)));

/** Gives how many were dropped. */
export const cleanUp = (): Promise<number> =>
  Agent.getAndUpdate(sessions, (all) => {
    const live = new Map([...all].filter(([, session]) => session.expiresAt > systemTime()));
    return [all.size - live.size, live];
  });
