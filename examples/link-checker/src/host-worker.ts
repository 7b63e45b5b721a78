/**
 * Fetches the addresses of one host: so many at a time, so many a second. It keeps nothing that matters, so it may die at any moment.
 * Its leases die with it, and its successor takes them up again.
 */
import { type ExitReason, type Pid, self, setLabel, sleep } from '@coppice/core';
import { AlreadyRegisteredError, Registry } from '@coppice/registry';
import type { ChildSpec } from '@coppice/supervisor';
import { Task, type TaskContext, TaskSupervisor } from '@coppice/task';
import { type Finding, fetchTarget } from './fetcher.ts';
import * as Frontier from './frontier.ts';
import * as Statistics from './statistics.ts';

/** How hard a host is pressed. */
export interface Limits {
  /** Requests to one host at a time. */
  readonly concurrency: number;
  /** Requests to one host in a second. */
  readonly perSecond: number;
  /** For one request, its body included. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Each request is held back so long, as a slow network does; default 0. */
  readonly delayMs?: number;
}

/** Which worker has which host. Its members die with it: a worker that nobody knows of would stay for ever. */
export const workersByHost = Registry.unique<string>('workers_by_host');
/** Supervises the fetches of all hosts: not linked to their workers, so that one that crashes fails alone. */
export const fetches = TaskSupervisor.name('fetches');

/** `transient`: a killed worker is restarted; one that finds its host taken has ended well and is not. */
export function childSpec(host: string, limits: Limits): ChildSpec {
  return Task.childSpec(() => serveHost(host, limits), { id: host, restart: 'transient' });
}

async function serveHost(host: string, limits: Limits): Promise<void> {
  setLabel(`host ${host}`);
  if (!takeHost(host)) return;
  for (;;) {
    await Frontier.work(host);
    const outcomes = TaskSupervisor.asyncStreamNolink(
      fetches,
      leases(host, self(), limits.perSecond),
      (lease, context) => fetchLease(lease, context, limits),
      {
        maxConcurrency: limits.concurrency,
        ordered: false,
        timeout: limits.timeoutMs,
        onTimeout: 'kill_task',
        zipInputOnExit: true,
      },
    );
    for await (const outcome of outcomes) {
      if (outcome.ok) await Frontier.settle(outcome.value.lease, outcome.value.finding);
      else await giveUp(outcome.input, outcome.reason, limits.timeoutMs);
    }
  }
}

function takeHost(host: string): boolean {
  try {
    Registry.register(workersByHost, host);
    return true;
  } catch (error) {
    if (error instanceof AlreadyRegisteredError) return false;
    throw error;
  }
}

/**
 * Leases while there is work, at the host's pace: the stream asks for the next one when a task is free. The pause comes
 * first, so that a worker that is restarted again and again does not press its host.
 */
async function* leases(host: string, worker: Pid<never>, perSecond: number): AsyncGenerator<Frontier.Lease> {
  for (;;) {
    await sleep(1_000 / perSecond);
    const lease = await Frontier.lease(host, worker);
    if (lease === undefined) return;
    yield lease;
  }
}

/** Runs as a task: a timeout or a kill ends its process, which aborts `signal`, which closes the socket. */
async function fetchLease(lease: Frontier.Lease, { signal }: TaskContext, limits: Limits) {
  const { maxBytes, delayMs = 0 } = limits;
  setLabel(`fetch ${lease.target.url}`);
  await sleep(delayMs);
  const { finding, bytes } = await fetchTarget(lease.target, { signal, maxBytes });
  Statistics.countRequest(bytes);
  return { lease, finding };
}

async function giveUp(lease: Frontier.Lease, reason: ExitReason, timeoutMs: number): Promise<void> {
  const failure = failureOf(reason, timeoutMs);
  if (failure === undefined) await Frontier.giveBack(lease);
  else await Frontier.settle(lease, failure);
}

/** What a fetch that did not end by itself says about its address: nothing, if it was killed or stopped. */
function failureOf(reason: ExitReason, timeoutMs: number): Finding | undefined {
  if (reason === 'timeout') {
    return { kind: 'failed', reason: `no answer within ${timeoutMs / 1_000} s`, answered: false };
  }
  if (reason instanceof Error) {
    return { kind: 'failed', reason: `the checker failed: ${reason.message}`, answered: false };
  }
  return undefined;
}
