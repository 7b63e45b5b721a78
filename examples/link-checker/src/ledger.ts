/**
 * The books of one run: which addresses are known, who fetches what, what was found. Data and bookkeeping only; the
 * process that owns a ledger is in `frontier.ts`.
 *
 * An address is in exactly one place: queued, leased to a worker, resting before its next attempt, or settled. A
 * finding is accepted for a current lease alone, so an address is settled once however often it was fetched, and a
 * lease that ends without a finding puts its address back, so none is lost.
 */
import type { Failed, Finding, Target } from './fetcher.ts';
import { parseUrl } from './link.ts';

/** What is checked, and how patiently. */
export interface Plan {
  /** Addresses to begin with. Pages of their hosts are read for more links. */
  readonly starts: readonly string[];
  /** Whether addresses of other hosts are probed. */
  readonly external: boolean;
  /** Failures of an address before it counts as broken. */
  readonly attempts: number;
  /** Rest after the first failure; doubled after each further one, up to `LONGEST_REST` times. */
  readonly restMs: number;
}

/** The longest rest, in units of the first. */
const LONGEST_REST = 16;

/** The right to settle `target`, until it ends. `Id` is the owner's word for it. */
export interface Lease<Id> {
  readonly id: Id;
  readonly target: Target;
}

/** What came of handing in a finding. `rest`: the address is to be queued again after `ms`. */
export type Receipt =
  | { readonly kind: 'settled' | 'stale' }
  | { readonly kind: 'rest'; readonly url: string; readonly ms: number };

export interface Counts {
  readonly known: number;
  readonly settled: number;
  /** Links on the pages read so far. */
  readonly links: number;
  /** Fetches that were begun again, after a failure or because their worker was lost. */
  readonly retries: number;
}

/** What was found at each known address; `undefined` where nothing is settled yet. */
export type Results = ReadonlyMap<string, Finding | undefined>;

interface Entry {
  readonly target: Target;
  failures: number;
  /** The failure to report if no attempt succeeds. */
  failure: Failed | undefined;
  finding: Finding | undefined;
}

export class Ledger<Id> {
  readonly #plan: Plan;
  readonly #ownHosts: ReadonlySet<string>;
  readonly #entries = new Map<string, Entry>();
  /** Waiting addresses by host. A Set keeps their order and takes from its front at no cost. */
  readonly #queues = new Map<string, Set<string>>();
  readonly #leases = new Map<Id, Entry>();
  #settled = 0;
  #links = 0;
  #retries = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#ownHosts = new Set(plan.starts.map(hostOf));
    for (const url of plan.starts) this.#add(url);
  }

  /** In order of appearance. */
  hosts(): readonly string[] {
    return [...this.#queues.keys()];
  }

  hasWork(host: string): boolean {
    return (this.#queues.get(host)?.size ?? 0) > 0;
  }

  isComplete(): boolean {
    return this.#settled === this.#entries.size;
  }

  counts(): Counts {
    return { known: this.#entries.size, settled: this.#settled, links: this.#links, retries: this.#retries };
  }

  /** Every address in order of discovery; `undefined` for what is not settled. */
  results(): Results {
    return new Map([...this.#entries].map(([url, { finding }]) => [url, finding]));
  }

  /** Leases the host's next address under `id`; `undefined` when none waits. */
  lease(host: string, id: Id): Lease<Id> | undefined {
    const queue = this.#queues.get(host);
    const [url] = queue ?? [];
    const entry = url === undefined ? undefined : this.#entries.get(url);
    if (url === undefined || entry === undefined) return undefined;
    queue?.delete(url);
    this.#leases.set(id, entry);
    return { id, target: entry.target };
  }

  /** Ends a lease with what was found. The finding of a lease that is over is `'stale'` and changes nothing. */
  settle(id: Id, finding: Finding): Receipt {
    const entry = this.#end(id);
    if (entry === undefined) return { kind: 'stale' };
    if (finding.kind === 'failed') return this.#fail(entry, finding);
    this.#close(entry, finding);
    return { kind: 'settled' };
  }

  /** Ends a lease whose worker is gone. It was not the address's fault, so the failure isn't counted: it is queued at once. */
  giveBack(id: Id): void {
    const entry = this.#end(id);
    if (entry !== undefined) this.requeue(entry.target.url);
  }

  /** Queues an address that was given back or has rested. */
  requeue(url: string): void {
    this.#retries += 1;
    this.#enqueue(hostOf(url), url);
  }

  #end(id: Id): Entry | undefined {
    const entry = this.#leases.get(id);
    this.#leases.delete(id);
    return entry;
  }

  #fail(entry: Entry, failed: Failed): Receipt {
    entry.failures += 1;
    // A status says more about an address than a broken connection, which may be the network's fault.
    if (entry.failure === undefined || failed.answered) entry.failure = failed;
    if (entry.failures < this.#plan.attempts) {
      const times = Math.min(2 ** (entry.failures - 1), LONGEST_REST);
      return { kind: 'rest', url: entry.target.url, ms: this.#plan.restMs * times };
    }
    this.#close(entry, entry.failure);
    return { kind: 'settled' };
  }

  #close(entry: Entry, finding: Finding): void {
    entry.finding = finding;
    this.#settled += 1;
    if (finding.kind === 'redirect') this.#add(finding.url);
    if (finding.kind !== 'page') return;
    this.#links += finding.links.length;
    for (const { to } of finding.links) if (to.kind === 'web') this.#add(to.url);
  }

  #add(url: string): void {
    const host = hostOf(url);
    const own = this.#ownHosts.has(host);
    if (this.#entries.has(url) || !(own || this.#plan.external)) return;
    const target: Target = { url, want: own ? 'read' : 'probe' };
    this.#entries.set(url, { target, failures: 0, failure: undefined, finding: undefined });
    this.#enqueue(host, url);
  }

  #enqueue(host: string, url: string): void {
    const queue = this.#queues.get(host) ?? new Set();
    this.#queues.set(host, queue.add(url));
  }
}

/** Host and port of an address: what a worker and its rate limit are for. */
function hostOf(url: string): string {
  return parseUrl(url)?.host ?? '';
}
