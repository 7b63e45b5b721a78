import { explore, simulated } from '@coppice/testing';
import { DynamicSupervisor, exit, type Pid, Supervisor, sleep, subscribe, Task, whereis } from 'coppice';
import { describe, expect, it } from 'vitest';
import * as RateLimiter from '../src/rate-limiter.ts';

subscribe('coppice.supervisor.report', () => {}); // else on stderr

const limit = { capacity: 3, perSecond: 10 };
const start = () => Supervisor.startLink([RateLimiter.childSpec()], { strategy: 'one_for_one' });
const take = async (client: string) => (await RateLimiter.take(client, limit)).allowed;
const bucketOf = (client: string): Pid<never> => {
  const pid = whereis(RateLimiter.bucketOf(client));
  if (pid === undefined) throw new Error(`${client} has no bucket`);
  return pid;
};
const countBuckets = async () => (await DynamicSupervisor.countChildren('rate_limiter.buckets')).active;

describe('take', () => {
  it('makes one bucket for a client, in any order of its first requests', () =>
    explore(async () => {
      await start();
      const requests = Array.from({ length: 5 }, () => Task.async(() => take('ann')));
      const allowed = (await Task.awaitMany(requests)).filter(Boolean);
      expect([allowed.length, await countBuckets()]).toEqual([3, 1]);
    }));

  it('is answered when the bucket goes at that very moment', () =>
    explore(async () => {
      await start();
      for (let request = 0; request < 5; request += 1) {
        expect(await take('ann')).toBe(true);
        await sleep(300);
      }
    }));

  it(
    'has a bucket go when it has been idle until it is full',
    simulated(async ({ down, now }) => {
      await start();
      await take('ann');
      expect(await down(bucketOf('ann'))).toBe('normal');
      expect(now()).toBe(300);
      expect(await countBuckets()).toBe(0);
      expect(await RateLimiter.take('ann', limit)).toEqual({ allowed: true, remaining: 2 });
    }),
  );

  it(
    'goes on for other clients, however many buckets crash',
    simulated(async ({ down }) => {
      await start();
      await take('ben');
      for (let crash = 0; crash < 10; crash += 1) {
        await take('ann');
        const bucket = bucketOf('ann');
        exit(bucket, 'kill');
        await down(bucket);
      }
      expect(await RateLimiter.take('ben', limit)).toEqual({ allowed: true, remaining: 1 });
    }),
  );
});
