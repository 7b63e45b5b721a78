/** Mail by a server that is busy: for a while, for too long, and one that does not want it. Then the one who tries again is cancelled, and killed. */
import { exit, formatExit, type Pid, receive, Supervisor, self, send, Task, TaskSupervisor } from 'coppice';
import type { Backoff } from './backoff.ts';
import * as MailServer from './mail-server.ts';
import { Busy, deliver } from './mail-server.ts';
import { type RetryOptions, retry } from './retry.ts';
import { seeded } from './seeded.ts';

const mailers = TaskSupervisor.name('mailers');
const busy = new Map([
  ['ann', 2],
  ['ben', Number.POSITIVE_INFINITY],
  ['eve', 1],
]);
const children = [MailServer.childSpec(busy), TaskSupervisor.childSpec({ name: mailers })];
const app = await Supervisor.startLink(children, { strategy: 'one_for_one' });

// `Math.random` in a program that need not print the same each time.
const backoff: Backoff = { baseMs: 10, maxMs: 40, random: seeded(2) };
const options: RetryOptions = {
  attempts: 5,
  backoff,
  isTransient: (error) => error instanceof Busy,
  onPause: (error, ms) => console.log(`${String(error)}, again in ${ms.toFixed()} ms`),
};

console.log('# Busy for a while');
console.log(await mail('ann'));
console.log('# Busy for too long');
console.log(await mail('ben'));
console.log('# Not worth another try');
console.log(await mail('joe'));

// From here on, pauses are long, and this process is told of them.
const me = self<Pid<never> | string>();
const patient: RetryOptions = {
  ...options,
  backoff: { baseMs: 3_600_000, maxMs: 3_600_000, random: () => 1 },
  onPause: () => send(me, self()),
};

console.log('# Cancelled in a pause of an hour');
const before = await MailServer.asked();
const task = await TaskSupervisor.asyncNolink(mailers, () => retry(() => deliver('ben'), patient));
await receive<Pid<never>>();
await Task.shutdown(task);
console.log(`the server was asked ${(await MailServer.asked()) - before} time`);

console.log('# Killed in a pause of an hour, and started again by its supervisor');
const mailEve = async (): Promise<void> => send(me, await retry(() => deliver('eve'), patient));
await TaskSupervisor.startChild(mailers, mailEve, { restart: 'transient' });
exit(await receive<Pid<never>>(), 'kill');
console.log(await receive<string>());

await Supervisor.stop(app);

/** A failure of the task is data: it is not linked to this process. */
async function mail(to: string): Promise<string> {
  const task = await TaskSupervisor.asyncNolink(mailers, () => retry(() => deliver(to), options));
  const outcome = await Task.yield(task, 'infinity');
  if (outcome?.ok === true) return outcome.value;
  return `failed: ${formatExit(outcome?.reason).split('\n', 1)[0]}`; // without the stack
}
