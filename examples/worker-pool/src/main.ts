/** Six jobs for two workers; then a worker, a client and the pool are killed. */
import {
  context,
  type Down,
  ExitError,
  exit,
  GenServer,
  monitor,
  type Pid,
  reply,
  Supervisor,
  self,
  send,
  sleep,
  spawn,
  Task,
  whereis,
} from 'coppice';
import * as Pool from './pool.ts';

type Job = () => string | Promise<string>;
/** What the main process is told. */
type News =
  | Down
  | { readonly type: 'holds_a_worker' }
  | { readonly type: 'at_work'; readonly worker: Pid<never> };

const Worker = GenServer.define('Worker', {
  init: () => 0,
  call: { run: async (done, job: Job) => reply(await job(), done + 1) },
});
const pool = Pool.define('pool', { size: 2, worker: Worker.childSpec() });
const run = (job: Job): Promise<string> =>
  pool.withWorker((worker) => Worker.call(worker, 'run', job, { timeout: 'infinity' }));

const { self: main, receive } = context<News>();
const app = await Supervisor.startLink([pool.childSpec()], { strategy: 'one_for_one' });

console.log('# six jobs, two workers');
let [running, most] = [0, 0];
const job = (number: number) => async () => {
  running += 1;
  most = Math.max(most, running);
  await sleep(2);
  running -= 1;
  return `job ${number}`;
};
const jobs = [1, 2, 3, 4, 5, 6].map((number) => Task.async(() => run(job(number))));
console.log((await Task.awaitMany(jobs)).join(', '));
console.log('never more than two at once:', most <= 2);

console.log('# a job crashes its worker: it fails, and the worker is replaced');
try {
  await run(() => {
    throw new Error('cannot be done');
  });
} catch (error) {
  if (!(error instanceof ExitError)) throw error;
  console.log('failed:', error.reason instanceof Error && error.reason.message);
}
console.log(await pool.count());

console.log('# a worker is killed at work: another one does the job');
let attempts = 0;
const interrupted = async () => {
  attempts += 1;
  if (attempts === 1) {
    send(main, { type: 'at_work', worker: self() });
    await sleep('infinity');
  }
  return `done at attempt ${attempts}`;
};
const result = Task.async(() => runTwice(interrupted));
await kill((await receive({ type: 'at_work' })).worker);
console.log(await Task.await(result));

console.log('# a client dies: another one gets what it had');
const clients = [spawn(holdWorker), spawn(holdWorker)];
for (const _ of clients) await receive({ type: 'holds_a_worker' });
console.log(await pool.count());
const next = Task.async(() => run(() => 'done'));
await kill(clients[0]);
console.log(await Task.await(next));
await kill(clients[1]);
console.log(await pool.count());

console.log('# the pool is killed: it starts anew, with new workers');
await kill(whereis('pool.server'));
await Supervisor.countChildren('pool'); // answers when the restart is done
console.log(await pool.count());
console.log(await run(() => 'done'));
await Supervisor.stop(app);

/** For jobs that may be done twice: once more, if the worker ends. */
async function runTwice(job: Job): Promise<string> {
  try {
    return await run(job);
  } catch (error) {
    if (error instanceof ExitError) return run(job);
    throw error;
  }
}

function holdWorker(): Promise<void> {
  return pool.withWorker(() => {
    send(main, { type: 'holds_a_worker' });
    return sleep('infinity');
  });
}

async function kill(pid: Pid<never> | undefined): Promise<void> {
  if (pid === undefined) throw new Error('there is no such process');
  monitor(pid);
  exit(pid, 'kill');
  await receive({ type: 'DOWN' });
}
