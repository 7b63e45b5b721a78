/** A pool of threads that a process owns: a supervisor starts it and starts it again, and no thread outlives its process. */
import { type ChildSpec, GenServer, isAlive, own, reply, send, stop } from 'coppice';
import { Piscina } from 'piscina';

type Jobs = typeof import('./jobs.js');
type Input<J extends keyof Jobs> = Parameters<Jobs[J]>[0];
type Output<J extends keyof Jobs> = ReturnType<Jobs[J]>;
export type Pool = Piscina<unknown, unknown>;

interface ThreadFailed {
  readonly type: 'thread_failed';
  readonly error: Error;
}

const Threads = GenServer.define('Threads', {
  init: (count: number): Pool => {
    const pool: Pool = new Piscina({
      filename: new URL('./jobs.js', import.meta.url).href,
      minThreads: count,
      maxThreads: count,
      resourceLimits: { maxOldGenerationSizeMb: 32 }, // a job that takes more ends its thread, not the program
    });
    const me = Threads.self();
    pool.on('error', (error: Error) => {
      if (isAlive(me)) send(me, { type: 'thread_failed', error }); // one that had no job
    });
    own(() => pool.destroy()); // ends all threads at once; `own(pool)` would close it, and wait for their jobs
    return pool;
  },
  call: { pool: (pool) => reply(pool, pool) },
  info: { thread_failed: (pool, { error }: ThreadFailed) => stop(error, pool) }, // and start anew
});
const threads = Threads.name('threads');

export const childSpec = (count: number): ChildSpec => Threads.childSpec(count, { name: threads });

/** The pool of the moment: after a restart it is another one. */
export const pool = (): Promise<Pool> => Threads.call(threads, 'pool');

/**
 * Runs a job on a thread. Call it in a task, with the task's signal: when the task ends, the job leaves the queue, or its thread is ended in the middle
 * of whatever it does and a new one takes its place.
 */
export async function onThread<J extends keyof Jobs>(
  job: J,
  input: Input<J>,
  { signal }: { readonly signal: AbortSignal },
): Promise<Output<J>> {
  const current = await pool();
  return (await current.run(input, { name: job, signal })) as Output<J>; // what that job returns
}
