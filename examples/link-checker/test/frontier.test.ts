import { exit, isDown, monitor, type Pid, receive, sleep, spawn } from '@coppice/core';
import { simulate } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../src/fetcher.ts';
import * as Frontier from '../src/frontier.ts';
import { resolveLink } from '../src/link.ts';

const start = 'http://site.test/';
const host = 'site.test';
const failed: Finding = { kind: 'failed', reason: 'broken off', answered: false };
const resource: Finding = { kind: 'resource', contentType: 'image/png' };
const pageLinkingTo = (href: string): Finding => ({
  kind: 'page',
  anchors: [],
  cut: false,
  links: [{ href, line: 1, to: resolveLink(href, start) }],
});

/** Runs `body` beside a frontier. */
function withFrontier(body: () => Promise<void>): Promise<void> {
  return simulate(async () => {
    await Frontier.childSpec({ starts: [start], external: true, attempts: 2, restMs: 3_600_000 }).start();
    await body();
  });
}

async function leaseTo(worker: Pid<never>, from = host): Promise<Frontier.Lease> {
  const lease = await Frontier.lease(from, worker);
  if (lease === undefined) throw new Error(`no work for ${from}`);
  return lease;
}

const idler = () => spawn(() => sleep('infinity'));

async function end(worker: Pid<never>): Promise<void> {
  monitor(worker);
  exit(worker, 'kill');
  await receive(isDown);
}

describe('frontier', () => {
  it('queues the address of a dead worker again, and ignores what it found', () =>
    withFrontier(async () => {
      const worker = idler();
      const lost = await leaseTo(worker);
      await end(worker);
      await Frontier.work(host);
      const held = await leaseTo(idler());
      expect(held.target).toEqual(lost.target);
      expect(await Frontier.settle(lost, resource)).toBe('stale');
      expect(await Frontier.settle(held, resource)).toBe('settled');
      expect(await Frontier.counts()).toEqual({ known: 1, settled: 1, links: 0, retries: 1 });
    }));

  it('gives a worker that is dead already nothing to keep', () =>
    withFrontier(async () => {
      const worker = idler();
      await end(worker);
      await leaseTo(worker);
      await Frontier.work(host);
      expect(await Frontier.counts()).toMatchObject({ settled: 0, retries: 1 });
    }));

  it('keeps what a worker handed in before it died', () =>
    withFrontier(async () => {
      const worker = idler();
      const lease = await leaseTo(worker);
      expect(await Frontier.settle(lease, resource)).toBe('settled');
      await end(worker);
      expect(await Frontier.settled(Number.POSITIVE_INFINITY)).toBe(true);
      expect(await Frontier.counts()).toMatchObject({ settled: 1, retries: 0 });
    }));

  it('lets a failed address rest and offers it again an hour later', () =>
    withFrontier(async () => {
      expect(await Frontier.settle(await leaseTo(idler()), failed)).toBe('rest');
      expect(await Frontier.lease(host, idler())).toBeUndefined();
      await Frontier.work(host);
      expect(await Frontier.settle(await leaseTo(idler()), failed)).toBe('settled');
    }));

  it('tells those who wait: hosts that come up, work that comes in, the end', () =>
    withFrontier(async () => {
      expect(await Frontier.hosts(0)).toEqual([host]);
      const news = [Frontier.hosts(1), Frontier.work('other.test'), Frontier.settled(2)] as const;
      await Frontier.settle(await leaseTo(idler()), pageLinkingTo('http://other.test/'));
      expect(await news[0]).toEqual([host, 'other.test']);
      expect(await news[1]).toBe(true);
      await Frontier.settle(await leaseTo(idler(), 'other.test'), resource);
      expect(await news[2]).toBe(true);
    }));
});
