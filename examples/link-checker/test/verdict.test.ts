import { describe, expect, it } from 'vitest';
import type { Finding } from '../src/fetcher.ts';
import { resolveLink } from '../src/link.ts';
import { judgeAddress, judgeLink } from '../src/verdict.ts';

const page = (anchors: string[], cut = false): Finding => ({ kind: 'page', links: [], anchors, cut });
const redirect = (path: string): Finding => ({ kind: 'redirect', url: `http://site.test${path}` });
const chain = Array.from({ length: 30 }, (_, n) => [`/chain-${n}`, redirect(`/chain-${n + 1}`)] as const);

const results = new Map<string, Finding | undefined>(
  [
    ['/page', page(['here'])] as const,
    ['/long', page(['here'], true)] as const,
    ['/image', { kind: 'resource', contentType: 'image/png' }] as const,
    ['/gone', { kind: 'refused', reason: '410 Gone' }] as const,
    ['/down', { kind: 'failed', reason: 'connection broken off', answered: false }] as const,
    ['/moved', redirect('/page')] as const,
    ['/away', { kind: 'redirect', url: 'http://other.test/' }] as const,
    ['/a', redirect('/b')] as const,
    ['/b', redirect('/a')] as const,
    ['/later', undefined] as const,
    ...chain,
  ].map(([path, finding]) => [`http://site.test${path}`, finding]),
);

const judge = (href: string) =>
  judgeLink({ href, line: 1, to: resolveLink(href, 'http://site.test/') }, results);

describe('judgeLink', () => {
  it.each(['/page', '/page#here', '/page#', '/moved#here', '/long#here', '/image', '/image#page=2'])(
    'finds %s good',
    (href) => {
      expect(judge(href)).toEqual({ kind: 'good' });
    },
  );

  it.each([
    ['/page#nowhere', 'no element #nowhere there'],
    ['/moved#nowhere', 'no element #nowhere there'],
    ['/gone#here', '410 Gone'],
    ['/down', 'connection broken off'],
    ['/a', 'redirects in a circle: http://site.test/a → http://site.test/b → http://site.test/a'],
    ['/chain-0', 'more than 20 redirects'],
    ['http://[', 'malformed URL: http://['],
  ])('finds %s broken', (href, reason) => {
    expect(judge(href)).toEqual({ kind: 'broken', reason });
  });

  it.each([
    ['http://other.test/', 'on another host'],
    ['/away', 'on another host'],
    ['/later', 'not reached'],
    ['/long#nowhere', 'in the unread rest of a long page'],
    ['mailto:a@b.test', 'with mailto:'],
  ])('leaves %s unchecked', (href, reason) => {
    expect(judge(href)).toEqual({ kind: 'unchecked', reason });
  });
});

describe('judgeAddress', () => {
  it('follows redirects', () => {
    expect(judgeAddress('http://site.test/moved', results)).toEqual({ kind: 'good' });
    expect(judgeAddress('http://site.test/gone', results)).toEqual({ kind: 'broken', reason: '410 Gone' });
  });
});
