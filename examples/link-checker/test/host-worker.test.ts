import type { RequestListener } from 'node:http';
import { withNode } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { check } from '../src/check.ts';
import type { Limits } from '../src/host-worker.ts';
import { listening } from './listening.ts';

const LINKS = 20;
const start = Array.from({ length: LINKS }, (_, n) => `<a href="/${n}">x</a>`).join('');

/** Checks a start page with links to pages that `listener` answers for. */
async function checkHost(
  limits: Partial<Limits>,
  listener: RequestListener,
): Promise<{ readonly pages: number; readonly seconds: number }> {
  await using host = await listening((request, response) => {
    response.setHeader('content-type', 'text/html');
    if (request.url === '/') response.end(start);
    else listener(request, response);
  });
  const { results, seconds } = await withNode(() =>
    check({
      plan: { starts: [`${host.url}/`], external: false, attempts: 1, restMs: 1 },
      limitsFor: () => ({ concurrency: 100, perSecond: 1_000, timeoutMs: 5_000, maxBytes: 1_000, ...limits }),
    }),
  );
  const pages = [...results.values()].filter((finding) => finding?.kind === 'page').length;
  return { pages, seconds };
}

describe('a host worker', () => {
  it('asks its host for so many pages at a time, and no more', async () => {
    let running = 0;
    const seen = new Set<number>();
    const waiting: (() => void)[] = [];
    const { pages } = await checkHost({ concurrency: 4 }, (_request, response) => {
      running += 1;
      seen.add(running);
      waiting.push(() => {
        running -= 1;
        response.end();
      });
      // Answers when as many as can be expected are here.
      if (waiting.length === 4) for (const answer of waiting.splice(0)) answer();
    });
    expect(pages).toBe(LINKS + 1);
    expect(Math.max(...seen)).toBe(4);
  });

  it('asks its host for so many pages in a second, and no more', async () => {
    const perSecond = 100;
    const { pages, seconds } = await checkHost({ perSecond }, (_request, response) => response.end());
    expect(pages).toBe(LINKS + 1);
    expect(seconds).toBeGreaterThanOrEqual((LINKS + 1) / perSecond);
  });

  it('goes on when a fetch takes too long, and counts that against its address', async () => {
    const { pages } = await checkHost({ timeoutMs: 200 }, (request, response) => {
      if (request.url !== '/7') response.end();
    });
    expect(pages).toBe(LINKS);
  });
});
