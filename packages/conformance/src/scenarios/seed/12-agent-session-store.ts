/** Agent 5: sessions with expiry and cleanup (time injected). */
import { randomBytes } from 'node:crypto';
import { Agent } from '@coppice/agent';
import { type Scenario, scenario } from '../../scenario.ts';
import { done } from '../../term.ts';

interface Session {
  readonly userId: number;
  readonly expiresAt: number;
  readonly createdAt: number;
}
type Found = readonly ['ok', Session] | readonly ['error', 'not_found' | 'expired'];

const clock = { now: 0 };
const store = Agent.name<ReadonlyMap<string, Session>>('SessionStore');
const SessionStore = {
  startLink: () => Agent.startLink(() => new Map(), { name: store }),
  async createSession(userId: number): Promise<string> {
    const id = randomBytes(32).toString('base64');
    const session = { userId, expiresAt: clock.now + 3600, createdAt: clock.now };
    await Agent.update(store, (sessions) => new Map(sessions).set(id, session));
    return id;
  },
  getSession: (id: string): Promise<Found> =>
    Agent.get(store, (sessions) => {
      const session = sessions.get(id);
      if (session === undefined) return ['error', 'not_found'];
      return session.expiresAt > clock.now ? ['ok', session] : ['error', 'expired'];
    }),
  deleteSession: (id: string) =>
    Agent.update(store, (sessions) => new Map([...sessions].filter(([key]) => key !== id))),
  cleanupExpired() {
    const { now } = clock;
    return Agent.update(store, (sessions) => new Map([...sessions].filter(([, s]) => s.expiresAt > now)));
  },
  count: () => Agent.get(store, (sessions) => sessions.size),
};

export const agentSessionStore: Scenario = scenario('seed/12_agent_session_store', async (O) => {
  clock.now = 1000;
  await SessionStore.startLink();
  const a = await SessionStore.createSession(1);
  O.step('session id: 32 bytes in base 64 with padding', [a.length, a.endsWith('=')]);
  O.step('ids differ', a !== (await SessionStore.createSession(2)));
  O.step('get', await SessionStore.getSession(a));
  O.step('unknown', await SessionStore.getSession('nope'));
  clock.now = 4599;
  O.step('one second before the end', (await SessionStore.getSession(a))[0]);
  clock.now = 4600;
  O.step('at expires_at: expired', await SessionStore.getSession(a));
  const c = await SessionStore.createSession(3);
  O.step('expired sessions stay until cleaned', await SessionStore.count());
  O.step('cleanup returns', done(await SessionStore.cleanupExpired()));
  O.step('count after cleanup', await SessionStore.count());
  O.step('after cleanup the expired one is not found', await SessionStore.getSession(a));
  const [found] = await SessionStore.getSession(c);
  O.step('the live one is left, and the state is still a map', [
    found,
    await Agent.get(store, (state) => state instanceof Map),
  ]);
  O.step('delete', done(await SessionStore.deleteSession(c)));
  O.step('get after delete', await SessionStore.getSession(c));
  O.step('delete again', done(await SessionStore.deleteSession(c)));
});
