/**
 * What the program waits for that is not of the runtime: sockets, files, child processes, threads, real timers. Of what ends with one call back
 * (requests, timers, jobs of the thread pool) async_hooks tell; of what stays open (sockets, child processes) Node's list of what keeps its event
 * loop running, which leaves out idle sockets. In browsers nothing is seen.
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
const NOTHING: ReadonlySet<string> = new Set();

/** What is told by async_hooks. */
const ENDING = /Req(Wrap|Promise|Callback)?$|^Immediate$|^Timeout$/;
/** Jobs of the thread pool that show whether they are asynchronous. Those of subtle crypto do not. */
const SHOWING: ReadonlySet<string> = new Set(['RANDOMBYTESREQUEST', 'SCRYPTREQUEST']);
/** How long a job counts that does not show it. */
const DOUBTFUL_FOR_MS = 1_000;

/** Requests to the system, jobs of the thread pool, timers and threads, by the names that async_hooks give them. */
const JOB = /REQ(UEST|WRAP|PROMISE|CALLBACK)?$|^ZLIB$|^Timeout$|^QUERYWRAP$|^WORKER$/;

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

  /** Somebody waits for the next round of the event loop. That each other simulation does is left out. */
  get isYielding(): boolean {
    return (countResources().get('Immediate') ?? 0) >= trackers.size;
  }

  started(id: number, job: Job): void {
    this.#jobs.set(id, job);
  }

  calledBack(id: number): void {
    const type = this.#jobs.get(id)?.type;
    if (type !== 'ZLIB' && type !== 'Timeout') this.#jobs.delete(id); // those call back many times
  }

  stop(): void {
    trackers.delete(this);
    if (trackers.size === 0) hook?.disable();
  }

  #hasJobs(): boolean {
    for (const [id, { type, resource, startedAt }] of this.#jobs) {
      const job = resource.deref();
      if (job === undefined || isDestroyed(job)) this.#jobs.delete(id);
      else if (isBusy(type, job, realClock.now() - startedAt)) return true;
    }
    return false;
  }

  #hasResources(ignored: ReadonlySet<string>): boolean {
    const now = countResources();
    this.#forgetEnded(now);
    for (const [kind, count] of now) {
      if (ignored.has(kind) || ENDING.test(kind)) continue;
      if (count > (this.#before.get(kind) ?? 0)) return true;
    }
    return false;
  }

  /** What was there before and has ended hides nothing new. */
  #forgetEnded(now: ReadonlyMap<string, number>): void {
    for (const [kind, count] of this.#before) this.#before.set(kind, Math.min(count, now.get(kind) ?? 0));
  }
}

const trackers = new Set<ForeignWork>();
const hook = makeHook();

/** Its cost is lost in that of a turn, and is paid in simulations only. */
function makeHook(): AsyncHook | undefined {
  return globalThis.process?.getBuiltinModule?.('node:async_hooks')?.createHook({
    init(id, type, _trigger, resource) {
      if (!JOB.test(type)) return;
      const job = { type, resource: new WeakRef(resource), startedAt: realClock.now() };
      for (const tracker of trackers) tracker.started(id, job);
    },
    before(id) {
      for (const tracker of trackers) tracker.calledBack(id);
    },
  });
}

/** A synchronous job of the thread pool makes the same resource, and never calls back: the asynchronous one puts its callback there. */
function isBusy(type: string, job: object, ageMs: number): boolean {
  if (type === 'Timeout') return 'hasRef' in job && typeof job.hasRef === 'function' && job.hasRef() === true;
  if (type === 'ZLIB') return 'buffer' in job && job.buffer !== null;
  if (!type.endsWith('REQUEST') || 'ondone' in job) return true;
  return !SHOWING.has(type) && ageMs < DOUBTFUL_FOR_MS;
}

function isDestroyed(job: object): boolean {
  return '_destroyed' in job && job._destroyed === true;
}

function countResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of globalThis.process?.getActiveResourcesInfo?.() ?? []) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}
