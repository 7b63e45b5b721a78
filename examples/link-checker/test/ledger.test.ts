import { describe, expect, it } from 'vitest';
import type { Finding } from '../src/fetcher.ts';
import { type Lease, Ledger } from '../src/ledger.ts';
import { resolveLink } from '../src/link.ts';

const start = 'http://site.test/';
const host = 'site.test';
const failed: Finding = { kind: 'failed', reason: 'broken off', answered: false };
const failed500: Finding = { kind: 'failed', reason: '500', answered: true };
const resource: Finding = { kind: 'resource', contentType: 'image/png' };
const page = (...hrefs: string[]): Finding => ({
  kind: 'page',
  anchors: [],
  cut: false,
  links: hrefs.map((href) => ({ href, line: 1, to: resolveLink(href, start) })),
});

const open = (external = false) => new Ledger<number>({ starts: [start], external, attempts: 3, restMs: 10 });

let leases = 0;
function take(ledger: Ledger<number>, from = host): Lease<number> {
  leases += 1;
  const lease = ledger.lease(from, leases);
  if (lease === undefined) throw new Error(`no work for ${from}`);
  return lease;
}

describe('Ledger', () => {
  it('queues what a page links to, each address once', () => {
    const ledger = open();
    ledger.settle(take(ledger).id, page('a', 'b#x', 'b#y', '', 'mailto:a@b.test', 'http://['));
    expect([take(ledger), take(ledger)].map((lease) => lease.target.url)).toEqual([`${start}a`, `${start}b`]);
    expect(ledger.lease(host, 0)).toBeUndefined();
    expect(ledger.counts()).toEqual({ known: 3, settled: 1, links: 6, retries: 0 });
  });

  it('queues what a redirect leads to', () => {
    const ledger = open();
    ledger.settle(take(ledger).id, { kind: 'redirect', url: `${start}new` });
    expect(take(ledger).target).toEqual({ url: `${start}new`, want: 'read' });
  });

  it('leaves other hosts alone, or probes them when told to', () => {
    const near = open();
    near.settle(take(near).id, page('http://other.test/x'));
    expect(near.hosts()).toEqual([host]);
    expect(near.isComplete()).toBe(true);
    const far = open(true);
    far.settle(take(far).id, page('http://other.test/x'));
    expect(far.hosts()).toEqual([host, 'other.test']);
    expect(take(far, 'other.test').target).toEqual({ url: 'http://other.test/x', want: 'probe' });
  });

  it('is complete when everything is settled, not when everything is leased', () => {
    const ledger = open();
    const lease = take(ledger);
    expect([ledger.hasWork(host), ledger.isComplete()]).toEqual([false, false]);
    ledger.settle(lease.id, resource);
    expect(ledger.isComplete()).toBe(true);
    expect([...ledger.results()]).toEqual([[start, resource]]);
  });

  it('queues a given-back address again, as often as it takes', () => {
    const ledger = open();
    for (let n = 0; n < 50; n += 1) ledger.giveBack(take(ledger).id);
    expect(ledger.counts()).toMatchObject({ known: 1, settled: 0, retries: 50 });
    ledger.settle(take(ledger).id, resource);
    expect(ledger.counts()).toMatchObject({ known: 1, settled: 1 });
  });

  it('ignores the finding of a lease that is over', () => {
    const ledger = open();
    const lost = take(ledger);
    ledger.giveBack(lost.id);
    const current = take(ledger);
    expect(ledger.settle(lost.id, page('a'))).toEqual({ kind: 'stale' });
    expect(ledger.settle(current.id, page('b'))).toEqual({ kind: 'settled' });
    expect(ledger.settle(current.id, page('c'))).toEqual({ kind: 'stale' });
    ledger.giveBack(current.id);
    expect([...ledger.results().keys()]).toEqual([start, `${start}b`]);
    expect(ledger.counts()).toEqual({ known: 2, settled: 1, links: 1, retries: 1 });
  });

  it('lets a failed address rest, twice as long each time, until the attempts are used up', () => {
    const ledger = open();
    expect(ledger.settle(take(ledger).id, failed)).toEqual({ kind: 'rest', url: start, ms: 10 });
    expect(ledger.lease(host, 0)).toBeUndefined();
    ledger.requeue(start);
    expect(ledger.settle(take(ledger).id, failed)).toEqual({ kind: 'rest', url: start, ms: 20 });
    ledger.requeue(start);
    expect(ledger.settle(take(ledger).id, failed)).toEqual({ kind: 'settled' });
    expect(ledger.results().get(start)).toEqual(failed);
    expect(ledger.counts()).toMatchObject({ retries: 2 });
  });

  it('reports a status rather than a broken connection', () => {
    const ledger = open();
    for (const finding of [failed, failed500, failed]) {
      const receipt = ledger.settle(take(ledger).id, finding);
      if (receipt.kind === 'rest') ledger.requeue(receipt.url);
    }
    expect(ledger.results().get(start)).toEqual(failed500);
  });
});
