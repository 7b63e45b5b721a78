/** A burst, a client that waits as it is told, and what the deaths of a bucket and of the registry cost. */
import { exit, isDown, monitor, monotonicTime, type Pid, receive, Supervisor, sleep, whereis } from 'coppice';
import * as RateLimiter from './rate-limiter.ts';
import type { Limit } from './token-bucket.ts';

const trial: Limit = { capacity: 3, perSecond: 1 / 60 };
const paid: Limit = { capacity: 5, perSecond: 200 };

const app = await Supervisor.startLink([RateLimiter.childSpec()], { strategy: 'one_for_one' });

console.log('# a burst');
for (let request = 1; request <= 4; request += 1) await ask('ann');
await ask('ben');

console.log('# a client that waits as it is told');
const startMs = monotonicTime();
for (let allowed = 0; allowed < 15; ) {
  const verdict = await RateLimiter.take('cyd', paid);
  if (verdict.allowed) allowed += 1;
  else await sleep(verdict.retryAfterMs);
}
const tookMs = Math.round(monotonicTime() - startMs);
console.log('15 requests: 5 at once, 10 at 200 a second:', tookMs >= 50);

console.log('# an idle bucket goes');
monitor(RateLimiter.bucketOf('cyd'));
await receive(isDown);
console.log(`cyd: ${bucketState('cyd')}, ann: ${bucketState('ann')}`);

console.log('# a bucket is killed: its client gets a new one, the others keep theirs');
await kill(whereis(RateLimiter.bucketOf('ann')));
console.log(`ann: ${bucketState('ann')}, ben: ${bucketState('ben')}`);
await ask('ann');
await ask('ben');

console.log('# the registry is killed: the limiter starts anew, with no buckets');
await kill(whereis('rate_limiter.clients'));
await Supervisor.countChildren('rate_limiter'); // answers when the restart is done
console.log(`ann: ${bucketState('ann')}, ben: ${bucketState('ben')}`);
await ask('ann');
await ask('ben');
await Supervisor.stop(app);

async function ask(client: string): Promise<void> {
  const verdict = await RateLimiter.take(client, trial);
  console.log(`${client}: ${verdict.allowed ? `allowed, ${verdict.remaining} left` : 'refused'}`);
}

function bucketState(client: string): string {
  return whereis(RateLimiter.bucketOf(client)) === undefined ? 'no bucket' : 'a bucket';
}

async function kill(pid: Pid<never> | undefined): Promise<void> {
  if (pid === undefined) throw new Error('there is no such process');
  monitor(pid);
  exit(pid, 'kill');
  await receive(isDown);
}
