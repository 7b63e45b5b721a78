/**
 * What the program waits for that is not of the runtime: sockets, files, child processes, threads, real timers. Node lists what its event loop
 * waits for; of the jobs of its thread pool (crypto, compression) and of workers only async_hooks tell. In browsers nothing is seen.
 */
import type { AsyncHook } from 'node:async_hooks';
import { realClock } from '@coppice/core';

/** Waits for whoever calls, not for an end of its own: it would hold virtual time for as long as it is open. */
const LISTENING: ReadonlySet<string> = new Set([
  'TCPServerWrap',
  'PipeServerWrap',
  'UDPWrap',
  'FSEventWrap',
  'StatWatcher',
  'SignalWrap',
]);
/** The simulation's own rounds of the event loop. */
const OWN = 'Immediate';
/** Requests, of whatever origin, end soon; handles and timers that were there before may stay, and are not counted. */
const REQUEST = /Req(Wrap|Promise|Callback)?$/;
const NOTHING: ReadonlySet<string> = new Set();

/** Jobs that show whether they are asynchronous. Those of subtle crypto do not. */
const SHOWS: ReadonlySet<string> = new Set(['RANDOMBYTESREQUEST', 'SCRYPTREQUEST']);
/** How long a job counts that does not show it. */
const DOUBTFUL_FOR_MS = 1_000;

interface Job {
  readonly type: string;
  readonly resource: WeakRef<object>;
  readonly startedAt: number;
}

/** Tells whether the host has begun something since this was made that has not ended. To be stopped. */
export class ForeignWork {
  readonly #before = countResources();
  readonly #jobs = new Map<number, Job>();

  constructor() {
    trackers.add(this);
    if (trackers.size === 1) hook?.enable();
  }

  /** Something is pending that will end by itself. */
  get isPending(): boolean {
    return this.#hasJobs() || this.#hasResources(LISTENING);
  }

  /** Something may still call the program: a listening socket does too. */
  get isExpected(): boolean {
    return this.#hasJobs() || this.#hasResources(NOTHING);
  }

  started(id: number, job: Job): void {
    this.#jobs.set(id, job);
  }

  /** Compression calls back many times. */
  calledBack(id: number): void {
    if (this.#jobs.get(id)?.type !== 'ZLIB') this.#jobs.delete(id);
  }

  stop(): void {
    trackers.delete(this);
    if (trackers.size === 0) hook?.disable();
  }

  #hasJobs(): boolean {
    for (const [id, { type, resource, startedAt }] of this.#jobs) {
      const job = resource.deref();
      if (job === undefined) this.#jobs.delete(id);
      else if (isBusy(type, job, realClock.now() - startedAt)) return true;
    }
    return false;
  }

  #hasResources(ignored: ReadonlySet<string>): boolean {
    const now = countResources();
    this.#forgetEnded(now);
    for (const [kind, count] of now) {
      if (kind === OWN || ignored.has(kind)) continue;
      if (REQUEST.test(kind) || count > (this.#before.get(kind) ?? 0)) return true;
    }
    return false;
  }

  /** What was there before and has ended hides nothing new. Timers of a test runner come and go. */
  #forgetEnded(now: ReadonlyMap<string, number>): void {
    for (const [kind, count] of this.#before) {
      if (kind !== 'Timeout') this.#before.set(kind, Math.min(count, now.get(kind) ?? 0));
    }
  }
}

const trackers = new Set<ForeignWork>();
const hook = makeHook();

/** Its cost is lost in that of a turn, and is paid in simulations only. */
function makeHook(): AsyncHook | undefined {
  return globalThis.process?.getBuiltinModule?.('node:async_hooks')?.createHook({
    init(id, type, _trigger, resource) {
      if (!type.endsWith('REQUEST') && type !== 'ZLIB' && type !== 'WORKER') return;
      const job = { type, resource: new WeakRef(resource), startedAt: realClock.now() };
      for (const tracker of trackers) tracker.started(id, job);
    },
    before(id) {
      for (const tracker of trackers) tracker.calledBack(id);
    },
  });
}

/** A synchronous call makes the same resource and never calls back: what tells them apart is what the asynchronous one has put there. */
function isBusy(type: string, job: object, ageMs: number): boolean {
  if (type === 'WORKER') return true;
  if (type === 'ZLIB') return 'buffer' in job && job.buffer !== null;
  if ('ondone' in job) return true;
  return !SHOWS.has(type) && ageMs < DOUBTFUL_FOR_MS;
}

function countResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of globalThis.process?.getActiveResourcesInfo?.() ?? []) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}
