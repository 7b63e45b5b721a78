import { simulated } from '@coppice/testing';
import { exit, type Pid, Supervisor, sleep, subscribe, whereis } from 'coppice';
import { describe, expect, it } from 'vitest';
import * as Sessions from '../src/session-store.ts';

subscribe('coppice.supervisor.report', () => {}); // else on stderr

const start = (options: Partial<Sessions.Options> = {}) =>
  Supervisor.startLink([Sessions.childSpec({ sweepMs: 1_000, ...options })], { strategy: 'one_for_one' });
const pidOf = (name: string): Pid<never> => {
  const pid = whereis(name);
  if (pid === undefined) throw new Error(`there is no ${name}`);
  return pid;
};

describe('find', () => {
  it(
    'finds a session until its time ends, whether or not it has been swept out',
    simulated(async () => {
      await start();
      const id = await Sessions.create('ann', 100);
      await sleep(99);
      expect(Sessions.find(id)?.user).toBe('ann');
      await sleep(99);
      expect(Sessions.find(id)?.user).toBe('ann'); // it was used
      await sleep(100);
      expect(Sessions.find(id)).toBeUndefined();
    }),
  );

  it(
    'finds nothing under an id that is not known, or was removed',
    simulated(async () => {
      await start();
      expect(Sessions.find('nobody')).toBeUndefined();
      const id = await Sessions.create('ann', 100);
      await Sessions.remove(id);
      expect(Sessions.find(id)).toBeUndefined();
    }),
  );
});

describe('the sweep', () => {
  it(
    'removes what has expired, once, and leaves the rest',
    simulated(async () => {
      const expired: string[] = [];
      await start({ onExpiry: ({ user }) => expired.push(user) });
      await Sessions.create('ann', 500);
      const ben = await Sessions.create('ben', 5_000);
      await Sessions.create('cyd', 1_500);
      await sleep(4_000);
      expect(expired).toEqual(['ann', 'cyd']);
      expect(Sessions.find(ben)?.user).toBe('ben');
    }),
  );
});

describe('the sessions', () => {
  it(
    'outlive a store that crashes again and again, as long as its supervisor bears it',
    simulated(async ({ down, expectCrash }) => {
      expectCrash('cannot end');
      const onExpiry = ({ user }: Sessions.Session) => {
        throw new Error(`${user} cannot end`);
      };
      await start({ onExpiry });
      const ann = await Sessions.create('ann', 60_000);
      for (let crash = 0; crash < 3; crash += 1) {
        const store = pidOf('session_store');
        await Sessions.create('eve', 10);
        await down(store);
        expect(Sessions.find(ann)?.user).toBe('ann');
        await Supervisor.countChildren('sessions');
      }
      await Sessions.create('ben', 60_000);
      expect(Sessions.find(ann)?.user).toBe('ann');
    }),
  );

  it(
    'end with their keeper, and the store starts anew',
    simulated(async ({ down }) => {
      await start();
      const ann = await Sessions.create('ann', 60_000);
      const [keeper, store] = [pidOf('sessions.keeper'), pidOf('session_store')];
      exit(keeper, 'kill');
      await down(store);
      await Supervisor.countChildren('sessions');
      expect(Sessions.find(ann)).toBeUndefined();
      expect(Sessions.find(await Sessions.create('ann', 60_000))?.user).toBe('ann');
    }),
  );
});
