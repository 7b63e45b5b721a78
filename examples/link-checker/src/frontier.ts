/**
 * The error kernel: the one process whose state can't be had again, so it does almost nothing. It keeps the ledger,
 * answers at once or when there is something to say, and never waits, fetches or parses. It knows none of the others.
 *
 * A lease is the monitor on the worker that holds it. While the worker lives, its monitor is the proof that somebody
 * is at work; when it dies, in whatever way, the DOWN message hands the address back. A finding and a DOWN can't both
 * count: whichever comes first ends the lease.
 */
import { demonitor, type MonitorRef, monitor, type Pid, sendAfter } from '@coppice/core';
import { type From, GenServer, noreply, reply } from '@coppice/gen-server';
import type { ChildSpec } from '@coppice/supervisor';
import type { Finding } from './fetcher.ts';
import { type Counts, Ledger, type Lease as LedgerLease, type Plan, type Results } from './ledger.ts';

export type Lease = LedgerLease<MonitorRef>;

interface State {
  readonly ledger: Ledger<MonitorRef>;
  readonly waiters: readonly Waiter[];
}
/** Answers somebody's call, once there is an answer: then it returns true. The caller may be dead by then; its reply is dropped. */
type Waiter = (ledger: Ledger<MonitorRef>) => boolean;

interface Rested {
  readonly type: 'rested';
  readonly url: string;
}

const Frontier = GenServer.define('Frontier', {
  init: (plan: Plan): State => ({ ledger: new Ledger(plan), waiters: [] }),
  call: {
    hosts: (state, known: number, from: From<readonly string[]>) =>
      noreply(
        answerWhen(state, from, (ledger) => {
          const hosts = ledger.hosts();
          return hosts.length > known ? hosts : undefined;
        }),
      ),
    work: (state, host: string, from: From<true>) =>
      noreply(answerWhen(state, from, (ledger) => ledger.hasWork(host) || undefined)),
    settled: (state, addresses: number, from: From<true>) =>
      noreply(
        answerWhen(
          state,
          from,
          (ledger) => ledger.counts().settled >= addresses || ledger.isComplete() || undefined,
        ),
      ),
    lease: (state, { host, worker }: { readonly host: string; readonly worker: Pid<never> }) =>
      reply(state.ledger.hasWork(host) ? state.ledger.lease(host, monitor(worker)) : undefined, state),
    settle: (state, { lease, finding }: { readonly lease: Lease; readonly finding: Finding }) => {
      demonitor(lease.id, { flush: true });
      const receipt = state.ledger.settle(lease.id, finding);
      if (receipt.kind === 'rest') {
        sendAfter(Frontier.self(), { type: 'rested', url: receipt.url }, receipt.ms);
      }
      return reply(receipt.kind, serve(state));
    },
    giveBack: (state, lease: Lease) => {
      demonitor(lease.id, { flush: true });
      state.ledger.giveBack(lease.id);
      return reply(undefined, serve(state));
    },
    counts: (state) => reply(state.ledger.counts(), state),
    results: (state) => reply(state.ledger.results(), state),
  },
  info: {
    DOWN: (state, { ref }) => {
      state.ledger.giveBack(ref);
      return noreply(serve(state));
    },
    rested: (state, { url }: Rested) => {
      state.ledger.requeue(url);
      return noreply(serve(state));
    },
  },
});

function answerWhen<R>(
  state: State,
  from: From<R>,
  find: (ledger: Ledger<MonitorRef>) => R | undefined,
): State {
  const waiter: Waiter = (ledger) => {
    const answer = find(ledger);
    if (answer !== undefined) GenServer.reply(from, answer);
    return answer !== undefined;
  };
  return serve({ ...state, waiters: [...state.waiters, waiter] });
}

function serve({ ledger, waiters }: State): State {
  return { ledger, waiters: waiters.filter((waiter) => !waiter(ledger)) };
}

export const NAME = 'frontier';
const frontier = Frontier.name(NAME);
/** As long as it takes: the caller waits for work or for an end, not for a slow server. */
const PATIENT = { timeout: 'infinity' } as const;

/** `temporary` and `significant`: a frontier that is started again would have nothing to go on with, so its end is the end of the tree. */
export function childSpec(plan: Plan): ChildSpec {
  return Frontier.childSpec(plan, { name: frontier, restart: 'temporary', significant: true });
}

/** All hosts, as soon as there are more than `known`. */
export const hosts = (known: number): Promise<readonly string[]> =>
  Frontier.call(frontier, 'hosts', known, PATIENT);

/** Resolves when an address of `host` waits. */
export const work = (host: string): Promise<true> => Frontier.call(frontier, 'work', host, PATIENT);

/** Leases the next address of `host` to `worker`, as long as it lives; `undefined` when none waits. */
export const lease = (host: string, worker: Pid<never>): Promise<Lease | undefined> =>
  Frontier.call(frontier, 'lease', { host, worker });

/** Hands in what was found. `'stale'`: the lease was over, and the finding is not counted. */
export const settle = (held: Lease, finding: Finding): Promise<'settled' | 'stale' | 'rest'> =>
  Frontier.call(frontier, 'settle', { lease: held, finding });

/** Ends a lease without a finding, through no fault of the address. */
export const giveBack = (held: Lease): Promise<undefined> => Frontier.call(frontier, 'giveBack', held);

/** Resolves when so many addresses are settled, or all. */
export const settled = (addresses: number): Promise<true> =>
  Frontier.call(frontier, 'settled', addresses, PATIENT);

export const counts = (): Promise<Counts> => Frontier.call(frontier, 'counts');
export const results = (): Promise<Results> => Frontier.call(frontier, 'results');
